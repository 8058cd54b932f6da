package dev.candor.engine.models;

import dev.candor.engine.kernels.Inputs;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.StripFormat;
import java.util.Arrays;

/**
 * y = x·Wᵀ + b.
 *
 * @param weight [out, in]
 * @param bias [out], or empty for none
 * @param part of the model's layers, by which an {@link Adapter} finds it
 */
public record Linear(Matrix weight, float[] bias, LinearLayers.Part part) {

  /**
   * Rows that one thread takes at a time: enough to hide the hand-over, few enough that nobody
   * waits long for the last.
   */
  static final int GRAIN = 32;

  /** Tokens that one thread rounds at a time: a tile of {@link Inputs}. */
  private static final int ROUND_GRAIN = 16;

  public Linear {
    if (bias.length != 0 && bias.length != weight.rows()) {
      throw new IllegalArgumentException(
          "bias of " + bias.length + " for " + weight.rows() + " rows");
    }
  }

  /** A layer that no adapter changes. */
  public Linear(Matrix weight, float[] bias) {
    this(weight, bias, LinearLayers.Part.NONE);
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
    apply(
        compute,
        inputs(compute, isQuantised(), x, xOffset, xStride, tokens, inputs()),
        y,
        yOffset,
        yStride);
  }

  /** The same of inputs that {@link #inputs} gave. */
  public void apply(Compute compute, Inputs in, float[] y, int yOffset, int yStride) {
    Kernels kernels = compute.kernels();
    compute
        .pool()
        .run(
            weight.rows(),
            GRAIN,
            (from, to) -> applyRows(kernels, from, to, in, y, yOffset, yStride));
  }

  /** The same for the tokens of a pass, each with its adapter. */
  void apply(
      Compute compute,
      PassTokens pass,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride) {
    Inputs in = inputs(compute, isQuantised(), x, xOffset, xStride, pass.tokens(), inputs());
    AdaptedTokens adapted = pass.adapted();
    adapted.prepare(compute, 0, this, x, xOffset, xStride);
    Kernels kernels = compute.kernels();
    compute
        .pool()
        .run(
            weight.rows(),
            GRAIN,
            (from, to) -> applyRows(kernels, adapted, 0, from, to, in, y, yOffset, yStride));
  }

  /** So many outputs, rounded up to what one thread takes at a time. */
  static int wholeGrains(int outputs) {
    return (outputs + GRAIN - 1) / GRAIN * GRAIN;
  }

  /**
   * The same for rows r in [from, behind) only, as far as there are so many, on the calling thread;
   * y's column is r.
   */
  public void applyRows(
      Kernels kernels, int from, int behind, Inputs in, float[] y, int yOffset, int yStride) {
    int to = Math.min(behind, outputs());
    kernels.multiply(weight, from, to, in, y, yOffset, yStride);
    if (bias.length != 0) {
      for (int t = 0; t < in.tokens(); t++) {
        kernels.addScaled(1, bias, from, y, yOffset + t * yStride + from, to - from);
      }
    }
  }

  /**
   * The same for the tokens of a pass, each with its adapter.
   *
   * @param adapted was given the layer and its inputs
   * @param slot under which it was
   * @param from where a thread begins: a multiple of {@value #GRAIN}
   */
  void applyRows(
      Kernels kernels,
      AdaptedTokens adapted,
      int slot,
      int from,
      int behind,
      Inputs in,
      float[] y,
      int yOffset,
      int yStride) {
    applyRows(kernels, from, behind, in, y, yOffset, yStride);
    adapted.addRows(kernels, slot, this, from, Math.min(behind, outputs()), y, yOffset, yStride);
  }

  /** Whether the weights want their inputs rounded. */
  public boolean isQuantised() {
    return StripFormat.knows(weight.format());
  }

  /**
   * The form in which layers read x, [tokens, width]; several layers may share it. Valid until the
   * calling thread asks for the next one.
   *
   * @param quantised whether one of the layers is
   */
  public static Inputs inputs(
      Compute compute,
      boolean quantised,
      float[] x,
      int xOffset,
      int xStride,
      int tokens,
      int width) {
    Inputs in = Inputs.ofThread().take(x, xOffset, xStride, tokens, width, quantised);
    if (quantised) {
      Kernels kernels = compute.kernels();
      compute.pool().run(tokens, ROUND_GRAIN, (from, to) -> kernels.round(in, from, to));
    }
    return in;
  }

  /** The rows in [from, to) as a layer of their own, without a copy of the weights. */
  public Linear slice(int from, int to) {
    return new Linear(
        weight.slice(from, to),
        bias.length == 0 ? bias : Arrays.copyOfRange(bias, from, to),
        part.slice(from, to));
  }
}
