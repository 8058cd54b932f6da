package dev.candor.conformance.decisions;

import dev.candor.engine.generation.GeneratedToken;
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
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.DecisionListener;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.TokenIds;
import dev.candor.ledger.keys.PassphraseSource;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * A process that makes decisions and says at once what it has told: {@code told ID} with the first
 * token, {@code done ID} when a decision has returned. It is there to be killed.
 */
final class DecisionLoop {

  static final Path EMBEDDED = Path.of("../models/candor-mini/candor-mini.gguf");

  private DecisionLoop() {}

  /**
   * @param arguments the folder for the home and the passphrase; how many decisions
   */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    try (Governance governance = Governance.open(settings(folder));
        LanguageModel language =
            LanguageModel.open(EMBEDDED, LoadOptions.defaults().withThreads(1))) {
      for (int i = 0; i < count; i++) {
        decide(governance, language, i);
      }
    }
  }

  static GovernanceSettings settings(Path folder) {
    return new GovernanceSettings(
        folder.resolve("home"),
        new PassphraseSource(
            folder.resolve("secrets").resolve("passphrase"), PassphraseSource.Origin.GENERATED),
        "candor test",
        InstantSource.system());
  }

  private static void decide(Governance governance, LanguageModel language, int number) {
    String text = "What is " + number + " + 1?";
    SessionOptions session = SessionOptions.ofContext(128);
    TokenIds prompt =
        TokenIds.of(
            language
                .chatFormat()
                .orElseThrow()
                .tokens(ChatRequest.of(List.of(ChatMessage.of("user", text)))));
    DecisionTask task =
        new DecisionTask.Generate(prompt, session, GenerationRequest.greedy(4), Optional.empty());
    DecisionRequest request =
        new DecisionRequest(
            Principal.of("loop", List.of(Role.INVOKE)),
            "assistance",
            Optional.empty(),
            Optional.empty(),
            new ModelIdentity("candor-mini", language, Adapter.NONE),
            text,
            task);
    Telling telling = new Telling();
    governance.pipeline().decide(request, ContextSource.anew(language, session), telling);
    say("done " + telling.id);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** Tells that a token was told. */
  private static final class Telling implements DecisionListener {
    private String id = "";
    private boolean told;

    @Override
    public void onAdmitted(String decision) {
      id = decision;
    }

    @Override
    public boolean onProgress(int done, int total) {
      return true;
    }

    @Override
    public boolean onToken(GeneratedToken token) {
      if (!told) {
        told = true;
        say("told " + id);
      }
      return true;
    }
  }
}
