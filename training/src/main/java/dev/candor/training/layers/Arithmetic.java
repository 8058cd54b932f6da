package dev.candor.training.layers;

import dev.candor.engine.kernels.GradientKernels;
import dev.candor.engine.kernels.Kernels;

/** What layers compute with, forwards and backwards. */
public record Arithmetic(Kernels kernels, GradientKernels gradients) {

  public static Arithmetic with(Kernels kernels) {
    return new Arithmetic(kernels, GradientKernels.beside(kernels));
  }
}
