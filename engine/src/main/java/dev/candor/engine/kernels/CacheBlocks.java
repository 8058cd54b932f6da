package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Blocks of a cache's rows, in F32, F16 (a block is one element) or Q8_0, taken out and put in as
 * they would lie in a matrix in rows, whatever the layout.
 */
public final class CacheBlocks {

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** From q to u = q + 128 and back, of four bytes. */
  static final int OFFSETS = 0x8080_8080;

  /** Bytes of columns that lie together in a strip. */
  private static final int PIECE = 4;

  private static final int ROWS = StripFormat.ROWS;

  private CacheBlocks() {}

  /** Copies a row to {@code out}, from byte {@code at} on. */
  public static void read(Matrix cache, int row, MemorySegment out, long at) {
    if (cache.layout() == Layout.ROWS) {
      MemorySegment.copy(cache.data(), row * cache.rowBytes(), out, at, cache.rowBytes());
      return;
    }
    int bytes = cache.format().blockBytes();
    if (!isScattered(cache)) {
      exchange(cache.data(), cache.byteOf(row, 0), ROWS * bytes, out, at, bytes, cache);
      return;
    }
    for (int b = 0; b < blocks(cache); b++) {
      long from = blockAt(cache, row, b);
      long to = at + (long) b * bytes;
      out.set(SHORT, to, cache.data().get(SHORT, from));
      for (int j = 0; j < Inputs.BLOCK; j += PIECE) {
        int quants = cache.data().get(INT, from + quantsAt(cache, row) + pieceAt(j));
        out.set(INT, to + 2 + j, quants ^ OFFSETS);
      }
    }
  }

  /** Copies the elements of a row of plain floats, which lie so many bytes apart here and there. */
  private static void exchange(
      MemorySegment from,
      long fromAt,
      int fromStride,
      MemorySegment to,
      long toAt,
      int toStride,
      Matrix cache) {
    // One at a time: a call for each copy of two bytes takes several times as long.
    for (int j = 0; j < cache.columns(); j++) {
      long in = fromAt + (long) j * fromStride;
      long out = toAt + (long) j * toStride;
      if (cache.format() == BlockFormat.F32) {
        to.set(INT, out, from.get(INT, in));
      } else {
        to.set(SHORT, out, from.get(SHORT, in));
      }
    }
  }

  /** Copies a row from {@code in}, which has it from byte {@code at} on. */
  public static void write(Matrix cache, int row, MemorySegment in, long at) {
    if (cache.layout() == Layout.ROWS) {
      MemorySegment.copy(in, at, cache.data(), row * cache.rowBytes(), cache.rowBytes());
      return;
    }
    int bytes = cache.format().blockBytes();
    if (!isScattered(cache)) {
      exchange(in, at, bytes, cache.data(), cache.byteOf(row, 0), ROWS * bytes, cache);
      return;
    }
    for (int b = 0; b < blocks(cache); b++) {
      write(cache, row, b, in, at + (long) b * bytes);
    }
  }

  /** Copies one block of a row likewise. */
  static void write(Matrix cache, int row, int b, MemorySegment in, long at) {
    long to = blockAt(cache, row, b);
    if (isScattered(cache)) {
      cache.data().set(SHORT, to, in.get(SHORT, at));
      for (int j = 0; j < Inputs.BLOCK; j += PIECE) {
        int quants = in.get(INT, at + 2 + j);
        cache.data().set(INT, to + quantsAt(cache, row) + pieceAt(j), quants ^ OFFSETS);
      }
    } else {
      MemorySegment.copy(in, at, cache.data(), to, cache.format().blockBytes());
    }
  }

  private static int blocks(Matrix cache) {
    return cache.columns() / cache.format().blockElements();
  }

  /** Whether a block does not lie in one piece: see {@link StripFormat}. */
  private static boolean isScattered(Matrix cache) {
    return cache.layout() == Layout.STRIPS && cache.format() == BlockFormat.Q8_0;
  }

  /** Where a block of a row is; of Q8_0, its scale. */
  static long blockAt(Matrix cache, int row, int b) {
    if (cache.format() != BlockFormat.Q8_0) {
      return cache.byteOf(row, b);
    }
    return cache.layout() == Layout.ROWS
        ? row * cache.rowBytes() + (long) b * cache.format().blockBytes()
        : row / StripFormat.ROWS * cache.stripBytes()
            + StripFormat.Q8_0.recordAt(b, 0)
            + 2 * (row % StripFormat.ROWS);
  }

  /** From the scale of a block of Q8_0 to the first of its quants. */
  static int quantsAt(Matrix cache, int row) {
    int inStrip = row % StripFormat.ROWS;
    return cache.layout() == Layout.ROWS ? 2 : StripFormat.Q8_0.lowAt() + (PIECE - 2) * inStrip;
  }

  /** From the first quants of a block in a strip to those of columns [j, j + 4). */
  static int pieceAt(int j) {
    return StripFormat.ROWS * j;
  }
}
