package dev.candor.governance.decisions;

import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceSettings;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.ledger.keys.PassphraseSource;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A device with the embedded model, in a folder of a test. */
public final class GovernedDevice implements AutoCloseable {

  public static final Principal ANNA = Principal.of("anna", List.of(Role.values()));

  public final Path home;
  public final Governance governance;
  public final LanguageModel language;

  public GovernedDevice(Path folder) {
    this(folder, 1);
  }

  public GovernedDevice(Path folder, int threads) {
    this(folder, LoadOptions.defaults().withThreads(threads), embedded());
  }

  public GovernedDevice(Path folder, LoadOptions options, Path weights) {
    this.home = folder.resolve("home");
    this.governance = open(folder);
    this.language = LanguageModel.open(weights, options);
  }

  public static Path embedded() {
    return Path.of("../models/candor-mini/candor-mini.gguf");
  }

  /** Another process would open the same. */
  static Governance open(Path folder) {
    return Governance.open(
        new GovernanceSettings(
            folder.resolve("home"),
            new PassphraseSource(
                folder.resolve("secrets/passphrase"), PassphraseSource.Origin.GENERATED),
            "candor test",
            InstantSource.system()));
  }

  public ModelIdentity model() {
    return new ModelIdentity("candor-mini", language, Adapter.NONE);
  }

  public SessionOptions session() {
    return SessionOptions.ofContext(512);
  }

  public TokenIds prompt(String text) {
    return TokenIds.of(
        language
            .chatFormat()
            .orElseThrow()
            .tokens(ChatRequest.of(List.of(ChatMessage.of("user", text)))));
  }

  public DecisionTask question(String text) {
    return question(text, GenerationRequest.greedy(60));
  }

  public DecisionTask question(String text, GenerationRequest request) {
    return new DecisionTask.Generate(prompt(text), session(), request, Optional.empty());
  }

  public DecisionRequest request(String text) {
    return request(text, "assistance", Optional.empty(), Optional.empty());
  }

  public DecisionRequest request(
      String text, String purpose, Optional<String> subject, Optional<String> key) {
    return new DecisionRequest(ANNA, purpose, subject, key, model(), text, question(text));
  }

  public Decision decide(DecisionRequest request) {
    return decide(request, DecisionListener.NONE);
  }

  public Decision decide(DecisionRequest request, DecisionListener listener) {
    return governance
        .pipeline()
        .decide(request, ContextSource.anew(language, request.task().session()), listener);
  }

  @Override
  public void close() {
    language.close();
    governance.close();
  }
}
