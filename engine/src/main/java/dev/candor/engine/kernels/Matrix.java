package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A matrix as stored: {@code [rows, columns]}, each row in whole blocks. A view; the segment's
 * owner decides how long it lives.
 *
 * @param data exactly {@code rows} rows; of strips, whole strips
 * @param format how the elements are stored
 * @param rows 0 or more
 * @param columns 1 or more, whole blocks
 * @param layout how rows lie in memory
 */
public record Matrix(MemorySegment data, BlockFormat format, int rows, int columns, Layout layout) {

  public Matrix {
    if (rows < 0 || columns < 1) {
      throw new IllegalArgumentException("matrix of shape [" + rows + ", " + columns + "]");
    }
    long expected = bytes(format, rows, columns, layout);
    if (data.byteSize() != expected) {
      throw new IllegalArgumentException(
          "a "
              + format
              + " matrix ["
              + rows
              + ", "
              + columns
              + "] takes "
              + expected
              + " bytes, not "
              + data.byteSize());
    }
  }

  /** A matrix whose rows follow one another. */
  public Matrix(MemorySegment data, BlockFormat format, int rows, int columns) {
    this(data, format, rows, columns, Layout.ROWS);
  }

  /** Bytes that such a matrix takes. */
  public static long bytes(BlockFormat format, int rows, int columns, Layout layout) {
    return switch (layout) {
      case ROWS -> Math.multiplyExact(format.bytes(columns), (long) rows);
      case STRIPS ->
          Math.multiplyExact(
              stripBytes(format, columns), (rows + (long) StripFormat.ROWS - 1) / StripFormat.ROWS);
    };
  }

  /** Bytes of 16 rows. */
  private static long stripBytes(BlockFormat format, int columns) {
    return StripFormat.knows(format)
        ? StripFormat.of(format).stripBytes(columns)
        : StripFormat.ROWS * format.bytes(columns);
  }

  /** Bytes of a strip of this matrix. */
  public long stripBytes() {
    return stripBytes(format, columns);
  }

  /** Where an element of a matrix of plain floats is. */
  public long byteOf(int row, int column) {
    long elements =
        layout == Layout.ROWS
            ? (long) row * columns + column
            : ((long) (row / StripFormat.ROWS) * columns + column) * StripFormat.ROWS
                + row % StripFormat.ROWS;
    return elements * format.blockBytes();
  }

  /** Bytes of one row of a matrix in rows. */
  public long rowBytes() {
    return format.bytes(columns);
  }

  /** The rows in [from, to), without a copy; of strips, {@code from} begins one. */
  public Matrix slice(int from, int to) {
    long start = bytes(format, from, columns, layout);
    long bytes = bytes(format, to - from, columns, layout);
    if (layout == Layout.STRIPS && from % StripFormat.ROWS != 0) {
      throw new IllegalArgumentException("row " + from + " is within a strip");
    }
    return new Matrix(data.asSlice(start, bytes), format, to - from, columns, layout);
  }

  /** Takes apart one block of a quantised matrix. */
  void read(BlockFields fields, int row, int block) {
    StripFormat strip = StripFormat.of(format);
    if (layout == Layout.ROWS) {
      fields.read(strip, data, row * rowBytes() + (long) block * format.blockBytes());
    } else {
      long at = row / StripFormat.ROWS * stripBytes();
      fields.readStrip(strip, data, at, block, row % StripFormat.ROWS);
    }
  }
}
