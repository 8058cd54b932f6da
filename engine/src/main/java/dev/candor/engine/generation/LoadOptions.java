package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.ModelException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import java.util.Optional;
import java.util.Set;

/**
 * How a model is loaded.
 *
 * @param kernels the kernel path by its name ({@code scalar}, {@code vector}, or what {@code
 *     Kernels.name()} says of them); empty for the best of this machine. All paths give the same
 *     bits.
 * @param threads how many threads compute, the caller's included; 1 to 1,024
 * @param digest what {@link LanguageModel#digest} will say, from someone who has verified the file
 *     (the model store); empty to compute it when it is asked for
 */
public record LoadOptions(Optional<String> kernels, int threads, Optional<String> digest) {

  public LoadOptions {
    if (threads < 1 || threads > 1024) {
      throw new GenerationException(
          "out-of-range",
          "threads is " + threads + ", allowed is 1 to 1024",
          "Give at most as many threads as the machine has cores.");
    }
    if (digest.isPresent() && !digest.get().matches("[0-9a-f]{64}")) {
      throw new GenerationException(
          "malformed",
          "digest is not 64 lower-case hexadecimal digits",
          "Give the SHA-256 digest of the model, or none.");
    }
  }

  /**
   * The kernels that these options ask for.
   *
   * @param formats of the matrices that they are to work with
   * @throws ModelException {@code model.unknown-kernels} if there is no such path, or it does not
   *     work here
   */
  public KernelSelector.Choice chooseKernels(Set<BlockFormat> formats) {
    if (kernels.isEmpty()) {
      return KernelSelector.choose(formats);
    }
    try {
      return KernelSelector.choose(kernels.get(), formats);
    } catch (IllegalArgumentException e) {
      throw new ModelException(
          "unknown-kernels",
          String.valueOf(e.getMessage()),
          "Use scalar or vector, or leave the choice to the engine.");
    }
  }

  /** The best kernel path, and a thread for each processor. */
  public static LoadOptions defaults() {
    return new LoadOptions(
        Optional.empty(), Runtime.getRuntime().availableProcessors(), Optional.empty());
  }

  /** The same with a kernel path by its name. */
  public LoadOptions withKernels(String name) {
    return new LoadOptions(Optional.of(name), threads, digest);
  }

  /** The same with so many threads. */
  public LoadOptions withThreads(int count) {
    return new LoadOptions(kernels, count, digest);
  }

  /** The same with a digest that somebody has verified. */
  public LoadOptions withDigest(String verified) {
    return new LoadOptions(kernels, threads, Optional.of(verified));
  }
}
