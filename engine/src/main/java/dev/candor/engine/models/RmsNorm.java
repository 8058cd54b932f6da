package dev.candor.engine.models;

import dev.candor.engine.kernels.Kernels;

/**
 * Root mean square layer normalisation (arXiv 1910.07467): y = x / √(mean(x²) + ε) ⊙ w.
 *
 * @param weight [width]; what a checkpoint leaves out of it (Gemma's 1) is already added
 * @param epsilon ε
 */
public record RmsNorm(float[] weight, float epsilon) implements Norm {

  /** Tokens that one thread takes at a time. */
  private static final int GRAIN = 16;

  @Override
  public int width() {
    return weight.length;
  }

  @Override
  public void apply(
      Compute compute,
      float[] x,
      int xOffset,
      int xStride,
      int tokens,
      float[] y,
      int yOffset,
      int yStride) {
    Kernels kernels = compute.kernels();
    compute
        .pool()
        .run(
            tokens,
            GRAIN,
            (from, to) -> {
              for (int t = from; t < to; t++) {
                kernels.rmsNorm(
                    x,
                    xOffset + t * xStride,
                    weight,
                    epsilon,
                    weight.length,
                    y,
                    yOffset + t * yStride);
              }
            });
  }
}
