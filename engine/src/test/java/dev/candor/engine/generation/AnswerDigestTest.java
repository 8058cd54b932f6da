package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an answer's digest is over: each time the model was asked, what it said, and no more. */
class AnswerDigestTest {

  private static final int VOCABULARY = 258;
  private static final int END = 257;

  private static final List<Constraint> CONSTRAINTS =
      List.of(
          Constraint.json(),
          Constraint.jsonSchema(
              """
              {"type": "object", "required": ["name", "colour"], "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 9},
                "colour": {"enum": ["dark red", "dark green"]}}}
              """),
          Constraint.regex("[a-f]{3,}(-[0-9]+)*"),
          Constraint.choice(List.of("yes", "no", "no answer")));

  private final LanguageModel language =
      new LanguageModel(
          new ModelParts(
              new HashModel(VOCABULARY, 4096),
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

  private Session session(int[] prompt) {
    Session session = language.newSession(new SessionOptions(400, BlockFormat.F32));
    session.append(prompt);
    return session;
  }

  /** Logits behind each token as the model gives them to anybody, [tokens, vocabulary]. */
  private float[] rows(int[] tokens) {
    float[] rows = new float[tokens.length * VOCABULARY];
    try (SequenceState state = language.model().newState(tokens.length, BlockFormat.F32)) {
      TokenSpan span = new TokenSpan(state, tokens, 0, tokens.length, LogitsRequest.ALL);
      language.model().forward(List.of(span), rows, Trace.NONE);
    }
    return rows;
  }

  /** Tokens that the model was not asked for have no log-probability. */
  private String defined(int[] held, int promptTokens, List<GeneratedToken> answer) {
    float[] rows = rows(held);
    DefinedDigest digest = new DefinedDigest(VOCABULARY);
    for (int i = 0; i < answer.size(); i++) {
      if (!Float.isNaN(answer.get(i).logprob())) {
        digest.row(rows, (promptTokens + i - 1) * VOCABULARY);
      }
      digest.token(answer.get(i).id());
    }
    return digest.hex();
  }

  /** Draws, bias and penalties; often so biased that a pattern repeats and drafts come true. */
  private static SamplingOptions sampling(Random random) {
    float temperature = random.nextBoolean() ? 0 : 1 + random.nextFloat();
    Map<Integer, Float> bias =
        random.nextBoolean() ? Map.of() : Map.of('a' + random.nextInt(6), 6f, (int) '1', 5f);
    return new SamplingOptions(temperature, 0, 0.98f, 0, 1.1f, 0.2f, 0.1f, bias, random.nextLong());
  }

  @Test
  void isOverTheRawLogitsThatTokensWereChosenFrom() {
    Random random = new Random(1);
    int forced = 0;
    int drafted = 0;
    for (int round = 0; round < 300; round++) {
      int[] prompt = random.ints(1 + random.nextInt(20), 0, 256).toArray();
      GenerationRequest request =
          new GenerationRequest(sampling(random), 60, List.of(), random.nextBoolean(), 0);
      if (round % 2 == 0) {
        request = request.within(CONSTRAINTS.get(random.nextInt(CONSTRAINTS.size())));
      }
      Answer plain;
      try (Session session = session(prompt)) {
        plain = session.generate(request.with(Speculation.OFF), GenerationListener.NONE);
      }
      assertThat(plain.logitsDigest()).isEmpty();
      for (Speculation speculation : Speculation.values()) {
        try (Session session = session(prompt)) {
          Answer answer =
              session.generate(
                  request.withLogitsDigest().with(speculation), GenerationListener.NONE);
          assertThat(answer.tokens()).isEqualTo(plain.tokens());
          assertThat(answer.logitsDigest())
              .contains(defined(session.tokens(), prompt.length, answer.tokens()));
          forced +=
              (int) answer.tokens().stream().filter(token -> Float.isNaN(token.logprob())).count();
          drafted += plain.steps() - answer.steps();
        }
      }
    }
    assertThat(forced).isGreaterThan(200);
    assertThat(drafted).isGreaterThan(200);
  }

  @Test
  void anAnswerThatIsCutOffHasTheDigestOfWhatWasThere() {
    Random random = new Random(2);
    for (int round = 0; round < 60; round++) {
      int[] prompt = random.ints(30, 0, 256).toArray();
      int cut = 1 + random.nextInt(20);
      GenerationRequest request =
          new GenerationRequest(sampling(random), 40, List.of(), true, 0)
              .with(Speculation.ALWAYS)
              .withLogitsDigest();
      try (Session session = session(prompt)) {
        int[] told = {0};
        Answer answer = session.generate(request, token -> ++told[0] < cut);
        assertThat(answer.tokens()).hasSize(cut);
        assertThat(answer.logitsDigest())
            .contains(defined(session.tokens(), prompt.length, answer.tokens()));
      }
    }
  }

  @Test
  void theDigestOfADistributionIsOverTheRowsWhereChoicesPart() {
    // The last two share a beginning longer than a session can take back.
    List<String> choices = List.of("no", "no answer", "yes", "yesterday morning", "yesterday m");
    int[] prompt = new Random(9).ints(12, 0, 256).toArray();
    DefinedDigest defined = new DefinedDigest(VOCABULARY).row(rows(prompt), 11 * VOCABULARY);
    for (String place : List.of("no", "yes", "yesterday m")) {
      int[] held = Arrays.copyOf(prompt, prompt.length + place.length());
      byte[] bytes = place.getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < bytes.length; i++) {
        held[prompt.length + i] = bytes[i];
        defined.token(bytes[i]);
      }
      defined.row(rows(held), (held.length - 1) * VOCABULARY);
    }
    try (Session session = session(prompt)) {
      List<Double> expected = Arrays.stream(session.probabilities(choices)).boxed().toList();
      ChoiceDistribution distribution = session.distribution(choices);
      assertThat(distribution.probabilities()).isEqualTo(expected);
      assertThat(distribution.logitsDigest()).isEqualTo(defined.hex());
      List<String> shuffled = new ArrayList<>(choices);
      Collections.shuffle(shuffled, new Random(10));
      assertThat(session.distribution(shuffled).logitsDigest()).isEqualTo(defined.hex());
      assertThat(session.distribution(List.of("no", "yes")).logitsDigest())
          .as("fewer places")
          .isNotEqualTo(defined.hex());
    }
  }
}
