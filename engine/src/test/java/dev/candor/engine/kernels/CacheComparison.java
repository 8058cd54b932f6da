package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.SameBits.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** What a path of {@link Kernels} does with a cache, against the definition. */
final class CacheComparison {

  private static final Kernels SCALAR = new ScalarKernels();

  private static final BlockFormat[] FORMATS = {BlockFormat.F32, BlockFormat.F16, BlockFormat.Q8_0};

  private final Kernels kernels;

  CacheComparison(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Those of the sizes that the format can hold. */
  private static int[] columns(BlockFormat format, int... sizes) {
    return Arrays.stream(sizes).filter(size -> size % format.blockElements() == 0).toArray();
  }

  void attention() {
    for (BlockFormat format : FORMATS) {
      for (int columns : columns(format, 1, 13, 16, 48, 64, 80, 96, 256)) {
        for (int queries : new int[] {1, 2, 3, 4, 5, 9}) {
          compareAttention(format, columns, queries, 9, 70, queries % 2 == 0);
        }
      }
    }
    // More keys than a cache of the processor holds.
    for (int queries = 1; queries <= 4; queries++) {
      compareAttention(BlockFormat.F16, 64, queries, 9_000, 9_100, false);
      compareAttention(BlockFormat.F32, 80, queries, 3_300, 3_400, false);
      compareAttention(BlockFormat.Q8_0, 64, queries, 9_000, 9_100, false);
    }
  }

  private void compareAttention(
      BlockFormat format, int columns, int queries, int fewest, int most, boolean extreme) {
    RandomInputs random = new RandomInputs(columns * 70L + queries * 7 + format.ordinal());
    String what =
        kernels.name() + " " + format + " " + columns + " columns, " + queries + " queries";
    try (Arena arena = Arena.ofConfined()) {
      int rows = random.between(fewest, most);
      int first = random.between(0, Math.min(70, rows) - 1);
      int count = rows > 70 ? rows - first - 1 : random.between(0, rows - first);
      Matrix values = random.matrix(arena, format, rows, columns, extreme);
      int whole = (rows + 15) / 16 * 16;
      Matrix filled = random.matrix(arena, format, whole, columns, extreme);
      Matrix keys =
          format == BlockFormat.Q8_0
              ? RandomInputs.strips(arena, filled)
              : new Matrix(filled.data(), format, rows, columns, Layout.STRIPS);

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
        if (format == BlockFormat.Q8_0 && !extreme) {
          for (int s = 0; s < count; s++) {
            assertClose(what, actual[at + s], q, 1 + i * qStride, filled, first + s);
          }
        }
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

  /** The score but for half a step of each element of the query, rounded to 8 bits. */
  private static void assertClose(
      String what, float score, float[] q, int qOffset, Matrix keys, int row) {
    float[] key = new float[keys.columns()];
    SCALAR.dequantize(keys, row, key, 0);
    double sum = 0;
    double error = 1e-4;
    for (int j = 0; j < key.length; j++) {
      sum += (double) q[qOffset + j] * key[j];
      float largest = Inputs.largest(q, qOffset + j / 32 * 32);
      error += Math.abs(key[j]) * largest / 127 * 0.501;
    }
    assertThat((double) score).as(what).isCloseTo(0.125 * sum, within(0.125 * error));
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
    for (BlockFormat format : FORMATS) {
      for (Layout layout : Layout.values()) {
        for (int columns : columns(format, 1, 13, 64, 207, 256)) {
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
      float[] x = row == 1 ? random.anyFloats(columns + 1) : random.mixedFloats(columns + 1);
      SCALAR.storeRow(x, 1, expected, row);
      kernels.storeRow(x, 1, actual, row);
    }
    String what = kernels.name() + " " + format + " " + layout + " " + columns + " columns";
    assertSame(what, elements(actual), elements(expected));
  }

  /** All that is stored: of Q8_0 for each block the scale, then the quants. */
  private static float[] elements(Matrix cache) {
    MemorySegment data = cache.data();
    int size = cache.format().blockBytes();
    float[] elements = new float[(int) data.byteSize() / size * (size == 34 ? 33 : 1)];
    if (cache.format() == BlockFormat.Q8_0) {
      BlockFields fields = new BlockFields();
      int at = 0;
      for (int row = 0; row < cache.rows(); row++) {
        for (int b = 0; b < cache.columns() / 32; b++) {
          cache.read(fields, row, b);
          elements[at++] = fields.scale(0);
          for (int j = 0; j < 32; j++) {
            elements[at++] = fields.quant(j);
          }
        }
      }
      return elements;
    }
    for (int i = 0; i < elements.length; i++) {
      elements[i] =
          size == 4
              ? data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i)
              : Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
    }
    return elements;
  }

  /** A row in 8 bits is the row but for half a step, and comes out of a cache as it went in. */
  void eightBitsAreClose() {
    RandomInputs random = new RandomInputs(8);
    float[] x = random.normals(64);
    for (Layout layout : Layout.values()) {
      int size = (int) Matrix.bytes(BlockFormat.Q8_0, 32, 64, layout);
      Matrix first =
          new Matrix(MemorySegment.ofArray(new byte[size]), BlockFormat.Q8_0, 32, 64, layout);
      Matrix second =
          new Matrix(MemorySegment.ofArray(new byte[size]), BlockFormat.Q8_0, 32, 64, layout);
      kernels.storeRow(x, 0, first, 21);
      MemorySegment row = MemorySegment.ofArray(new byte[3 + 2 * 34]);
      CacheBlocks.read(first, 21, row, 3);
      CacheBlocks.write(second, 21, row, 3);
      assertThat(second.data().mismatch(first.data())).isEqualTo(-1);
      BlockFields fields = new BlockFields();
      for (int j = 0; j < 64; j++) {
        float largest = Inputs.largest(x, j / 32 * 32);
        first.read(fields, 21, j / 32);
        float stored = fields.scale(0) * fields.quant(j % 32);
        assertThat(stored).isCloseTo(x[j], within(largest / 127 * 0.57f));
        float inRow =
            Float.float16ToFloat(row.get(ValueLayout.JAVA_SHORT_UNALIGNED, 3 + j / 32 * 34))
                * row.get(ValueLayout.JAVA_BYTE, 3 + j / 32 * 34 + 2 + j % 32);
        assertThat(inRow).isEqualTo(stored);
      }
    }
  }
}
