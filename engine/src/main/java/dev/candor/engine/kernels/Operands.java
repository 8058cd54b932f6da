package dev.candor.engine.kernels;

import java.util.Objects;

/** Checks before the work, so that every path refuses the same calls in the same way. */
final class Operands {

  private Operands() {}

  static void checkRange(float[] array, int offset, int n) {
    Objects.checkFromIndexSize(offset, n, array.length);
  }

  /** {@code count} rows of {@code width}, {@code stride} apart. */
  static void checkRows(float[] array, int offset, int stride, int count, int width) {
    if (count < 0 || width < 0 || offset < 0) {
      throw new IndexOutOfBoundsException(
          count + " rows of " + width + " at " + offset + " of an array");
    }
    if (count == 0) {
      return;
    }
    if (count > 1 && stride < width) {
      throw new IllegalArgumentException("stride " + stride + " under a row of " + width);
    }
    long end = offset + (count - 1L) * stride + width;
    if (end > array.length) {
      throw new IndexOutOfBoundsException("rows end at " + end + " of an array of " + array.length);
    }
  }

  static void checkRow(Matrix w, int row, float[] out, int outOffset) {
    Objects.checkIndex(row, w.rows());
    checkRange(out, outOffset, w.columns());
  }

  static void checkMultiply(
      Matrix w,
      int fromRow,
      int toRow,
      float[] x,
      int xOffset,
      int xStride,
      int tokens,
      float[] y,
      int yOffset,
      int yStride) {
    Objects.checkFromToIndex(fromRow, toRow, w.rows());
    checkRows(x, xOffset, xStride, tokens, w.columns());
    if (fromRow < toRow) {
      checkRows(y, Math.addExact(yOffset, fromRow), yStride, tokens, toRow - fromRow);
    }
  }

  /** A part of the rows of a key or value cache. */
  static void checkCache(Matrix cache, int firstRow, int count, int column, int width) {
    if (cache.format() != BlockFormat.F32 && cache.format() != BlockFormat.F16) {
      throw new IllegalArgumentException("a cache holds F32 or F16, not " + cache.format());
    }
    Objects.checkFromIndexSize(firstRow, count, cache.rows());
    Objects.checkFromIndexSize(column, width, cache.columns());
  }

  static void checkScan(
      float[] state,
      float[] a,
      float[] delta,
      float[] v,
      float[] bc,
      int bcOffset,
      int bcStride,
      float[] d,
      float[] m,
      int channels,
      int stateSize,
      int tokens,
      int from,
      int to) {
    Objects.checkFromToIndex(from, to, channels);
    if (stateSize < 1) {
      throw new IllegalArgumentException("state of " + stateSize + " per channel");
    }
    checkRows(state, 0, stateSize, channels, stateSize);
    checkRows(a, 0, stateSize, channels, stateSize);
    checkRows(delta, 0, channels, tokens, channels);
    checkRows(v, 0, channels, tokens, channels);
    checkRows(bc, bcOffset, bcStride, tokens, Math.multiplyExact(2, stateSize));
    checkRange(d, 0, channels);
    checkRows(m, 0, channels, tokens, channels);
  }
}
