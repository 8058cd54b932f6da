package dev.candor.cli;

import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.models.Compute;

/** What a command computes with when it needs no whole language model. */
record ComputeChoice(Compute compute, String reason) implements AutoCloseable {

  /** As the options say. */
  static ComputeChoice of(LoadOptions options) {
    return new ComputeChoice(
        new Compute(new ScalarKernels(), new PersistentWorkerPool(options.threads())),
        "scalar kernels");
  }

  @Override
  public void close() {
    compute.pool().close();
  }
}
