package dev.candor.engine.kernels;

import dev.candor.engine.kernels.StripCode.Reading;
import dev.candor.engine.kernels.x86.ExecutableMemory;
import dev.candor.engine.kernels.x86.Processor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Products with quantised matrices by emitted code: strips as they lie in memory; rows after 16 of
 * them have been put together, at each use. Callers have checked the operands.
 */
final class EmittedStrips {

  private static final MethodHandle STRIPS = ExecutableMemory.caller(StripCode.TYPE);
  private static final MethodHandle PACK = ExecutableMemory.caller(PackCode.TYPE);
  private static final MethodHandle ROUND = ExecutableMemory.caller(RoundCode.TYPE);

  private final ThreadLocal<StripScratch> scratch = ThreadLocal.withInitial(StripScratch::new);
  private final CodeCache products;
  private final CodeCache packs =
      new CodeCache((format, _, _) -> PackCode.code(StripFormat.values()[format]));
  private final MemorySegment round;

  EmittedStrips(Processor processor) {
    boolean wide = processor == Processor.AVX512;
    products =
        new CodeCache((ordinal, tokens, how) -> {
          StripFormat format = StripFormat.values()[ordinal];
          Reading reading = Reading.values()[how];
          return wide
              ? Avx512Strips.code(format, tokens, reading)
              : Avx2Strips.code(format, tokens, reading);
        });
    round = ExecutableMemory.place(RoundCode.code(processor));
  }

  /** See {@link Kernels#multiply}; w is quantised and in native memory. */
  void multiply(Matrix w, int fromRow, int toRow, Inputs in, float[] y, int yOffset, int yStride) {
    StripFormat format = StripFormat.of(w.format());
    long stripBytes = format.stripBytes(w.columns());
    if (w.layout() == Layout.STRIPS) {
      long first = Operands.address(w.data()) + fromRow / StripFormat.ROWS * stripBytes;
      Reading reading = in.tile(0) == in.tokens() ? Reading.ONCE : Reading.AGAIN;
      multiplyStrips(format, first, reading, fromRow, toRow, in, y, yOffset, yStride);
      return;
    }
    StripScratch mine = scratch.get();
    for (int row = fromRow; row < toRow; row += StripFormat.ROWS) {
      long strip = strip(mine, w, row, stripBytes);
      int to = Math.min(row + StripFormat.ROWS, toRow);
      multiplyStrips(format, strip, Reading.WRITTEN, row, to, in, y, yOffset, yStride);
    }
  }

  /** The address of the strip that begins at this row of a matrix in rows. */
  private long strip(StripScratch mine, Matrix w, int row, long stripBytes) {
    long strip = mine.memory(stripBytes).address();
    return pack(w, row, strip) ? strip : mine.strip(w, row).address();
  }

  /**
   * Writes the strip that begins at this row of a matrix in rows; false, and nothing is written, if
   * there is no code for it: for rare formats, a strip that is not full, and what is on the heap.
   */
  boolean pack(Matrix w, int row, long strip) {
    StripFormat format = StripFormat.of(w.format());
    if (!PackCode.knows(format) || row + StripFormat.ROWS > w.rows() || !w.data().isNative()) {
      return false;
    }
    try {
      PACK.invokeExact(
          packs.code(format.ordinal(), 0, 0),
          Operands.address(w.data()) + row * w.rowBytes(),
          w.rowBytes(),
          strip,
          (long) w.columns() / format.format.blockElements());
    } catch (Throwable e) {
      throw EmittedKernels.thrown(e);
    }
    return true;
  }

  private void multiplyStrips(
      StripFormat format,
      long weights,
      Reading reading,
      int fromRow,
      int toRow,
      Inputs in,
      float[] y,
      int yOffset,
      int yStride) {
    int rows = toRow - fromRow;
    if (rows == 0) {
      return;
    }
    long count = (rows + StripFormat.ROWS - 1) / StripFormat.ROWS;
    long lastRows = rows - (count - 1) * StripFormat.ROWS;
    long blocks = in.columns() / format.format.blockElements();
    long tiles = in.rounded().address();
    MemorySegment out = MemorySegment.ofArray(y);
    for (int token = 0; token < in.tokens(); ) {
      int tile = in.tile(token);
      try {
        STRIPS.invokeExact(
            products.code(format.ordinal(), tile, reading.ordinal()),
            weights,
            tiles + in.tileAt(token),
            out,
            4L * (yOffset + (long) token * yStride + fromRow),
            blocks,
            count,
            4L * yStride,
            lastRows);
      } catch (Throwable e) {
        throw EmittedKernels.thrown(e);
      }
      token += tile;
    }
  }

  /** See {@link Kernels#round}. */
  void round(Inputs in, int fromToken, int toToken) {
    MemorySegment x = MemorySegment.ofArray(in.values());
    for (int first = fromToken; first < toToken; ) {
      int tile = in.tile(first);
      for (int t = 0; t < tile && first + t < toToken; t++) {
        try {
          ROUND.invokeExact(
              round,
              x,
              4L * (in.offset() + (long) (first + t) * in.stride()),
              in.rounded().address() + in.tileAt(first),
              (long) tile,
              (long) t,
              (long) in.blocks());
        } catch (Throwable e) {
          throw EmittedKernels.thrown(e);
        }
      }
      first += tile;
    }
  }
}
