package dev.candor.cli;

import dev.candor.engine.generation.LoadOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a model computes with. No result depends on them. */
final class ComputeArguments {

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      description = "How many threads compute (default: one per processor).")
  @Nullable Integer threads;

  @Option(
      names = "--kernels",
      paramLabel = "PATH",
      description =
          "The kernel path: emitted, vector or scalar, or one of them in particular, such as"
              + " emitted-avx2 or vector-256 (default: the best; 'candor doctor' says which).")
  @Nullable String kernels;

  /** The same as the engine takes it. */
  LoadOptions options() {
    LoadOptions options = LoadOptions.defaults();
    if (threads != null) {
      options = options.withThreads(threads);
    }
    return kernels == null ? options : options.withKernels(kernels);
  }
}
