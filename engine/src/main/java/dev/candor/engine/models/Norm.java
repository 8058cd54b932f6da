package dev.candor.engine.models;

/** A normalisation of rows. */
public interface Norm {

  /** Width of input and output. */
  int width();

  /** Normalises each row: x is [tokens, width] at xOffset with xStride, y likewise; y may be x. */
  void apply(
      Compute compute,
      float[] x,
      int xOffset,
      int xStride,
      int tokens,
      float[] y,
      int yOffset,
      int yStride);
}
