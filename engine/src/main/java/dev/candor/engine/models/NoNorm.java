package dev.candor.engine.models;

/**
 * What MobileBERT has in place of layer normalisation (arXiv 2004.02984, section 3.3): y = x ⊙ w +
 * b.
 *
 * @param weight [width]
 * @param bias [width]
 */
record NoNorm(float[] weight, float[] bias) implements Norm {

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
    compute
        .pool()
        .run(
            tokens,
            GRAIN,
            (from, to) -> {
              for (int t = from; t < to; t++) {
                int in = xOffset + t * xStride;
                int out = yOffset + t * yStride;
                for (int j = 0; j < weight.length; j++) {
                  y[out + j] = x[in + j] * weight[j] + bias[j];
                }
              }
            });
  }
}
