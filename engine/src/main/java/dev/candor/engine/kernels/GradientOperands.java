package dev.candor.engine.kernels;

/** Checks before the work of {@link GradientKernels}, as {@link Operands} for {@link Kernels}. */
final class GradientOperands {

  private GradientOperands() {}

  static void checkProduct(
      int rows,
      int columns,
      int depth,
      float[] a,
      int aOffset,
      int aRowStride,
      int aDepthStride,
      float[] b,
      int bOffset,
      int bStride,
      float[] c,
      int cOffset,
      int cStride) {
    if (rows < 0 || columns < 0 || depth < 0 || aRowStride < 0 || aDepthStride < 0) {
      throw new IllegalArgumentException(
          "a product of [" + rows + ", " + depth + "] and [" + depth + ", " + columns + "]");
    }
    Operands.checkRows(b, bOffset, bStride, depth, columns);
    Operands.checkRows(c, cOffset, cStride, rows, columns);
    if (rows > 0 && depth > 0) {
      long last = aOffset + (rows - 1L) * aRowStride + (depth - 1L) * aDepthStride;
      if (aOffset < 0 || last >= a.length) {
        throw new IndexOutOfBoundsException(
            "elements " + aOffset + " to " + last + " of an array of " + a.length);
      }
    }
  }

  static void checkGate(
      Activation activation,
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      float[] outGradient,
      int outGradientOffset,
      int n,
      float[] gateGradient,
      int gateGradientOffset,
      float[] upGradient,
      int upGradientOffset) {
    if (activation != Activation.SILU && activation != Activation.GELU_TANH) {
      throw new IllegalArgumentException("there is no gradient of " + activation);
    }
    Operands.checkRange(gate, gateOffset, n);
    Operands.checkRange(up, upOffset, n);
    Operands.checkRange(outGradient, outGradientOffset, n);
    Operands.checkRange(gateGradient, gateGradientOffset, n);
    Operands.checkRange(upGradient, upGradientOffset, n);
  }

  static void checkScan(
      float[] a,
      int aOffset,
      float[] delta,
      float[] v,
      int offset,
      float[] bc,
      int bcOffset,
      int bcStride,
      float[] d,
      int dOffset,
      float[] mGradient,
      int channels,
      int stateSize,
      int tokens,
      float[] deltaGradient,
      float[] vGradient,
      float[] bcGradient,
      int bcGradientOffset,
      float[] aGradient,
      int aGradientOffset,
      float[] dGradient,
      int dGradientOffset) {
    int values = Math.multiplyExact(tokens, channels);
    int states = Math.multiplyExact(channels, stateSize);
    Operands.checkRange(a, aOffset, states);
    Operands.checkRange(aGradient, aGradientOffset, states);
    Operands.checkRange(d, dOffset, channels);
    Operands.checkRange(dGradient, dGradientOffset, channels);
    Operands.checkRange(delta, offset, values);
    Operands.checkRange(v, offset, values);
    Operands.checkRange(mGradient, offset, values);
    Operands.checkRange(deltaGradient, offset, values);
    Operands.checkRange(vGradient, offset, values);
    Operands.checkRows(bc, bcOffset, bcStride, tokens, 2 * stateSize);
    Operands.checkRows(bcGradient, bcGradientOffset, bcStride, tokens, 2 * stateSize);
  }
}
