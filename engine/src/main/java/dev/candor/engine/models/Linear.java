package dev.candor.engine.models;

import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;
import java.util.Arrays;

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
    compute
        .pool()
        .run(
            weight.rows(),
            GRAIN,
            (from, to) ->
                applyRows(kernels, from, to, x, xOffset, xStride, tokens, y, yOffset, yStride));
  }

  /** The same for rows r in [from, to) only, on the calling thread; y's column is r. */
  public void applyRows(
      Kernels kernels,
      int from,
      int to,
      float[] x,
      int xOffset,
      int xStride,
      int tokens,
      float[] y,
      int yOffset,
      int yStride) {
    kernels.multiply(weight, from, to, x, xOffset, xStride, tokens, y, yOffset, yStride);
    if (bias.length != 0) {
      for (int t = 0; t < tokens; t++) {
        kernels.addScaled(1, bias, from, y, yOffset + t * yStride + from, to - from);
      }
    }
  }

  /** The rows in [from, to) as a layer of their own, without a copy of the weights. */
  public Linear slice(int from, int to) {
    return new Linear(
        weight.slice(from, to), bias.length == 0 ? bias : Arrays.copyOfRange(bias, from, to));
  }
}
