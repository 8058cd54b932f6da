package dev.candor.training.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.SambaYConfig;
import dev.candor.training.layers.Arithmetic;
import dev.candor.training.models.SambaYTraining;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of the architecture itself, up to the folder that the engine opens. */
class SambaYRunTest {

  private static final String RECIPE =
      """
      seed: 3
      model:
        vocab_size: 280
        hidden_size: 32
        intermediate_size: 48
        num_hidden_layers: 8
        num_attention_heads: 4
        num_key_value_heads: 2
        sliding_window: 8
        max_position_embeddings: 128
      tokenizer: {exercisesPerLesson: 60}
      tokens: 6000
      batches: {tokens: 600, shards: 2}
      learningRate: {peak: 0.01, warmUpTokens: 1200}
      curriculum:
        - lessons: {short: 1, long: 1}
      validation: {everyTokens: 100000, exercisesPerLesson: 10}
      """;

  @TempDir private Path folder;

  private boolean run(Path out, boolean resume, int threads, long mostSteps) {
    Path recipe = RunFixture.recipe(folder, RECIPE);
    Kernels kernels = KernelSelector.choose().kernels();
    AtomicLong steps = new AtomicLong();
    try (WorkerPool pool = new PersistentWorkerPool(threads);
        Pretraining run =
            Pretraining.open(
                recipe,
                RecipeFile.read(recipe),
                RunFixture.LESSONS,
                out,
                resume,
                (config, seed) -> {
                  SambaYTraining model =
                      new SambaYTraining(SambaYConfig.of(config), Arithmetic.with(kernels));
                  model.initialise(seed);
                  return model;
                },
                RunFixture.KERNELS,
                pool)) {
      boolean finished =
          run.run(new TrainingListener() {}, () -> steps.incrementAndGet() >= mostSteps);
      if (finished) {
        double first = run.history().steps().getFirst().loss();
        double last = run.history().steps().getLast().loss();
        assertThat(first).isBetween(5.0, 6.5);
        assertThat(last).isLessThan(first - 1);
      }
      return finished;
    }
  }

  @Test
  void itLearnsTheSameInOnePieceOrInTwoAndTheEngineOpensIt() {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    assertThat(run(whole, false, 2, Long.MAX_VALUE)).isTrue();
    assertThat(run(parts, false, 1, 4)).isFalse();
    assertThat(run(parts, true, 2, Long.MAX_VALUE)).isTrue();
    assertThat(parts.resolve("model.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("model.safetensors"));
    try (LanguageModel model = LanguageModel.open(whole, LoadOptions.defaults())) {
      assertThat(model.architecture()).isEqualTo("phi4flash");
      assertThat(model.chatFormat()).isPresent();
      assertThat(model.isEnd(model.tokenizer().id("<|end|>").orElseThrow())).isTrue();
      assertThat(model.model().contextLength()).isEqualTo(128);
    }
  }
}
