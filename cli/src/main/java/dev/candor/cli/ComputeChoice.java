package dev.candor.cli;

import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.models.Compute;

/**
 * What a command computes with when it needs no whole language model.
 *
 * @param reason why these kernels, one sentence
 */
record ComputeChoice(Compute compute, String reason) implements AutoCloseable {

  /** As the options say. */
  static ComputeChoice of(LoadOptions options) {
    KernelSelector.Choice choice = choice(options);
    return new ComputeChoice(
        new Compute(choice.kernels(), new PersistentWorkerPool(options.threads())),
        choice.reason());
  }

  private static KernelSelector.Choice choice(LoadOptions options) {
    if (options.kernels().isEmpty()) {
      return KernelSelector.choose();
    }
    try {
      return KernelSelector.choose(options.kernels().get());
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          "kernels.unknown",
          String.valueOf(e.getMessage()),
          "Give none for the best of this machine.");
    }
  }

  @Override
  public void close() {
    compute.pool().close();
  }
}
