package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.generation.Answer;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.ManyPrompts;
import dev.candor.engine.generation.PrefillListener;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions of every architecture give the same tokens, the same log-probabilities, to the bit, and
 * the same digest of all logits, for any number of threads, either kernel path, any division of the
 * prompt, from a saved state, in a fork, and whether or not drafts are verified.
 */
class SessionBitsTest {

  private static final SamplingOptions DRAWN =
      new SamplingOptions(0.9f, 0, 0.97f, 0, 1.05f, 0, 0, Map.of(), 5);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sambay-tiny",
        "sambay-odd",
        "sambay-bf16",
        "llama3-tiny",
        "llama-smol",
        "mistral-tiny",
        "gemma-tiny",
        "gemma3-tiny",
        "gemma3-scaled",
        "phi3-longrope"
      })
  void areTheSameWhateverTheWay(String name) {
    Path file = TestData.fixture(name);
    try (LanguageModel one = LanguageModel.open(file, LoadOptions.defaults().withThreads(1));
        LanguageModel three =
            LanguageModel.open(file, LoadOptions.defaults().withThreads(3).withKernels("scalar"))) {
      Random random = new Random(name.hashCode());
      for (BlockFormat cache : List.of(BlockFormat.F32, BlockFormat.F16)) {
        for (int length : new int[] {1, 5 + random.nextInt(50), 130 + random.nextInt(60)}) {
          int[] prompt = random.ints(length, 0, one.model().vocabularySize()).toArray();
          compare(one, three, prompt, new SessionOptions(250, cache), random);
        }
        together(one, three, new SessionOptions(250, cache), random);
      }
    }
  }

  /** Prompts that have pieces in common, read together. */
  private static void together(
      LanguageModel one, LanguageModel three, SessionOptions options, Random random) {
    int vocabulary = one.model().vocabularySize();
    int[] all = random.ints(180, 0, vocabulary).toArray();
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int from = 20 + random.nextInt(100);
      int[] tail = Arrays.copyOfRange(all, from + random.nextInt(60), all.length);
      int[] prompt = Arrays.copyOf(all, from + tail.length);
      System.arraycopy(tail, 0, prompt, from, tail.length);
      prompts.add(prompt);
    }
    List<String> choices = List.of("a", "ab", "abc", "b");
    List<double[]> each =
        new ManyPrompts(three, options, choices)
            .probabilities(prompts, PrefillListener.NONE)
            .orElseThrow();
    for (int i = 0; i < prompts.size(); i++) {
      try (Session session = one.newSession(options)) {
        session.append(prompts.get(i));
        assertThat(each.get(i)).isEqualTo(session.probabilities(choices));
      }
    }
  }

  private void compare(
      LanguageModel one, LanguageModel three, int[] prompt, SessionOptions options, Random random) {
    Bits first;
    Bits second;
    try (Session session = one.newSession(options)) {
      session.append(prompt);
      first = answer(session, Speculation.OFF);
      second = answer(session, Speculation.OFF);
    }
    Path file = folder.resolve("state");
    try (Session session = three.newSession(options)) {
      for (int at = 0; at < prompt.length; ) {
        int end = Math.min(prompt.length, at + 1 + random.nextInt(90));
        session.append(Arrays.copyOfRange(prompt, at, end));
        at = end;
        session.save(file);
        try (Session restored = one.restoreSession(file, options)) {
          restored.append(Arrays.copyOfRange(prompt, at, prompt.length));
          assertThat(answer(restored, Speculation.ALWAYS)).isEqualTo(first);
        }
      }
      try (Session fork = session.fork()) {
        assertThat(answer(session, Speculation.ALWAYS)).isEqualTo(first);
        assertThat(answer(fork, Speculation.AUTO)).isEqualTo(first);
        fork.save(file);
      }
      assertThat(answer(session, Speculation.ALWAYS)).isEqualTo(second);
      SessionOptions longer = new SessionOptions(256, options.cacheFormat());
      try (Session restored = one.restoreSession(file, longer)) {
        assertThat(answer(restored, Speculation.ALWAYS)).isEqualTo(second);
      }
    }
  }

  private record Bits(List<GeneratedToken> tokens, String logitsDigest) {}

  private static Bits answer(Session session, Speculation speculation) {
    GenerationRequest request =
        new GenerationRequest(DRAWN, 24, List.of(), true, 3).with(speculation).withLogitsDigest();
    Answer answer = session.generate(request, GenerationListener.NONE);
    return new Bits(answer.tokens(), answer.logitsDigest().orElseThrow());
  }
}
