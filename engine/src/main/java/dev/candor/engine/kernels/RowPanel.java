package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.LANES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Some rows of plain floats as float32, decoded once and multiplied with many tokens. Three tokens
 * stay in the first-level cache while the panel streams from the second, four rows at a time.
 */
final class RowPanel {

  /** Rows are taken while they fit half a second-level cache; four always are. */
  private static final int TARGET_BYTES = 128 * 1024;

  private static final int MOST_ROWS = 32;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private float[] panel = new float[0];
  private int columns;
  private short[] shorts = new short[0];

  /** How many rows are taken at a time: a multiple of 4. */
  static int capacity(Matrix w) {
    long fit = TARGET_BYTES / (4L * w.columns());
    return (int) Math.max(4, Math.min(fit, MOST_ROWS) / 4 * 4);
  }

  /** Decodes rows [from, to). */
  void load(Matrix w, int from, int to) {
    columns = w.columns();
    int floats = Math.multiplyExact(to - from + 3 & ~3, columns);
    if (panel.length < floats) {
      panel = new float[floats];
    }
    decodeRows(w, from, to, panel, 0);
  }

  /** Rows [from, to) as float32, one after the other. */
  void decodeRows(Matrix w, int from, int to, float[] out, int outOffset) {
    int elements = Math.multiplyExact(to - from, w.columns());
    switch (w.format()) {
      case F32 ->
          MemorySegment.copy(w.data(), FLOAT, from * w.rowBytes(), out, outOffset, elements);
      case F16 -> {
        short[] bits = loadShorts(w, from, elements);
        for (int k = 0; k < elements; k++) {
          out[outOffset + k] = Float.float16ToFloat(bits[k]);
        }
      }
      case BF16 -> {
        short[] bits = loadShorts(w, from, elements);
        for (int k = 0; k < elements; k++) {
          out[outOffset + k] = Float.intBitsToFloat(bits[k] << 16);
        }
      }
      default -> throw new IllegalArgumentException(w.format() + " is quantised");
    }
  }

  private short[] loadShorts(Matrix w, int from, int elements) {
    if (shorts.length < elements) {
      shorts = new short[elements];
    }
    MemorySegment.copy(w.data(), SHORT, from * w.rowBytes(), shorts, 0, elements);
    return shorts;
  }

  /**
   * y[t, r] for all rows of the panel.
   *
   * @param lanes scratch of 16 × 12
   */
  void multiply(
      int rows,
      float[] x,
      int xOffset,
      int xStride,
      int tokens,
      float[] y,
      int yOffset,
      int yStride,
      float[] lanes) {
    int whole = columns & ~15;
    for (int t = 0; t < tokens; t += 3) {
      int some = Math.min(3, tokens - t);
      int xAt = xOffset + t * xStride;
      for (int row = 0; row < rows; row += 4) {
        int wAt = row * columns;
        for (int group = 0; group < 16; group += LANES) {
          switch (some) {
            case 3 ->
                VectorPanel.multiply4x3(panel, wAt, columns, x, xAt, xStride, whole, group, lanes);
            case 2 ->
                VectorPanel.multiply4x2(panel, wAt, columns, x, xAt, xStride, whole, group, lanes);
            default ->
                VectorPanel.multiply4x1(panel, wAt, columns, x, xAt, xStride, whole, group, lanes);
          }
        }
        int real = Math.min(4, rows - row);
        for (int i = 0; i < real; i++) {
          for (int k = 0; k < some; k++) {
            int sums = 16 * (i * some + k);
            for (int j = whole; j < columns; j++) {
              int lane = sums + j - whole;
              lanes[lane] =
                  Math.fma(panel[wAt + i * columns + j], x[xAt + k * xStride + j], lanes[lane]);
            }
            y[yOffset + (t + k) * yStride + row + i] = LaneVectors.fold(lanes, sums);
          }
        }
      }
    }
  }
}
