package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.SameBits.assertSame;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What a path of {@link Kernels} does with a cache, against the definition. */
final class CacheComparison {

  private static final Kernels SCALAR = new ScalarKernels();

  private final Kernels kernels;

  CacheComparison(Kernels kernels) {
    this.kernels = kernels;
  }

  void attention() {
    for (BlockFormat format : new BlockFormat[] {BlockFormat.F32, BlockFormat.F16}) {
      for (int columns : new int[] {1, 13, 16, 48, 64, 80, 256}) {
        for (int queries : new int[] {1, 2, 3, 4, 5, 9}) {
          compareAttention(format, columns, queries, queries % 2 == 0);
        }
      }
    }
  }

  private void compareAttention(BlockFormat format, int columns, int queries, boolean extreme) {
    RandomInputs random = new RandomInputs(columns * 70L + queries * 7 + format.ordinal());
    String what =
        kernels.name() + " " + format + " " + columns + " columns, " + queries + " queries";
    try (Arena arena = Arena.ofConfined()) {
      int rows = random.between(9, 70);
      int first = random.between(0, rows - 1);
      int count = random.between(0, rows - first);
      Matrix values = random.matrix(arena, format, rows, columns, extreme);
      int whole = (rows + 15) / 16 * 16;
      Matrix filled = random.matrix(arena, format, whole, columns, extreme);
      Matrix keys = new Matrix(filled.data(), format, rows, columns, Layout.STRIPS);

      int qStride = columns + random.between(0, 3);
      float[] q = random.normals(1 + queries * qStride);
      int scoresStride = rows + 30;
      float[] expected = random.normals(15 + queries * scoresStride + 15);
      float[] actual = expected.clone();
      SCALAR.attentionScores(
          q, 1, qStride, queries, keys, first, count, 0.125f, expected, 15, scoresStride);
      kernels.attentionScores(
          q, 1, qStride, queries, keys, first, count, 0.125f, actual, 15, scoresStride);
      for (int i = 0; i < queries; i++) {
        int at = 15 + i * scoresStride;
        assertSame(what + " scores", actual, at, expected, at, count);
      }

      int pStride = count + random.between(0, 3);
      float[] p = random.normals(1 + queries * pStride);
      int outStride = columns + random.between(0, 3);
      float[] expectedOut = random.normals(3 + queries * outStride);
      float[] actualOut = expectedOut.clone();
      SCALAR.addWeightedRows(
          p, 1, pStride, queries, values, first, count, expectedOut, 3, outStride);
      kernels.addWeightedRows(
          p, 1, pStride, queries, values, first, count, actualOut, 3, outStride);
      assertSame(what + " weighted rows", actualOut, expectedOut);
    }
  }

  void everyHalf() {
    byte[] all = new byte[2 << 16];
    for (int i = 0; i < 1 << 16; i++) {
      all[2 * i] = (byte) i;
      all[2 * i + 1] = (byte) (i >> 8);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(all.length, 64).copyFrom(MemorySegment.ofArray(all));
      float[] one = {1};
      float[] expected = new float[1 << 16];
      float[] actual = new float[1 << 16];
      Matrix values = new Matrix(data, BlockFormat.F16, 1, 1 << 16);
      SCALAR.addWeightedRows(one, 0, 1, 1, values, 0, 1, expected, 0, 1 << 16);
      kernels.addWeightedRows(one, 0, 1, 1, values, 0, 1, actual, 0, 1 << 16);
      assertSame(kernels.name(), actual, expected);
      Matrix keys = new Matrix(data, BlockFormat.F16, 1 << 16, 1, Layout.STRIPS);
      SCALAR.attentionScores(one, 0, 1, 1, keys, 0, 1 << 16, 1, expected, 0, 1 << 16);
      kernels.attentionScores(one, 0, 1, 1, keys, 0, 1 << 16, 1, actual, 0, 1 << 16);
      assertSame(kernels.name(), actual, expected);
    }
  }

  /** In both layouts, in native memory and in an array. */
  void storedRowsReadBack() {
    for (BlockFormat format : new BlockFormat[] {BlockFormat.F32, BlockFormat.F16}) {
      for (Layout layout : Layout.values()) {
        for (int columns : new int[] {1, 13, 64, 207}) {
          try (Arena arena = Arena.ofConfined()) {
            int size = (int) Matrix.bytes(format, 21, columns, layout);
            compareStores(format, layout, columns, arena.allocate(size));
            compareStores(format, layout, columns, MemorySegment.ofArray(new byte[size]));
          }
        }
      }
    }
  }

  private void compareStores(BlockFormat format, Layout layout, int columns, MemorySegment memory) {
    RandomInputs random = new RandomInputs(columns);
    MemorySegment other = MemorySegment.ofArray(new byte[(int) memory.byteSize()]);
    Matrix expected = new Matrix(other, format, 21, columns, layout);
    Matrix actual = new Matrix(memory, format, 21, columns, layout);
    for (int row : new int[] {1, 15, 20}) {
      float[] x = random.anyFloats(columns + 1);
      SCALAR.storeRow(x, 1, expected, row);
      kernels.storeRow(x, 1, actual, row);
    }
    String what = kernels.name() + " " + format + " " + layout + " " + columns + " columns";
    assertSame(what, elements(actual), elements(expected));
  }

  /** All that is stored, as it lies in memory. */
  private static float[] elements(Matrix cache) {
    MemorySegment data = cache.data();
    int size = cache.format().blockBytes();
    float[] elements = new float[(int) data.byteSize() / size];
    for (int i = 0; i < elements.length; i++) {
      elements[i] =
          size == 4
              ? data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i)
              : Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
    }
    return elements;
  }
}
