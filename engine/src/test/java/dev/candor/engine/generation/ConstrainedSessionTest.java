package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.GenerationException;
import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.Answer.FinishReason;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.ScalarKernels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Answers fit, whatever a model says: here it says what a hash says. */
class ConstrainedSessionTest {

  private static final int END = 257;

  private static final List<Constraint> CONSTRAINTS =
      List.of(
          Constraint.json(),
          Constraint.jsonSchema(
              """
              {"type": "object", "required": ["name", "tags"], "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 40},
                "age": {"type": "integer", "minimum": 0, "maximum": 120},
                "tags": {"type": "array", "items": {"enum": ["new", "old", "héllo"]}}}}
              """),
          Constraint.regex("[a-f]{3,}(-[0-9]+)*"),
          Constraint.choice(List.of("yes", "no", "no answer")),
          Constraint.grammar("root ::= \"(\" root? \")\" | [0-9]+ \";\""),
          Constraint.choice(List.of("left", "right")).after("</think>"));

  private final HashModel model = new HashModel(258, 4096);
  private final LanguageModel language =
      new LanguageModel(
          new ModelParts(
              model,
              new ByteTokenizer("<s>", "</s>"),
              Optional.empty(),
              Map.of(),
              Optional.empty(),
              Set.of(END),
              SamplingOptions.GREEDY,
              new KernelSelector.Choice(new ScalarKernels(), "for tests."),
              0,
              0,
              () -> "0".repeat(64),
              Optional.empty(),
              () -> {}));

  private Answer answer(GenerationRequest request, int context, Random random) {
    try (Session session = language.newSession(new SessionOptions(context, BlockFormat.F32))) {
      session.append(random.ints(5, 0, 256).toArray());
      return session.generate(request, GenerationListener.NONE);
    }
  }

  private static SamplingOptions sampling(Random random) {
    float temperature = random.nextBoolean() ? 0 : 1;
    int topK = random.nextBoolean() ? 0 : 5;
    return new SamplingOptions(temperature, topK, 1, 0, 1.1f, 0, 0, Map.of(), random.nextLong());
  }

  @Test
  void anAnswerFitsHoweverFewTokensItMayHave() {
    Random random = new Random(1);
    for (int round = 0; round < 400; round++) {
      Constraint constraint = CONSTRAINTS.get(round % CONSTRAINTS.size());
      int tokens = 30 + random.nextInt(100);
      int context = 5 + (random.nextBoolean() ? tokens : 200);
      GenerationRequest request =
          new GenerationRequest(sampling(random), tokens, List.of(), false, 2).within(constraint);
      Answer answer = answer(request, context, new Random(round));
      assertThat(constraint.accepts(answer.text())).as(answer.text()).isTrue();
      assertThat(answer.tokens().size()).isLessThanOrEqualTo(tokens);
      assertThat(answer.reason())
          .isIn(FinishReason.END, FinishReason.LENGTH, FinishReason.CONTEXT_FULL);
      Answer drafted = answer(request.with(Speculation.ALWAYS), context, new Random(round));
      assertThat(drafted.text()).isEqualTo(answer.text());
      Answer plain = answer(request.with(Speculation.OFF), context, new Random(round));
      assertThat(plain.text()).isEqualTo(answer.text());
    }
  }

  @Test
  void withoutAMaskTheGreedyChoiceIsTheSame() {
    for (int round = 0; round < 60; round++) {
      Constraint constraint = CONSTRAINTS.get(round % CONSTRAINTS.size());
      // So cold that the largest logit is drawn; a draw needs the mask.
      SamplingOptions cold = new SamplingOptions(1e-5f, 0, 1, 0, 1, 0, 0, Map.of(), 1);
      GenerationRequest drawn =
          new GenerationRequest(cold, 60, List.of(), false, -1).within(constraint);
      GenerationRequest greedy = GenerationRequest.greedy(60).within(constraint);
      assertThat(answer(greedy, 200, new Random(round)).text())
          .isEqualTo(answer(drawn, 200, new Random(round)).text());
    }
  }

  @Test
  void whatMustComeIsNotAskedFor() {
    Constraint constraint =
        Constraint.jsonSchema(
            """
            {"type": "object", "required": ["a long name of a property", "another one of them"],
             "additionalProperties": false, "properties": {
              "a long name of a property": {"type": "boolean"},
              "another one of them": {"type": "boolean"}}}
            """);
    GenerationRequest request =
        GenerationRequest.greedy(200).within(constraint).with(Speculation.OFF);
    int before = model.forwardCalls();
    Answer answer = answer(request, 400, new Random(1));
    assertThat(answer.text()).matches("\\{\"a long.*\": (true|false), \"ano.*\": (true|false)}");
    assertThat(answer.reason()).isEqualTo(FinishReason.END);
    // Two choices, and a token before each that might have become a part of it.
    assertThat(answer.steps()).isLessThanOrEqualTo(8);
    assertThat(model.forwardCalls() - before).isLessThanOrEqualTo(9);
    assertThat(answer.tokens().stream().filter(token -> Float.isNaN(token.logprob())).count())
        .isEqualTo(answer.tokens().size());
  }

  @Test
  void aConstraintThatCannotFitIsRefused() {
    GenerationRequest request =
        GenerationRequest.greedy(10).within(Constraint.choice(List.of("twelve bytes")));
    assertThatThrownBy(() -> answer(request, 100, new Random(1)))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining("12 bytes")
        .hasMessageContaining("10 tokens");
  }

  @Test
  void probabilitiesOfChoicesAreHowOftenTheyAreDrawn() {
    // One begins with another, two share a beginning longer than a session can take back.
    List<String> choices = List.of("no", "no answer", "yes", "yesterday morning", "yesterday m");
    int[] prompt = new Random(9).ints(12, 0, 256).toArray();
    int draws = 3000;
    int[] drawn = new int[choices.size()];
    double[] probabilities;
    try (Session session = language.newSession(new SessionOptions(100, BlockFormat.F32))) {
      session.append(prompt);
      probabilities = session.probabilities(choices);
      assertThat(Arrays.stream(probabilities).sum()).isCloseTo(1, Offset.offset(1e-9));
      Constraint constraint = Constraint.choice(choices);
      for (int seed = 0; seed < draws; seed++) {
        SamplingOptions sampling = new SamplingOptions(1, 0, 1, 0, 1, 0, 0, Map.of(), seed);
        GenerationRequest request =
            new GenerationRequest(sampling, 40, List.of(), false, -1).within(constraint);
        try (Session fork = session.fork()) {
          String text = fork.generate(request, GenerationListener.NONE).text();
          drawn[choices.indexOf(text)]++;
        }
      }
      assertThat(session.size()).isEqualTo(prompt.length);
      assertThat(session.probabilities(choices)).isEqualTo(probabilities);
    }
    for (int i = 0; i < choices.size(); i++) {
      double p = probabilities[i];
      double deviation = Math.sqrt(p * (1 - p) / draws);
      assertThat((double) drawn[i] / draws)
          .as(choices.get(i))
          .isCloseTo(p, Offset.offset(4 * deviation + 1e-3));
    }
  }

  @Test
  void choicesMustDiffer() {
    try (Session session = language.newSession(new SessionOptions(100, BlockFormat.F32))) {
      session.append(new int[] {1});
      assertThatThrownBy(() -> session.probabilities(List.of("a", "a")))
          .isInstanceOf(GenerationException.class)
          .hasMessageContaining("twice");
    }
  }
}
