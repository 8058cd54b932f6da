package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Checks before the work, so that every path refuses the same calls in the same way. */
final class Operands {

  private Operands() {}

  /**
   * Where native memory begins, for code that reads it by its address.
   *
   * @throws IllegalStateException if it has been freed
   */
  static long address(MemorySegment data) {
    if (!data.scope().isAlive()) {
      throw new IllegalStateException("the memory of an operand has been freed");
    }
    return data.address();
  }

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

  static void checkPackStrip(Matrix w, int row, MemorySegment out) {
    Objects.checkIndex(row, w.rows());
    requireLayout(w, Layout.ROWS);
    if (row % StripFormat.ROWS != 0 || out.byteSize() != w.stripBytes()) {
      throw new IllegalArgumentException(
          out.byteSize() + " bytes for the strip of " + w.stripBytes() + " at row " + row);
    }
  }

  static void checkRound(Inputs in, int fromToken, int toToken) {
    Objects.checkFromToIndex(fromToken, toToken, in.tokens());
    if (fromToken % Inputs.TILE != 0) {
      throw new IllegalArgumentException("token " + fromToken + " is within a tile");
    }
    if (in.columns() % Inputs.BLOCK != 0) {
      throw new IllegalArgumentException(in.columns() + " columns are not whole blocks");
    }
  }

  static void checkMultiply(
      Matrix w, int fromRow, int toRow, Inputs in, float[] y, int yOffset, int yStride) {
    Objects.checkFromToIndex(fromRow, toRow, w.rows());
    if (in.columns() != w.columns()) {
      throw new IllegalArgumentException(
          in.columns() + " columns of inputs for " + w.columns() + " of weights");
    }
    if (StripFormat.knows(w.format())) {
      if (fromRow % StripFormat.ROWS != 0) {
        throw new IllegalArgumentException("row " + fromRow + " is within a strip");
      }
      if (in.rounded().byteSize() < in.tileAt(in.tokens())) {
        throw new IllegalArgumentException("the inputs were not taken to be rounded");
      }
    }
    if (fromRow < toRow) {
      checkRows(y, Math.addExact(yOffset, fromRow), yStride, in.tokens(), toRow - fromRow);
    }
  }

  /** Some rows of a cache: keys are in strips, values in rows. */
  static void checkCache(Matrix cache, int firstRow, int count) {
    switch (cache.format()) {
      case F32, F16, Q8_0 -> {}
      default ->
          throw new IllegalArgumentException(
              "a cache holds F32, F16 or Q8_0, not " + cache.format());
    }
    Objects.checkFromIndexSize(firstRow, count, cache.rows());
  }

  static void checkRotation(
      float[] angles, int anglesOffset, int n, float[] x, int xOffset, int stride, int heads) {
    checkRange(angles, anglesOffset, Math.multiplyExact(2, n));
    checkRows(x, xOffset, stride, heads, 2 * n);
  }

  static void checkScores(
      float[] q,
      int qOffset,
      int qStride,
      int queries,
      Matrix keys,
      int firstRow,
      int count,
      float[] scores,
      int scoresOffset,
      int scoresStride) {
    checkCache(keys, firstRow, count);
    requireLayout(keys, Layout.STRIPS);
    checkRows(q, qOffset, qStride, queries, keys.columns());
    int before = firstRow % StripFormat.ROWS;
    int behind = -(firstRow + count) & StripFormat.ROWS - 1;
    checkRows(scores, scoresOffset - before, scoresStride, queries, before + count + behind);
  }

  static void checkWeightedRows(
      float[] p,
      int pOffset,
      int pStride,
      int queries,
      Matrix values,
      int firstRow,
      int count,
      float[] out,
      int outOffset,
      int outStride) {
    checkCache(values, firstRow, count);
    requireLayout(values, Layout.ROWS);
    checkRows(p, pOffset, pStride, queries, count);
    checkRows(out, outOffset, outStride, queries, values.columns());
  }

  private static void requireLayout(Matrix matrix, Layout layout) {
    if (matrix.layout() != layout) {
      throw new IllegalArgumentException("a matrix in " + matrix.layout() + ", not " + layout);
    }
  }

  static void checkScan(
      float[] state,
      float[] a,
      float[] delta,
      float[] v,
      int offset,
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
    checkRows(delta, offset, channels, tokens, channels);
    checkRows(v, offset, channels, tokens, channels);
    checkRows(bc, bcOffset, bcStride, tokens, Math.multiplyExact(2, stateSize));
    checkRange(d, 0, channels);
    checkRows(m, offset, channels, tokens, channels);
  }
}
