package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.ExecutableMemory;
import dev.candor.engine.kernels.x86.Processor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@link GradientKernels#addProduct} by {@link FloatMatrixCode}, in blocks that the caches of a
 * core hold. A block of depth ends with its sums in C, so that the order of operations stays that
 * of the definition.
 *
 * <p>B is copied, panel by panel: rows that are a power of two apart would share a few sets of the
 * first cache. Copies of A, whose elements are loaded one by one, were measured not to pay.
 */
final class EmittedFloatMatrices {

  private static final MethodHandle CALL = ExecutableMemory.caller(FloatMatrixCode.TYPE);

  /** Floats of a group. */
  private static final int GROUP = 16;

  /** Depth of a block: a panel of B, 32 columns wide, takes 32 KiB and stays in the first cache. */
  static final int DEPTH = 256;

  /**
   * Rows of a block: whole tiles of any processor, 504 KiB of the second cache. A call then takes
   * some tens of microseconds, since code that is called so must be short.
   */
  static final int ROWS = 504;

  private final int width;
  private final CodeCache products;
  private final MemorySegment copy;

  /** A panel of B for each thread. */
  private final ThreadLocal<MemorySegment> panel;

  EmittedFloatMatrices(Processor processor) {
    width = GROUP * FloatMatrixCode.groups(processor);
    products =
        new CodeCache(
            (groups, tail, _) -> FloatMatrixCode.addProduct(processor, groups, tail != 0));
    copy = ExecutableMemory.place(FloatMatrixCode.copyRows(processor));
    panel = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(4L * DEPTH * width, 64));
  }

  /**
   * The matrices lie in arrays or in native memory, so many bytes from the start on. They have been
   * checked.
   */
  void addProduct(
      int rows,
      int columns,
      int depth,
      MemorySegment a,
      long aBytes,
      long aRowBytes,
      long aDepthBytes,
      MemorySegment b,
      long bBytes,
      long bRowBytes,
      MemorySegment c,
      long cBytes,
      long cRowBytes) {
    MemorySegment room = panel.get();
    for (int k = 0; k < depth; k += DEPTH) {
      int deep = Math.min(DEPTH, depth - k);
      for (int i = 0; i < rows; i += ROWS) {
        int high = Math.min(ROWS, rows - i);
        for (int j = 0; j < columns; j += width) {
          int wide = Math.min(width, columns - j);
          int groups = Math.ceilDiv(wide, GROUP);
          int lanes = wide % GROUP;
          call(
              copy,
              b,
              bBytes + k * bRowBytes + 4L * j,
              b,
              0,
              room.address(),
              deep,
              wide / GROUP,
              bRowBytes,
              4L * GROUP * groups,
              0,
              lanes);
          call(
              products.code(groups, lanes == 0 ? 0 : 1, 0),
              a,
              aBytes + i * aRowBytes + k * aDepthBytes,
              c,
              cBytes + i * cRowBytes + 4L * j,
              room.address(),
              deep,
              high,
              aRowBytes,
              aDepthBytes,
              cRowBytes,
              lanes);
        }
      }
    }
  }

  private static void call(
      MemorySegment code,
      MemorySegment a,
      long aBytes,
      MemorySegment c,
      long cBytes,
      long b,
      long depth,
      long rows,
      long aRowBytes,
      long aDepthBytes,
      long cRowBytes,
      long lanes) {
    try {
      CALL.invokeExact(
          code, a, aBytes, c, cBytes, b, depth, rows, aRowBytes, aDepthBytes, cRowBytes, lanes);
    } catch (Throwable e) {
      throw EmittedKernels.thrown(e);
    }
  }
}
