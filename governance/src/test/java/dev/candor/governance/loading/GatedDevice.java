package dev.candor.governance.loading;

import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.templates.ChatMessage;
import dev.candor.engine.templates.ChatRequest;
import dev.candor.governance.Governance;
import dev.candor.governance.TestHome;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.decisions.ContextSource;
import dev.candor.governance.decisions.Decision;
import dev.candor.governance.decisions.DecisionListener;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.TokenIds;
import dev.candor.governance.evidence.EvidenceActs;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventoryRecord;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ModelLimits;
import dev.candor.governance.inventory.RatingMethod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A device with a copy of the embedded model and people who govern it; its clock is set by tests.
 */
final class GatedDevice implements AutoCloseable {

  static final String ID = "mini";
  static final Principal DORA = Principal.of("dora", List.of(Role.OPERATE));
  static final Principal OLGA = Principal.of("olga", List.of(Role.GOVERN));
  static final Principal RITA = Principal.of("rita", List.of(Role.OPERATE));
  static final Principal ANTON = Principal.of("anton", List.of(Role.GOVERN));
  static final Principal USER = Principal.of("ute", List.of(Role.INVOKE));
  static final ModelLimits LIMITS =
      new ModelLimits(List.of("assistance"), List.of(), OptionalLong.empty(), OptionalLong.of(40));

  private static final Path EMBEDDED = Path.of("../models/candor-mini/candor-mini.gguf");

  final TestHome home;
  final Path weights;
  Governance governance;
  LanguageModel language;

  GatedDevice(Path folder) throws IOException {
    home = new TestHome(folder);
    weights = folder.resolve("mini.gguf");
    Files.copy(EMBEDDED, weights);
    governance = home.open();
    language = open(weights);
  }

  static LanguageModel open(Path file) {
    return LanguageModel.open(file, LoadOptions.defaults().withThreads(1));
  }

  /** As another process would: nothing is remembered. */
  void restart() {
    governance.close();
    governance = home.open();
  }

  InventoryActs inventory() {
    return new InventoryActs(governance);
  }

  LoaderActs loader() {
    return new LoaderActs(governance);
  }

  LoadCandidate candidate() {
    return new LoadCandidate(ID, language, List.of());
  }

  InventoryRecord record() {
    Map<InventoryField, String> fields = new EnumMap<>(InventoryField.class);
    for (InventoryField field : InventoryField.values()) {
      fields.put(field, InventoryField.UNKNOWN);
    }
    fields.put(InventoryField.ID, ID);
    fields.put(InventoryField.NAME, "Sorts messages");
    fields.put(InventoryField.OWNER, OLGA.name());
    fields.put(InventoryField.DEVELOPER, DORA.name());
    fields.put(InventoryField.ORIGIN, "internal");
    fields.put(InventoryField.DATA_SOURCES, "lessons, drawn by grammars");
    return new InventoryRecord(fields, Optional.of(candidate().build(governance.runtime())));
  }

  /** Medium: signature, card, bias, calibration and approval are asked for. */
  void rateMedium() {
    Map<String, String> answers = new LinkedHashMap<>();
    RatingMethod.standard().criteria().forEach(it -> answers.put(it.id(), "low"));
    answers.put("regulatory-risk", "high");
    inventory().rate(DORA, ID, answers, Optional.empty(), Optional.empty());
  }

  void rateNegligible() {
    Map<String, String> answers = new LinkedHashMap<>();
    RatingMethod.standard().criteria().forEach(it -> answers.put(it.id(), "none"));
    inventory().rate(DORA, ID, answers, Optional.empty(), Optional.empty());
  }

  void evidence(EvidenceKind kind, Verdict verdict, Optional<Duration> alive) {
    new EvidenceActs(governance)
        .record(
            RITA,
            inventory().tuple(ID),
            kind,
            verdict,
            ("about " + kind.key() + " " + verdict.key()).getBytes(StandardCharsets.UTF_8),
            alive.map(home.now()::plus),
            OptionalLong.empty());
  }

  void review() {
    inventory().move(DORA, ID, LifecycleState.REVIEW, List.of(), false, "it is ready");
    inventory().review(RITA, ID, true, "it does what it should", Optional.empty());
  }

  void approve() {
    inventory().approve(ANTON, ID, LIMITS, Optional.empty(), Optional.empty());
    inventory().move(DORA, ID, LifecycleState.DEPLOYMENT, List.of(), false, "it was approved");
  }

  /** All that is asked for, but the evidence of these kinds. */
  void govern(List<EvidenceKind> but) {
    inventory().add(DORA, record());
    rateMedium();
    for (EvidenceKind kind :
        List.of(
            EvidenceKind.SIGNATURE,
            EvidenceKind.CARD,
            EvidenceKind.BIAS,
            EvidenceKind.CALIBRATION)) {
      if (!but.contains(kind)) {
        evidence(kind, Verdict.PASS, Optional.empty());
      }
    }
    review();
    approve();
  }

  Decision ask() {
    return ask("assistance", 8);
  }

  Decision ask(String purpose, int tokens) {
    SessionOptions session = SessionOptions.ofContext(256);
    TokenIds prompt =
        TokenIds.of(
            language
                .chatFormat()
                .orElseThrow()
                .tokens(ChatRequest.of(List.of(ChatMessage.of("user", "What is 2 + 3?")))));
    DecisionTask task =
        new DecisionTask.Generate(
            prompt, session, GenerationRequest.greedy(tokens), Optional.empty());
    return governance
        .pipeline()
        .decide(
            new DecisionRequest(
                USER,
                purpose,
                Optional.empty(),
                Optional.empty(),
                new ModelIdentity(ID, language, Adapter.NONE),
                "What is 2 + 3?",
                task),
            ContextSource.anew(language, session),
            DecisionListener.NONE);
  }

  @Override
  public void close() {
    language.close();
    governance.close();
  }
}
