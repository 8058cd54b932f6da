package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Some rows of a matrix, copied as they are stored into an array that stays in the first-level
 * cache, with their scales as float32. The copy reads memory in one sequential stream, however many
 * rows a kernel then works on at once, and its bounds are checked once.
 */
final class PackedRows {

  /** Rows are taken while they fit; four always are. */
  private static final int TARGET_BYTES = 12 * 1024;

  /** Rows that the kernels work on at once. */
  static final int AT_ONCE = 4;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  byte[] blocks = new byte[0];

  /** Per row and scaled sub-block: w = scale·q + offset. */
  float[] scale = new float[0];

  float[] offset = new float[0];
  private short[] halves = new short[0];
  int rowBytes;

  /** Sub-blocks with a scale of their own in a row. */
  int rowScales;

  /** How many rows of the matrix are taken at a time: a multiple of {@link #AT_ONCE}. */
  static int capacity(Matrix w) {
    long fit = TARGET_BYTES / Math.max(1, w.rowBytes());
    return (int) Math.max(AT_ONCE, Math.min(fit, 64) / AT_ONCE * AT_ONCE);
  }

  /** Whether {@link #load} knows the format's scales. */
  static boolean knows(BlockFormat format) {
    return switch (format) {
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q6_K -> true;
      default -> false;
    };
  }

  /** Copies rows [from, to). */
  void load(Matrix w, int from, int to) {
    int rows = to - from;
    rowBytes = Math.toIntExact(w.rowBytes());
    int bytes = Math.multiplyExact(rows, rowBytes);
    if (blocks.length < bytes + LaneVectors.OVERREAD) {
      blocks = new byte[bytes + LaneVectors.OVERREAD];
    }
    MemorySegment.copy(w.data(), ValueLayout.JAVA_BYTE, from * w.rowBytes(), blocks, 0, bytes);
    BlockFormat format = w.format();
    int count = rows * (w.columns() / format.blockElements());
    switch (format) {
      case Q4_0, Q5_0, Q8_0 -> {
        reserve(count, count);
        halves(format.blockBytes(), 0, count, scale);
        clear(offset, count);
        rowScales = count / rows;
      }
      case Q4_1, Q5_1 -> {
        reserve(count, count);
        halves(format.blockBytes(), 0, count, scale);
        halves(format.blockBytes(), 2, count, offset);
        rowScales = count / rows;
      }
      case Q4_K -> {
        reserve(8 * count, count);
        loadQ4K(count);
        rowScales = 8 * count / rows;
      }
      case Q6_K -> {
        reserve(16 * count, count);
        loadQ6K(count);
        rowScales = 16 * count / rows;
      }
      default -> throw new IllegalArgumentException("no packed rows of " + format);
    }
  }

  private void reserve(int scales, int blockCount) {
    if (scale.length < scales) {
      scale = new float[scales];
      offset = new float[scales];
    }
    if (halves.length < blockCount) {
      halves = new short[blockCount];
    }
  }

  /** −0, which leaves every number as it is. */
  private static void clear(float[] offset, int count) {
    for (int k = 0; k < count; k++) {
      offset[k] = -0f;
    }
  }

  /** Two loops, because the second alone is one that the compiler vectorises. */
  private void halves(int blockBytes, int at, int count, float[] out) {
    short[] bits = halves;
    byte[] in = blocks;
    for (int k = 0; k < count; k++) {
      bits[k] = (short) SHORT.get(in, at + k * blockBytes);
    }
    for (int k = 0; k < count; k++) {
      out[k] = Float.float16ToFloat(bits[k]);
    }
  }

  private void loadQ4K(int count) {
    for (int k = 0; k < count; k++) {
      int at = 144 * k;
      float d = Float.float16ToFloat((short) SHORT.get(blocks, at));
      float e = Float.float16ToFloat((short) SHORT.get(blocks, at + 2));
      for (int sub = 0; sub < 8; sub++) {
        scale[8 * k + sub] = d * BlockDecoder.scale6(blocks, at + 4, sub);
        offset[8 * k + sub] = -(e * BlockDecoder.minimum6(blocks, at + 4, sub));
      }
    }
  }

  private void loadQ6K(int count) {
    for (int k = 0; k < count; k++) {
      int at = 210 * k;
      float d = Float.float16ToFloat((short) SHORT.get(blocks, at + 208));
      for (int sub = 0; sub < 16; sub++) {
        scale[16 * k + sub] = d * blocks[at + 192 + sub];
      }
    }
  }

  /**
   * lanes[16·i + group + …] = this group's lanes of Σ w·x of row {@code row + i}, i in [0, {@link
   * #AT_ONCE}); a row beyond the last repeats it.
   */
  void dot4(
      BlockFormat format,
      int row,
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int group,
      float[] lanes) {
    switch (format) {
      case Q4_0 -> VectorQ4Symmetric.dot4(this, row, rows, columns, x, xOffset, group, lanes);
      case Q4_1 -> VectorQ4Affine.dot4(this, row, rows, columns, x, xOffset, group, lanes);
      case Q5_0 -> VectorQ5.dot4(this, row, rows, columns, x, xOffset, group, lanes, 22, 16);
      case Q5_1 -> VectorQ5.dot4(this, row, rows, columns, x, xOffset, group, lanes, 24, 0);
      case Q8_0 -> VectorQ8.dot4(this, row, rows, columns, x, xOffset, group, lanes);
      case Q4_K -> {
        VectorQ4K.dot2(this, row, rows, columns, x, xOffset, group, lanes, 0);
        if (row + 2 < rows) {
          VectorQ4K.dot2(this, row + 2, rows, columns, x, xOffset, group, lanes, 32);
        }
      }
      case Q6_K -> {
        for (int i = 0; i < AT_ONCE && row + i < rows; i++) {
          VectorQ6K.dot(this, row + i, columns, x, xOffset, group, lanes, 16 * i);
        }
      }
      default -> throw new IllegalArgumentException("no packed rows of " + format);
    }
  }

  /** out[outOffset + group + 16·i + …] = this group's lanes of a row, as float32. */
  void decode(BlockFormat format, int row, int columns, int group, float[] out, int outOffset) {
    switch (format) {
      case Q4_0 -> VectorQ4Symmetric.decode(this, row, columns, group, out, outOffset);
      case Q4_1 -> VectorQ4Affine.decode(this, row, columns, group, out, outOffset);
      case Q5_0 -> VectorQ5.decode(this, row, columns, group, out, outOffset, 22, 16);
      case Q5_1 -> VectorQ5.decode(this, row, columns, group, out, outOffset, 24, 0);
      case Q8_0 -> VectorQ8.decode(this, row, columns, group, out, outOffset);
      case Q4_K -> VectorQ4K.decode(this, row, columns, group, out, outOffset);
      case Q6_K -> VectorQ6K.decode(this, row, columns, group, out, outOffset);
      default -> throw new IllegalArgumentException("no packed rows of " + format);
    }
  }
}
