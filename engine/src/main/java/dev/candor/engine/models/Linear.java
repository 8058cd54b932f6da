package dev.candor.engine.models;

import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.WorkerPool;

/**
 * y = x·Wᵀ + b.
 *
 * @param weight [out, in]
 * @param bias [out], or empty for none
 */
public record Linear(Matrix weight, float[] bias) {

  /**
   * Rows that one thread takes at a time: enough to hide the hand-over, few enough that nobody
   * waits long for the last.
   */
  private static final int GRAIN = 64;

  public Linear {
    if (bias.length != 0 && bias.length != weight.rows()) {
      throw new IllegalArgumentException(
          "bias of " + bias.length + " for " + weight.rows() + " rows");
    }
  }

  /** Width of the output. */
  public int outputs() {
    return weight.rows();
  }

  /** Width of the input. */
  public int inputs() {
    return weight.columns();
  }

  /**
   * y[t, r] for all rows r: x is [tokens, in] at xOffset with xStride, y [tokens, out] at yOffset
   * with yStride.
   */
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
    WorkerPool pool = compute.pool();
    pool.run(
        weight.rows(),
        GRAIN,
        (from, to) -> {
          kernels.multiply(weight, from, to, x, xOffset, xStride, tokens, y, yOffset, yStride);
          if (bias.length != 0) {
            for (int t = 0; t < tokens; t++) {
              kernels.addScaled(1, bias, from, y, yOffset + t * yStride + from, to - from);
            }
          }
        });
  }
}
