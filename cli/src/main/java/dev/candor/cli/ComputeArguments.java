package dev.candor.cli;

import dev.candor.engine.generation.LoadOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a model computes with. No result depends on them. */
final class ComputeArguments {

  @Option(
      names = {"-t", "--threads"},
      paramLabel = "N",
      description =
          "How many threads compute (default: one per processor; one alone for a model of less than"
              + " 16 MiB).")
  @Nullable Integer threads;

  @Option(
      names = "--kernels",
      paramLabel = "PATH",
      description =
          "The kernel path: emitted, vector or scalar, or one of them in particular, such as"
              + " emitted-avx2 or vector-256 (default: the best; 'candor doctor' says which).")
  @Nullable String kernels;

  /**
   * Weights of fewer bytes are read from a cache by one thread sooner than several have met: the
   * embedded model of 3.4 MiB decodes 3,072 tokens a second with one thread and 2,268 with two.
   */
  private static final long SMALL_BYTES = 16 << 20;

  /** The same as the engine takes it, for a model with weights of so many bytes. */
  LoadOptions optionsFor(long weightBytes) {
    return threads == null && weightBytes < SMALL_BYTES ? options().withThreads(1) : options();
  }

  /** The same as the engine takes it. */
  LoadOptions options() {
    LoadOptions options = LoadOptions.defaults();
    if (threads != null) {
      options = options.withThreads(threads);
    }
    return kernels == null ? options : options.withKernels(kernels);
  }
}
