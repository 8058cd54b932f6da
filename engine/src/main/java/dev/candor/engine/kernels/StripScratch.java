package dev.candor.engine.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Strips of a matrix that lies in rows, put together when they are needed; one per thread. */
final class StripScratch {
  private final BlockFields fields = new BlockFields();
  private MemorySegment memory = MemorySegment.NULL;

  /** The strip that begins at this row; valid until the next one is asked for. */
  MemorySegment strip(Matrix w, int row) {
    StripFormat format = StripFormat.of(w.format());
    long bytes = format.stripBytes(w.columns());
    pack(w, row, memory(bytes).asSlice(0, bytes));
    return memory;
  }

  /** Room for a strip of so many bytes. */
  MemorySegment memory(long bytes) {
    if (memory.byteSize() < bytes) {
      memory = Arena.ofAuto().allocate(bytes, 64);
    }
    return memory;
  }

  /** Writes the strip that begins at this row of a matrix in rows. */
  void pack(Matrix w, int row, MemorySegment out) {
    StripFormat format = StripFormat.of(w.format());
    out.fill((byte) 0);
    int blocks = w.columns() / w.format().blockElements();
    long rowBytes = w.rowBytes();
    int rows = Math.min(StripFormat.ROWS, w.rows() - row);
    for (int r = 0; r < rows; r++) {
      for (int block = 0; block < blocks; block++) {
        long at = (row + r) * rowBytes + (long) block * w.format().blockBytes();
        fields.readScales(format, w.data(), at);
        fields.writeScales(out, 0, block, r);
        StripPacking.quants(format, w.data(), at, out, block, r);
      }
    }
  }
}
