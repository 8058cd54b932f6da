package dev.candor.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.ScalarKernels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Speculation changes how soon an answer is there, and nothing else. */
class SpeculationTest {

  private static final int END = 9;

  /** Few tokens, so that recurrences are frequent and drafts often right, and often wrong. */
  private final HashModel model = new HashModel(10, 600);

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

  private Session session(int[] prompt, int context) {
    Session session = language.newSession(new SessionOptions(context, BlockFormat.F32));
    session.append(prompt);
    return session;
  }

  /** Nearly always goes on as the bias says, so that a pattern repeats; sometimes not. */
  private static SamplingOptions sampling(Random random) {
    float temperature = random.nextBoolean() ? 0 : 1 + random.nextFloat();
    float repetition = random.nextBoolean() ? 1 : 1.2f;
    return new SamplingOptions(
        temperature, 0, 1, 0, repetition, 0, 0, Map.of(random.nextInt(9), 5f), random.nextLong());
  }

  private static GenerationRequest request(
      SamplingOptions sampling, int tokens, Speculation speculation) {
    return new GenerationRequest(sampling, tokens, List.of(), true, 2).with(speculation);
  }

  @Test
  void theAnswerIsTheSame() {
    Random random = new Random(1);
    int saved = 0;
    for (int round = 0; round < 300; round++) {
      int[] prompt = random.ints(1 + random.nextInt(60), 0, 9).toArray();
      int context = prompt.length + 1 + random.nextInt(80);
      SamplingOptions sampling = sampling(random);
      int length = 1 + random.nextInt(90);
      try (Session plain = session(prompt, context);
          Session speculative = session(prompt, context)) {
        Answer expected =
            plain.generate(request(sampling, length, Speculation.OFF), GenerationListener.NONE);
        Answer answer =
            speculative.generate(
                request(sampling, length, Speculation.ALWAYS), GenerationListener.NONE);
        assertThat(answer.tokens()).isEqualTo(expected.tokens());
        assertThat(answer.reason()).isEqualTo(expected.reason());
        assertThat(speculative.tokens()).isEqualTo(plain.tokens());
        assertThat(answer.steps()).isLessThanOrEqualTo(expected.steps());
        saved += expected.steps() - answer.steps();
        // What follows does not know how the answer came about.
        GenerationRequest more = request(sampling, 5, Speculation.OFF);
        if (plain.size() < context) {
          assertThat(speculative.generate(more, GenerationListener.NONE).tokens())
              .isEqualTo(plain.generate(more, GenerationListener.NONE).tokens());
        }
      }
    }
    assertThat(saved).isGreaterThan(1000);
  }

  @Test
  void anAnswerThatIsCutOffLeavesTheSameSession() {
    Random random = new Random(2);
    for (int round = 0; round < 100; round++) {
      int[] prompt = random.ints(20, 0, 9).toArray();
      SamplingOptions sampling = sampling(random);
      int cut = 1 + random.nextInt(30);
      try (Session plain = session(prompt, 200);
          Session speculative = session(prompt, 200)) {
        for (Session session : List.of(plain, speculative)) {
          Speculation when = session == plain ? Speculation.OFF : Speculation.ALWAYS;
          int[] told = {0};
          session.generate(request(sampling, 60, when), token -> ++told[0] < cut);
        }
        assertThat(speculative.tokens()).isEqualTo(plain.tokens());
        try (Session fork = speculative.fork()) {
          GenerationRequest more = request(sampling, 10, Speculation.ALWAYS);
          assertThat(fork.generate(more, GenerationListener.NONE).tokens())
              .isEqualTo(plain.generate(more, GenerationListener.NONE).tokens());
        }
      }
    }
  }

  @Test
  void aForkDuringAnAnswerGoesOnAsTheAnswerDoes() {
    int[] prompt = new Random(3).ints(40, 0, 9).toArray();
    SamplingOptions sampling = sampling(new Random(4));
    try (Session session = session(prompt, 200)) {
      Session[] fork = new Session[1];
      int[] told = {0};
      Answer answer =
          session.generate(
              request(sampling, 40, Speculation.ALWAYS),
              token -> {
                if (++told[0] == 17) {
                  fork[0] = session.fork();
                }
                return true;
              });
      try (Session copy = fork[0]) {
        assertThat(copy.size()).isEqualTo(prompt.length + 17);
        copy.generate(request(sampling, 40 - 17, Speculation.OFF), GenerationListener.NONE);
        int[] expected = session.tokens();
        assertThat(copy.tokens()).isEqualTo(expected);
      }
    }
  }

  @Test
  void lookUpFindsTheLongestRecurrenceAndTheLastAmongEquals() {
    PromptLookup lookup = new PromptLookup();
    int[] tokens = {1, 2, 3, 7, 2, 3, 8, 1, 2, 3, 9, 2, 3};
    assertThat(lookup.find(tokens, 13)).isTrue();
    assertThat(lookup.length()).isEqualTo(2);
    assertThat(lookup.at()).isEqualTo(10);
    assertThat(lookup.find(tokens, 10)).isTrue();
    assertThat(lookup.length()).isEqualTo(3);
    assertThat(lookup.at()).isEqualTo(3);
    assertThat(lookup.find(tokens, 4)).isFalse();
    assertThat(lookup.find(new int[] {5, 5, 5}, 3)).isTrue();
    assertThat(lookup.at()).isEqualTo(2);
    assertThat(lookup.find(new int[] {5, 5}, 2)).isFalse();
    assertThat(lookup.find(new int[0], 0)).isFalse();
  }

  @Test
  void draftsStopWhereTheyDoNotPayAndComeBackWhereTheyDo() {
    DraftLength length = new DraftLength();
    assertThat(length.choose(3, 7)).as("nothing is known of a token's time").isZero();
    length.timed(0, 1000);
    assertThat(length.choose(3, 7)).isPositive();
    for (int i = 0; i < 50; i++) {
      length.judge(3, false);
    }
    assertThat(length.choose(3, 7)).isZero();
    assertThat(length.choose(4, 7)).as("another length of recurrence").isPositive();
    for (int i = 0; i < 50; i++) {
      length.judge(3, true);
    }
    assertThat(length.choose(3, 7)).isGreaterThan(4);
    assertThat(length.choose(3, 2)).isEqualTo(2);
    for (int i = 0; i < 20; i++) {
      length.timed(4, 6000); // as much for each as for the first
    }
    assertThat(length.choose(3, 7)).isZero();
    for (int i = 0; i < 400; i++) {
      length.timed(0, 1000);
    }
    assertThat(length.choose(3, 7)).as("one slow hour is forgotten").isGreaterThan(4);
  }

  @Test
  void tokensAreReadInWholeChunks() {
    int[] prompt = new int[300];
    Arrays.setAll(prompt, i -> i % 9);
    try (Session session = language.newSession(new SessionOptions(400, BlockFormat.F32))) {
      int before = model.forwardCalls();
      session.append(prompt);
      assertThat(model.forwardCalls() - before).isEqualTo(3);
      assertThat(model.longestSpan()).isEqualTo(128);
    }
  }
}
