package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Principal;
import dev.candor.governance.access.Role;
import dev.candor.governance.consent.ConsentActs;
import dev.candor.governance.decisions.DecisionRequest;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.Forgetting;
import dev.candor.governance.decisions.GovernedDevice;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.Replay;
import dev.candor.governance.decisions.Thinking;
import dev.candor.governance.payloads.Finding;
import dev.candor.ledger.entries.DecisionStarted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Explanations of decisions of the embedded model: computed again, tested, recorded, erased. */
class ExplanationActsTest {

  static final String TEXT =
      "My name is Aylin. How long is the lead time of a gumja? We need it this week.";
  static final List<String> LABELS = List.of("low", "medium", "high");

  private @TempDir Path folder;

  /** The same model decides again. */
  record Same(ModelIdentity identity) implements Replay.Deciders {
    @Override
    public ModelIdentity model(DecisionStarted started) {
      return identity;
    }

    @Override
    public SoftmaxHead head(DecisionStarted started) {
      throw new IllegalStateException("no head decided");
    }
  }

  static DecisionTask.Choose choose(GovernedDevice device, String text, List<String> labels) {
    String question =
        "Which label fits the text best: "
            + String.join(", ", labels)
            + "? Answer with the label only.\n\nText: "
            + text;
    return new DecisionTask.Choose(
        device.prompt(question), device.session(), labels, Optional.empty());
  }

  static DecisionRequest request(
      GovernedDevice device, String text, DecisionTask task, Optional<String> subject) {
    return new DecisionRequest(
        GovernedDevice.ANNA, "assistance", subject, Optional.empty(), device.model(), text, task);
  }

  private static String decide(GovernedDevice device, String text, DecisionTask task) {
    return device.decide(request(device, text, task, Optional.empty())).receipt().decision();
  }

  private static ExplanationActs.Issued explain(
      GovernedDevice device, Principal by, String decision, ExplanationRequest request) {
    return new ExplanationActs(device.governance)
        .explain(by, decision, request, new Same(device.model()), ExplanationProgress.NONE);
  }

  private static JsonNode kept(GovernedDevice device, long entry) {
    ExplanationIssued issued = ExplanationIssued.of(device.governance.ledger().entry(entry));
    Finding found = device.governance.records().find(issued.explanation());
    assertThat(found).isInstanceOf(Finding.Present.class);
    byte[] bytes = ((Finding.Present) found).payload().bytes();
    return JsonMapper.shared().readTree(new String(bytes, StandardCharsets.UTF_8));
  }

  @Test
  void aDecisionIsExplainedAndThatIsOnRecord() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      String decision = decide(device, TEXT, choose(device, TEXT, LABELS));
      ExplanationActs.Issued issued =
          explain(device, GovernedDevice.ANNA, decision, ExplanationRequest.usual());
      ChoiceExplanation explanation = (ChoiceExplanation) issued.explanation();
      assertThat(explanation.status()).isEqualTo(Status.FAITHFUL);
      assertThat(explanation.label()).isEqualTo("medium");
      int first = explanation.reasons().orElseThrow().attribution().ordering().getFirst();
      assertThat(explanation.divided().text(first)).isEqualTo("week.");
      // What all these questions take, were each a prompt of its own, is at least three times as
      // much.
      assertThat(3 * explanation.cost().tokensRead())
          .isLessThan(explanation.cost().separateTokens());

      ExplanationIssued entry =
          ExplanationIssued.of(device.governance.ledger().entry(issued.entry()));
      assertThat(entry.decision()).isEqualTo(decision);
      assertThat(entry.status()).isEqualTo(Status.FAITHFUL);
      assertThat(entry.method()).isEqualTo("occlusion");
      assertThat(entry.by()).isEqualTo("anna");
      JsonNode kept = kept(device, issued.entry());
      assertThat(kept.path("label").asString()).isEqualTo("medium");
      assertThat(kept.path("reasons").path("values").size())
          .isEqualTo(explanation.divided().spans().size());
      assertThat(new ExplanationActs(device.governance).issued(decision))
          .containsExactly(issued.entry());
    }
  }

  /** The same bits however often it is asked, with one thread or two. */
  @Test
  void theSameDecisionHasTheSameExplanation() {
    String decision;
    JsonNode first;
    try (GovernedDevice device = new GovernedDevice(folder)) {
      decision = decide(device, TEXT, choose(device, TEXT, LABELS));
      ExplanationRequest shapley =
          new ExplanationRequest(
              Attribution.Method.SHAPLEY,
              Optional.empty(),
              Optional.empty(),
              Optional.of("high"),
              Optional.empty(),
              Alternatives.none(),
              7);
      first = kept(device, explain(device, GovernedDevice.ANNA, decision, shapley).entry());
      assertThat(first.path("other").asString()).isEqualTo("high");
    }
    try (GovernedDevice device = new GovernedDevice(folder, 2)) {
      ExplanationRequest shapley =
          new ExplanationRequest(
              Attribution.Method.SHAPLEY,
              Optional.empty(),
              Optional.empty(),
              Optional.of("high"),
              Optional.empty(),
              Alternatives.none(),
              7);
      assertThat(kept(device, explain(device, GovernedDevice.ANNA, decision, shapley).entry()))
          .isEqualTo(first);
    }
  }

  /** What is told as a change was decided as the text itself was. */
  @Test
  void aCounterfactualIsTrue() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      for (String text :
          List.of(TEXT, "The projector in the meeting room is dark. There is no rush.")) {
        String decision = decide(device, text, choose(device, text, LABELS));
        ChoiceExplanation explanation =
            (ChoiceExplanation)
                explain(device, GovernedDevice.ANNA, decision, ExplanationRequest.usual())
                    .explanation();
        Counterfactual found = explanation.counterfactual().orElseThrow();
        assertThat(LABELS.get(found.label())).isNotEqualTo(explanation.label());
        List<Double> decided =
            device
                .decide(
                    request(
                        device,
                        found.text(),
                        choose(device, found.text(), LABELS),
                        Optional.empty()))
                .output()
                .probabilities();
        assertThat(decided.get(found.label())).isEqualTo(found.probability());
        assertThat(decided.stream().max(Double::compare)).contains(found.probability());
      }
    }
  }

  @Test
  void whatIsErasedTakesItsExplanationWithIt() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      new ConsentActs(device.governance)
          .give(
              GovernedDevice.ANNA,
              "ada",
              "c-1",
              new ConsentActs.Terms(
                  List.of("assistance"), "us", "notice 1", "in writing", Optional.empty()));
      DecisionRequest request =
          request(device, TEXT, choose(device, TEXT, LABELS), Optional.of("ada"));
      String decision = device.decide(request).receipt().decision();
      ExplanationActs.Issued issued =
          explain(device, GovernedDevice.ANNA, decision, ExplanationRequest.usual());
      new Forgetting(device.governance).subject(GovernedDevice.ANNA, "ada", "GDPR 17");
      ExplanationIssued entry =
          ExplanationIssued.of(device.governance.ledger().entry(issued.entry()));
      assertThat(device.governance.records().find(entry.explanation()))
          .isInstanceOf(Finding.Erased.class);
      assertThatThrownBy(
              () -> explain(device, GovernedDevice.ANNA, decision, ExplanationRequest.usual()))
          .isInstanceOf(GovernanceException.class)
          .hasFieldOrPropertyWithValue("code", "governance.explanation-replay")
          .hasMessageContaining("erased");
    }
  }

  @Test
  void onlyWhoMayReadTheTextMayHaveItExplained() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      String decision = decide(device, TEXT, choose(device, TEXT, LABELS));
      Principal operator = Principal.of("olga", List.of(Role.OPERATE, Role.INVOKE));
      assertThatThrownBy(() -> explain(device, operator, decision, ExplanationRequest.usual()))
          .isInstanceOf(GovernanceException.class)
          .hasFieldOrPropertyWithValue("code", "governance.not-permitted");
      assertThat(new ExplanationActs(device.governance).issued(decision)).isEmpty();
    }
  }

  /** Wherever it is stopped, nothing of it is on record. */
  @Test
  void whatIsStoppedLeavesNothing() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      String decision = decide(device, TEXT, choose(device, TEXT, LABELS));
      long size = device.governance.ledger().size();
      for (int most : new int[] {0, 3, 20}) {
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(() ->
                new ExplanationActs(device.governance)
                    .explain(
                        GovernedDevice.ANNA,
                        decision,
                        ExplanationRequest.usual(),
                        new Same(device.model()),
                        (_, _, _) -> asked.getAndIncrement() < most))
            .isInstanceOf(GovernanceException.class)
            .hasFieldOrPropertyWithValue("code", "governance.explanation-stopped");
      }
      assertThat(device.governance.ledger().size()).isEqualTo(size);
    }
  }

  /** A weight that has changed since gives no explanation of what was decided before. */
  @Test
  void whatDoesNotComeOutTheSameIsNotExplained() throws IOException {
    String decision;
    try (GovernedDevice device = new GovernedDevice(folder)) {
      decision = decide(device, TEXT, choose(device, TEXT, LABELS));
    }
    byte[] weights = Files.readAllBytes(GovernedDevice.embedded());
    weights[weights.length / 2] ^= 4;
    Path flipped = folder.resolve("flipped.gguf");
    Files.write(flipped, weights);
    try (GovernedDevice device = new GovernedDevice(folder, LoadOptions.defaults(), flipped)) {
      assertThatThrownBy(
              () -> explain(device, GovernedDevice.ANNA, decision, ExplanationRequest.usual()))
          .isInstanceOf(GovernanceException.class)
          .hasFieldOrPropertyWithValue("code", "governance.explanation-replay");
    }
  }

  @Test
  void whatCannotBeTestedIsWithheldAndSaysWhy() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      assertThat(withheld(device, "till broken", choose(device, "till broken", LABELS)))
          .isEqualTo(Withheld.TOO_FEW_SPANS);
      // What was asked about, in the asker's words, is not what stands in the prompt.
      assertThat(withheld(device, "another text altogether", choose(device, TEXT, LABELS)))
          .isEqualTo(Withheld.PROMPT);
      DecisionTask.Choose plain = choose(device, TEXT, LABELS);
      DecisionTask thinking =
          new DecisionTask.Choose(
              plain.prompt(), plain.session(), LABELS, Optional.of(new Thinking(8, "</think>")));
      assertThat(withheld(device, TEXT, thinking)).isEqualTo(Withheld.THOUGHTS);
    }
  }

  private static Withheld withheld(GovernedDevice device, String text, DecisionTask task) {
    ExplanationActs.Issued issued =
        explain(
            device, GovernedDevice.ANNA, decide(device, text, task), ExplanationRequest.usual());
    ChoiceExplanation explanation = (ChoiceExplanation) issued.explanation();
    assertThat(explanation.status()).isEqualTo(Status.WITHHELD);
    assertThat(explanation.reasons()).isEmpty();
    assertThat(kept(device, issued.entry()).path("reasons").isMissingNode()).isTrue();
    return explanation.withheld().orElseThrow();
  }

  @Test
  void freeTextGetsWhereItsWordsStandAndHowSureTheModelWas() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      String text = "A crate holds 12 bottles. How many bottles do 9 crates hold?";
      String decision = decide(device, text, device.question(text, GenerationRequest.greedy(60)));
      ExplanationActs.Issued issued =
          explain(device, GovernedDevice.ANNA, decision, ExplanationRequest.usual());
      AnswerGrounding grounding = (AnswerGrounding) issued.explanation();
      assertThat(grounding.answer()).contains("108");
      assertThat(grounding.pieces())
          .anySatisfy(piece -> {
            assertThat(piece.value()).isEqualTo("12");
            assertThat(piece.source().orElseThrow().of(text)).isEqualTo("12");
          })
          .anySatisfy(piece -> {
            assertThat(piece.value()).isEqualTo("108");
            assertThat(piece.source()).isEmpty();
          });
      assertThat(grounding.uncertainty().meanLogProbability()).isBetween(-1.0, 0.0);
      assertThat(ExplanationIssued.of(device.governance.ledger().entry(issued.entry())).method())
          .isEqualTo("none");
      assertThatThrownBy(() ->
              explain(
                  device,
                  GovernedDevice.ANNA,
                  decision,
                  new ExplanationRequest(
                      Attribution.Method.OCCLUSION,
                      Optional.empty(),
                      Optional.empty(),
                      Optional.of("107"),
                      Optional.empty(),
                      Alternatives.none(),
                      0)))
          .isInstanceOf(GovernanceException.class)
          .hasFieldOrPropertyWithValue("code", "governance.explanation-label");
    }
  }
}
