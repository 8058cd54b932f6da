package dev.candor.conformance.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.conformance.TestData;
import dev.candor.engine.EngineException;
import dev.candor.engine.adapters.AdapterConfig;
import dev.candor.engine.generation.GeneratedToken;
import dev.candor.engine.generation.GenerationListener;
import dev.candor.engine.generation.GenerationRequest;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.generation.Pooling;
import dev.candor.engine.generation.SamplingOptions;
import dev.candor.engine.generation.Session;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.generation.Speculation;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.Adapter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions with adapters: swapped from one to the next, forked, saved, and never mixed up. */
class AdaptedSessionTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"sambay-tiny", "llama3-tiny", "gemma3-tiny", "mistral-tiny", "phi3-longrope"})
  void haveTheirOwnAdapterAndKeepIt(String name) {
    try (LanguageModel one =
            LanguageModel.open(TestData.fixture(name), LoadOptions.defaults().withThreads(1));
        LanguageModel three =
            LanguageModel.open(
                TestData.fixture(name),
                LoadOptions.defaults().withThreads(3).withKernels("scalar"))) {
      int[] prompt = new SplittableRandom(4).ints(50, 0, one.model().vocabularySize()).toArray();
      SessionOptions plain = new SessionOptions(120, BlockFormat.F16);
      List<GeneratedToken> without = answer(one, plain, prompt);
      List<GeneratedToken> first = answer(one, plain.with(adapter(one, 1)), prompt);
      List<GeneratedToken> second = answer(one, plain.with(adapter(one, 2)), prompt);
      assertThat(without).isNotEqualTo(first);
      assertThat(second).isNotEqualTo(first);
      assertThat(answer(one, plain, prompt)).isEqualTo(without);
      assertThat(answer(three, plain.with(adapter(three, 1)), prompt)).isEqualTo(first);
      assertThat(one.hiddenState(prompt, Pooling.LAST_TOKEN, plain.with(adapter(one, 1))))
          .isEqualTo(three.hiddenState(prompt, Pooling.LAST_TOKEN, plain.with(adapter(three, 1))))
          .isNotEqualTo(one.hiddenState(prompt, Pooling.LAST_TOKEN, plain));

      Path file = folder.resolve("state");
      try (Session session = three.newSession(plain.with(adapter(three, 1)))) {
        session.append(Arrays.copyOf(prompt, 30));
        session.save(file);
      }
      try (Session session = one.restoreSession(file, plain.with(adapter(one, 1)))) {
        session.append(Arrays.copyOfRange(prompt, 30, 50));
        try (Session fork = session.fork()) {
          assertThat(answer(fork)).isEqualTo(first);
        }
      }
      refused(() -> one.restoreSession(file, plain));
      refused(() -> one.restoreSession(file, plain.with(adapter(one, 2))));
      try (Session session = one.newSession(plain)) {
        session.append(prompt);
        session.save(file);
      }
      refused(() -> one.restoreSession(file, plain.with(adapter(one, 1))));
      one.restoreSession(file, plain).close();
    }
  }

  private static Adapter adapter(LanguageModel language, long seed) {
    AdapterConfig config = RandomFactors.config(4, 8);
    return Adapter.of(
        language.model().linearLayers(),
        RandomFactors.of(language.model().linearLayers(), config, seed, 0.15),
        "%064x".formatted(seed));
  }

  private static List<GeneratedToken> answer(
      LanguageModel language, SessionOptions options, int[] prompt) {
    try (Session session = language.newSession(options)) {
      session.append(prompt);
      return answer(session);
    }
  }

  private static List<GeneratedToken> answer(Session session) {
    GenerationRequest request =
        new GenerationRequest(SamplingOptions.GREEDY, 16, List.of(), true, 2)
            .with(Speculation.ALWAYS);
    return session.generate(request, GenerationListener.NONE).tokens();
  }

  private static void refused(Runnable step) {
    assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.code()).isEqualTo("generation.state-other-adapter"));
  }
}
