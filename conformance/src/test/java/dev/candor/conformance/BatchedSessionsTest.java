package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.constraints.Constraint;
import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.generation.Speculation;
import dev.candor.engine.kernels.BlockFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions that compute together give what each gives alone: the same tokens and the same digest of
 * all logits, whatever they read, draw and wait for.
 */
class BatchedSessionsTest {

  private static final int SESSIONS = 12;

  private record Bits(List<GeneratedToken> tokens, String digest, double[] probabilities) {

    @Override
    public boolean equals(Object other) {
      return other instanceof Bits it
          && tokens.equals(it.tokens)
          && digest.equals(it.digest)
          && Arrays.equals(probabilities, it.probabilities);
    }

    @Override
    public int hashCode() {
      return digest.hashCode();
    }
  }

  /** What a session does. */
  private record Work(int[] prompt, SessionOptions options, GenerationRequest request) {

    static Work random(LanguageModel model, Random random) {
      int context = Math.min(400, model.model().contextLength());
      int length =
          random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 20 + random.nextInt(context - 100);
      int[] prompt = random.ints(length, 0, model.model().vocabularySize()).toArray();
      BlockFormat cache = random.nextBoolean() ? BlockFormat.F16 : BlockFormat.F32;
      SamplingOptions sampling =
          random.nextInt(3) == 0
              ? SamplingOptions.GREEDY
              : new SamplingOptions(0.9f, 0, 0.97f, 0, 1.05f, 0, 0, Map.of(), random.nextLong());
      GenerationRequest request =
          new GenerationRequest(
                  sampling, 8 + random.nextInt(40), List.of(), true, random.nextInt(3) - 1)
              .with(Speculation.values()[random.nextInt(Speculation.values().length)])
              .withLogitsDigest();
      return new Work(
          prompt,
          new SessionOptions(context, cache),
          random.nextInt(3) == 0 ? request.within(Constraint.regex("[a-c]{1,30}")) : request);
    }

    Bits in(LanguageModel model) {
      try (Session session = model.newSession(options)) {
        session.append(prompt);
        Answer answer = session.generate(request, GenerationListener.NONE);
        double[] probabilities = session.probabilities(List.of("a", "bcd", "be"));
        return new Bits(answer.tokens(), answer.logitsDigest().orElseThrow(), probabilities);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sambay-tiny",
        "sambay-odd",
        "llama3-tiny",
        "mistral-tiny",
        "gemma3-tiny",
        "phi3-longrope"
      })
  void giveWhatEachGivesAlone(String name) throws InterruptedException, ExecutionException {
    LoadOptions options = LoadOptions.defaults().withThreads(2);
    try (LanguageModel alone = LanguageModel.open(TestData.fixture(name), options);
        LanguageModel together =
            LanguageModel.open(TestData.fixture(name), options.withThreads(1)).batched();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(together.digest()).isEqualTo(alone.digest());
      Random random = new Random(name.hashCode());
      List<Work> works = new ArrayList<>();
      List<Future<Bits>> running = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        works.add(Work.random(alone, random));
      }
      for (Work work : works) {
        running.add(threads.submit(() -> work.in(together)));
      }
      for (int i = 0; i < works.size(); i++) {
        assertThat(running.get(i).get()).as("session %d", i).isEqualTo(works.get(i).in(alone));
      }
    }
  }

  /** A prompt of several chunks does not wait until nobody else answers any more. */
  @Test
  void aLongPromptIsReadBetweenTheTokensOfAnswers()
      throws InterruptedException, ExecutionException {
    int answers = 6;
    Path weights = Path.of("..", "models", "candor-mini", "candor-mini.gguf");
    try (LanguageModel model =
            LanguageModel.open(weights, LoadOptions.defaults().withThreads(1)).batched();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch answering = new CountDownLatch(answers);
      AtomicBoolean read = new AtomicBoolean();
      List<Future<Answer>> running = new ArrayList<>();
      for (int i = 0; i < answers; i++) {
        running.add(threads.submit(() -> answerUntil(read, model, answering)));
      }
      answering.await();
      int[] prompt = new Random(5).ints(1_000, 0, model.model().vocabularySize()).toArray();
      try (Session session = model.newSession(SessionOptions.ofContext(prompt.length))) {
        session.append(prompt);
        read.set(true);
      }
      for (Future<Answer> each : running) {
        assertThat(each.get().reason()).isEqualTo(Answer.FinishReason.CANCELLED);
      }
    }
  }

  private static Answer answerUntil(
      AtomicBoolean end, LanguageModel model, CountDownLatch answering) {
    int most = 1_200;
    try (Session session = model.newSession(SessionOptions.ofContext(most + 1))) {
      session.append(new int[] {1});
      return session.generate(
          new GenerationRequest(SamplingOptions.GREEDY, most, List.of(), true, -1)
              .with(Speculation.OFF),
          token -> {
            answering.countDown();
            return !end.get();
          });
    }
  }
}
