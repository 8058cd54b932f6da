package dev.candor.cli.store;

import dev.candor.engine.generation.CheckpointTokenizer;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.Compute;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.FiniteWeights;
import java.nio.file.Path;

/** What the store demands of a model before it is one of its own. */
@FunctionalInterface
interface Admission {

  /**
   * The model can be run: its header, its hyperparameters, the shape of every tensor and its
   * tokenizer are what its architecture asks for, and every weight is a number. Reads all of it
   * once.
   */
  Admission RUNNABLE = Admission::requireRunnable;

  /**
   * Refuses a model that is not fit.
   *
   * @param weights a file, or the folder of a checkpoint
   * @throws dev.candor.engine.EngineException saying what is wrong with it
   */
  void require(Path weights, Progress progress);

  private static void requireRunnable(Path weights, Progress progress) {
    try (Checkpoint checkpoint = Checkpoint.open(weights);
        WorkerPool pool = new PersistentWorkerPool(1)) {
      // Loading maps matrices and copies vectors only: any kernels are fast enough.
      Compute compute = new Compute(new ScalarKernels(), pool);
      if (Architectures.isEncoder(checkpoint.architecture())) {
        Architectures.loadEncoder(checkpoint, compute);
      } else {
        Architectures.load(checkpoint, compute);
      }
      CheckpointTokenizer.of(checkpoint);
      long total = checkpoint.weightBytes();
      FiniteWeights.requireAll(
          checkpoint, checked -> progress.update("checking the weights", checked, total));
    }
  }
}
