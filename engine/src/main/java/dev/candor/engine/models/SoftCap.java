package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Kernels;

/** Keeps values within (−c, c), smoothly: c·tanh(x / c) (arXiv 2408.00118, section 2). */
final class SoftCap {

  private SoftCap() {}

  /** x[j] = c·tanh(x[j] / c) for n values, in place. */
  static void apply(Kernels kernels, float cap, float[] x, int offset, int n) {
    for (int j = offset; j < offset + n; j++) {
      x[j] /= cap;
    }
    kernels.activate(Activation.TANH, x, offset, n);
    for (int j = offset; j < offset + n; j++) {
      x[j] *= cap;
    }
  }
}
