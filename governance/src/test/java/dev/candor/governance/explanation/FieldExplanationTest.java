package dev.candor.governance.explanation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.decisions.DecisionTask;
import dev.candor.governance.decisions.GovernedDevice;
import dev.candor.governance.decisions.Replay;
import dev.candor.governance.decisions.TokenIds;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Values of structured answers of the embedded model, explained as choices. */
class FieldExplanationTest {

  private static final String TEXT =
      "The parcel 4417 for Anna Berg was lost by the carrier on 3 May.";

  private static final String SCHEMA =
      "{\"type\":\"object\",\"properties\":{\"parcel\":{\"type\":\"string\"},"
          + "\"status\":{\"enum\":[\"shipped\",\"delivered\",\"lost\"]},"
          + "\"resolved\":{\"type\":\"boolean\"}},"
          + "\"required\":[\"parcel\",\"status\",\"resolved\"]}";

  private static final Constraint FITS = Constraint.jsonSchema(SCHEMA);

  private @TempDir Path folder;

  private static DecisionTask.Generate task(GovernedDevice device, GenerationRequest request) {
    return new DecisionTask.Generate(
        device.prompt(
            "Extract from the text what this JSON schema asks for. Answer with the JSON only."
                + "\n\nSchema: "
                + SCHEMA
                + "\n\nText: "
                + TEXT),
        device.session(),
        request,
        Optional.empty());
  }

  private static String decided(GovernedDevice device, DecisionTask task) {
    return device
        .decide(ExplanationActsTest.request(device, TEXT, task, Optional.empty()))
        .receipt()
        .decision();
  }

  private static Explanation explained(GovernedDevice device, String decision, String... field) {
    ExplanationRequest request =
        new ExplanationRequest(
            Attribution.Method.OCCLUSION,
            List.of(field).stream().findFirst(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Alternatives.opposites(),
            0);
    return new ExplanationActs(device.governance)
        .explain(
            GovernedDevice.ANNA,
            decision,
            request,
            new ExplanationActsTest.Same(device.model()),
            ExplanationProgress.NONE)
        .explanation();
  }

  @Test
  void aValueThatItsSchemaListsIsExplainedAsAChoice() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      GenerationRequest request = GenerationRequest.greedy(80).within(FITS);
      DecisionTask.Generate task = task(device, request);
      String decision = decided(device, task);

      AnswerGrounding whole = (AnswerGrounding) explained(device, decision);
      assertThat(whole.declared()).containsExactly("/status", "/resolved");
      assertThat(JsonMapper.shared().readTree(whole.answer()).path("status").stringValue())
          .isEqualTo("lost");

      ChoiceExplanation explanation = (ChoiceExplanation) explained(device, decision, "status");
      assertThat(explanation.field()).contains("/status");
      assertThat(explanation.label()).isEqualTo("lost");
      assertThat(explanation.labels()).containsExactly("shipped", "delivered", "lost");
      assertThat(explanation.probabilities().stream().mapToDouble(it -> it).sum())
          .isCloseTo(1, offset(1e-9));
      assertThat(explanation.status()).isEqualTo(Status.FAITHFUL);
      int first = explanation.reasons().orElseThrow().attribution().ordering().getFirst();
      assertThat(explanation.divided().text(first)).isEqualTo("lost");

      Counterfactual found = explanation.counterfactual().orElseThrow();
      int[] changed =
          PromptText.of(device.model().language().tokenizer(), task.prompt().toArray(), TEXT)
              .orElseThrow()
              .tokens(found.text());
      String answer =
          Replay.instead(
                  device.model(),
                  new DecisionTask.Generate(
                      TokenIds.of(changed), device.session(), request, Optional.empty()))
              .text();
      assertThat(JsonMapper.shared().readTree(answer).path("status").stringValue())
          .isEqualTo(explanation.labels().get(found.label()))
          .isNotEqualTo("lost");
      assertThat(((ChoiceExplanation) explained(device, decision, "/resolved")).labels())
          .containsExactly("true", "false");
    }
  }

  @Test
  void anAnswerThatWasOneOfSomeTextsIsExplainedWithoutAsking() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      GenerationRequest request =
          GenerationRequest.greedy(20).within(Constraint.choice(List.of("shipped", "lost")));
      ChoiceExplanation explanation =
          (ChoiceExplanation) explained(device, decided(device, task(device, request)));
      assertThat(explanation.field()).isEmpty();
      assertThat(explanation.labels()).containsExactly("shipped", "lost");
    }
  }

  @Test
  void whatIsNoChoiceSaysWhy() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      String decision = decided(device, task(device, GenerationRequest.greedy(80).within(FITS)));
      assertThatThrownBy(() -> explained(device, decision, "parcel"))
          .isInstanceOf(GovernanceException.class)
          .hasFieldOrPropertyWithValue("code", "governance.explanation-field")
          .hasMessageContaining("parcel");
      String free = decided(device, task(device, GenerationRequest.greedy(10)));
      assertThatThrownBy(() -> explained(device, free, "status"))
          .hasFieldOrPropertyWithValue("code", "governance.explanation-field");
      String labels =
          decided(device, ExplanationActsTest.choose(device, TEXT, List.of("low", "high")));
      assertThatThrownBy(() -> explained(device, labels, "status"))
          .hasFieldOrPropertyWithValue("code", "governance.explanation-field");
    }
  }

  /** Whatever was drawn: it is explained as the most probable value, or not at all. */
  @Test
  void whatChanceChoseIsNotExplained() {
    try (GovernedDevice device = new GovernedDevice(folder)) {
      int refused = 0;
      for (long seed = 0; seed < 8; seed++) {
        GenerationRequest request =
            new GenerationRequest(
                    new SamplingOptions(3, 0, 1, 0, 1, 0, 0, Map.of(), seed),
                    80,
                    List.of(),
                    false,
                    -1)
                .within(FITS);
        String decision = decided(device, task(device, request));
        try {
          ChoiceExplanation explanation = (ChoiceExplanation) explained(device, decision, "status");
          assertThat(explanation.probabilities().get(explanation.target().label()))
              .isEqualTo(explanation.probabilities().stream().max(Double::compare).orElseThrow());
        } catch (GovernanceException e) {
          assertThat(e.code()).isEqualTo("governance.explanation-field");
          refused++;
        }
      }
      assertThat(refused).isPositive();
    }
  }
}
