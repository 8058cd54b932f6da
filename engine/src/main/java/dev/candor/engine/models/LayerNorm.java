package dev.candor.engine.models;

import dev.candor.engine.kernels.Kernels;

/**
 * Layer normalisation (arXiv 1607.06450): y = (x − mean) / √(variance + ε) ⊙ w + b.
 *
 * @param weight [width]
 * @param bias [width]
 * @param epsilon ε
 */
public record LayerNorm(float[] weight, float[] bias, float epsilon) implements Norm {

  /** Tokens that one thread takes at a time. */
  private static final int GRAIN = 16;

  public LayerNorm {
    if (bias.length != weight.length) {
      throw new IllegalArgumentException(
          "bias of " + bias.length + " for a width of " + weight.length);
    }
  }

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
                kernels.layerNorm(
                    x,
                    xOffset + t * xStride,
                    weight,
                    bias,
                    epsilon,
                    weight.length,
                    y,
                    yOffset + t * yStride);
              }
            });
  }
}
