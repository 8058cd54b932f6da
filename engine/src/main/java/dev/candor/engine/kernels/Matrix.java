package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;

/**
 * A matrix as stored: {@code [rows, columns]}, row-major, each row in whole blocks. A view; the
 * segment's owner decides how long it lives.
 *
 * @param data exactly {@code rows} rows
 * @param format how the elements are stored
 * @param rows 0 or more
 * @param columns 1 or more, whole blocks
 */
public record Matrix(MemorySegment data, BlockFormat format, int rows, int columns) {

  public Matrix {
    if (rows < 0 || columns < 1) {
      throw new IllegalArgumentException("matrix of shape [" + rows + ", " + columns + "]");
    }
    long expected = Math.multiplyExact(format.bytes(columns), (long) rows);
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

  /** Bytes of one row. */
  public long rowBytes() {
    return format.bytes(columns);
  }

  /** The rows in [from, to), without a copy. */
  public Matrix slice(int from, int to) {
    return new Matrix(
        data.asSlice(from * rowBytes(), (to - from) * rowBytes()), format, to - from, columns);
  }
}
