package dev.candor.training.runs;

import dev.candor.engine.kernels.GradientKernels;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.training.lessons.Lesson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Runs of a bigram on two lessons that take no time. */
final class RunFixture {

  static final List<Lesson> LESSONS =
      List.of(new CountingLesson("short", 4), new CountingLesson("long", 12));

  static final GradientKernels KERNELS = GradientKernels.beside(KernelSelector.choose().kernels());

  /** Twenty steps and a few. */
  static final String RECIPE =
      """
      seed: 5
      model:
        vocab_size: 272
        hidden_size: 8
        max_position_embeddings: 128
      tokenizer:
        exercisesPerLesson: 50
      tokens: 10000
      batches:
        tokens: 480
        shards: 3
      optimiser:
        kind: muon
        weightDecay: 0.01
      learningRate:
        peak: 0.2
        warmUpTokens: 1000
        decayTokens: 2000
      curriculum:
        - fromTokens: 0
          lessons: {short: 1}
        - fromTokens: 3000
          lessons: {short: 1, long: 2}
      validation:
        everyTokens: 4000
        exercisesPerLesson: 20
      checkpoints:
        everyMinutes: 0
        kept: 2
      """;

  private RunFixture() {}

  static Path recipe(Path folder, String text) {
    try {
      return Files.writeString(folder.resolve("recipe-" + text.hashCode() + ".yaml"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs until the end or for so many steps; whether it came to the end. */
  static boolean run(Path recipe, Path out, boolean resume, int threads, long mostSteps) {
    return run(recipe, out, resume, threads, mostSteps, new TrainingListener() {});
  }

  static boolean run(
      Path recipe,
      Path out,
      boolean resume,
      int threads,
      long mostSteps,
      TrainingListener listener) {
    AtomicLong steps = new AtomicLong();
    try (WorkerPool pool = new PersistentWorkerPool(threads);
        Pretraining run =
            Pretraining.open(
                recipe,
                RecipeFile.read(recipe),
                LESSONS,
                out,
                resume,
                (config, seed) -> new BigramModel(config.integer("vocab_size", 1, 1 << 20), seed),
                KERNELS,
                pool)) {
      return run.run(listener, () -> steps.incrementAndGet() >= mostSteps);
    }
  }
}
