package dev.candor.cli;

import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.models.Compute;
import java.util.EnumSet;

/**
 * What a command computes with when it needs no whole language model.
 *
 * @param reason why these kernels, one sentence
 */
record ComputeChoice(Compute compute, String reason) implements AutoCloseable {

  /** As the options say. */
  static ComputeChoice of(LoadOptions options) {
    KernelSelector.Choice choice = options.chooseKernels(EnumSet.allOf(BlockFormat.class));
    return new ComputeChoice(
        new Compute(choice.kernels(), new PersistentWorkerPool(options.threads())),
        choice.reason());
  }

  @Override
  public void close() {
    compute.pool().close();
  }
}
