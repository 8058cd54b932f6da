package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.SameBits.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector path against its definition, to the bit, at every width and at awkward sizes. */
class VectorKernelsTest {

  private static final int[] SIZES = {1, 13, 15, 16, 17, 33, 64, 207, 576, 4098};

  private static final Kernels SCALAR = new ScalarKernels();

  private static final List<Kernels> WIDTHS =
      List.of(VectorWidth.kernels(128), VectorWidth.kernels(256), VectorWidth.kernels(512));

  static List<Kernels> widths() {
    return WIDTHS;
  }

  /** Sizes that the format can hold. */
  private static List<Integer> columns(BlockFormat format) {
    List<Integer> columns = new ArrayList<>();
    for (int size : SIZES) {
      int whole = Math.ceilDiv(size, format.blockElements()) * format.blockElements();
      if (!columns.contains(whole)) {
        columns.add(whole);
      }
    }
    return columns;
  }

  @ParameterizedTest
  @EnumSource
  void multipliesOneToken(BlockFormat format) {
    for (int columns : columns(format)) {
      for (boolean extreme : new boolean[] {false, true}) {
        compareMultiply(format, columns, 1, extreme);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void multipliesSeveralTokens(BlockFormat format) {
    for (int columns : columns(format)) {
      for (int tokens : new int[] {2, 3, 7}) {
        compareMultiply(format, columns, tokens, tokens == 7);
      }
    }
  }

  private static void compareMultiply(
      BlockFormat format, int columns, int tokens, boolean extreme) {
    RandomInputs random = new RandomInputs(columns * 31L + tokens);
    try (Arena arena = Arena.ofConfined()) {
      int rows = random.between(5, 11);
      Matrix w = random.matrix(arena, format, rows, columns, extreme);
      int from = random.between(0, 2);
      int to = random.between(from, rows);
      int xOffset = random.between(0, 5);
      int xStride = columns + random.between(0, 3);
      int yOffset = random.between(0, 5);
      int yStride = rows + random.between(0, 3);
      int xs = xOffset + tokens * xStride;
      float[] x = extreme ? random.anyFloats(xs) : random.normals(xs);
      float[] before = random.normals(yOffset + tokens * yStride);
      float[] expected = before.clone();
      SCALAR.multiply(w, from, to, x, xOffset, xStride, tokens, expected, yOffset, yStride);
      for (Kernels vector : WIDTHS) {
        float[] actual = before.clone();
        vector.multiply(w, from, to, x, xOffset, xStride, tokens, actual, yOffset, yStride);
        assertSame(
            vector.name() + " " + format + " [" + to + ", " + columns + "] × " + tokens,
            actual,
            expected);
      }
    }
  }

  /** More rows than any kernel takes at a time, from a segment that begins anywhere. */
  @ParameterizedTest
  @EnumSource
  void multipliesManyRowsAlikeOneByOneAndTogether(BlockFormat format) {
    RandomInputs random = new RandomInputs(format.ordinal());
    int columns = 256;
    int rows = 203;
    byte[] bytes = random.bytes(3 + (int) format.bytes(columns) * rows);
    try (Arena arena = Arena.ofConfined()) {
      Matrix calm = random.matrix(arena, format, rows, columns, false);
      MemorySegment.copy(calm.data(), 0, MemorySegment.ofArray(bytes), 3, calm.data().byteSize());
    }
    Matrix w =
        new Matrix(
            MemorySegment.ofArray(bytes).asSlice(3, bytes.length - 3L), format, rows, columns);
    float[] x = random.normals(5 * columns);
    for (Kernels kernels : WIDTHS) {
      float[] together = new float[5 * rows];
      kernels.multiply(w, 0, rows, x, 0, columns, 5, together, 0, rows);
      float[] single = new float[5 * rows];
      for (int t = 0; t < 5; t++) {
        kernels.multiply(w, 0, rows, x, t * columns, columns, 1, single, t * rows, rows);
      }
      assertSame(kernels.name() + " one token at a time", single, together);
      float[] rowwise = new float[5 * rows];
      for (int r = 0; r < rows; r++) {
        kernels.multiply(w, r, r + 1, x, 0, columns, 5, rowwise, 0, rows);
      }
      assertSame(kernels.name() + " one row at a time", rowwise, together);
    }
  }

  @ParameterizedTest
  @EnumSource
  void dequantizes(BlockFormat format) {
    for (int columns : columns(format)) {
      RandomInputs random = new RandomInputs(columns);
      try (Arena arena = Arena.ofConfined()) {
        Matrix w = random.matrix(arena, format, 3, columns, columns % 2 == 0);
        float[] expected = new float[columns + 2];
        SCALAR.dequantize(w, 1, expected, 1);
        for (Kernels vector : WIDTHS) {
          float[] actual = new float[columns + 2];
          vector.dequantize(w, 1, actual, 1);
          assertSame(vector.name() + " " + format, actual, expected);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void sumsAndNorms(Kernels vector) {
    for (int n : SIZES) {
      for (int seed = 0; seed < 6; seed++) {
        RandomInputs random = new RandomInputs(seed * 1_000L + n);
        boolean extreme = seed >= 3;
        int at = random.between(0, 4);
        int bt = random.between(0, 4);
        float[] a = extreme ? random.anyFloats(at + n) : random.normals(at + n);
        float[] b = extreme ? random.anyFloats(bt + n) : random.normals(bt + n);
        String what = vector.name() + " n " + n;
        assertSame(
            what + " dot",
            new float[] {vector.dot(a, at, b, bt, n)},
            new float[] {SCALAR.dot(a, at, b, bt, n)});

        float[] weight = random.normals(n);
        float[] bias = random.normals(n);
        float[] expected = b.clone();
        float[] actual = b.clone();
        SCALAR.rmsNorm(a, at, weight, 1e-5f, n, expected, bt);
        vector.rmsNorm(a, at, weight, 1e-5f, n, actual, bt);
        assertSame(what + " rmsNorm", actual, expected);

        SCALAR.layerNorm(a, at, weight, bias, 1e-12f, n, expected, bt);
        vector.layerNorm(a, at, weight, bias, 1e-12f, n, actual, bt);
        assertSame(what + " layerNorm", actual, expected);

        expected = a.clone();
        actual = a.clone();
        SCALAR.layerNorm(expected, at, weight, bias, 1e-12f, n, expected, at);
        vector.layerNorm(actual, at, weight, bias, 1e-12f, n, actual, at);
        assertSame(what + " layerNorm in place", actual, expected);

        expected = a.clone();
        actual = a.clone();
        SCALAR.softmax(expected, at, n);
        vector.softmax(actual, at, n);
        assertSame(what + " softmax", actual, expected);

        SCALAR.addScaled(b[bt], a, at, expected, at, n);
        vector.addScaled(b[bt], a, at, actual, at, n);
        assertSame(what + " addScaled", actual, expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void elementWiseFunctions(Kernels vector) {
    for (int n : SIZES) {
      RandomInputs random = new RandomInputs(n);
      for (boolean extreme : new boolean[] {false, true}) {
        float[] x = extreme ? random.anyFloats(n + 3) : random.normals(n + 3);
        for (int i = 0; i < x.length; i++) {
          x[i] *= 6;
        }
        float[] up = random.normals(n + 1);
        for (Activation activation : Activation.values()) {
          String what = vector.name() + " " + activation + " n " + n;
          float[] expected = x.clone();
          float[] actual = x.clone();
          SCALAR.activate(activation, expected, 2, n);
          vector.activate(activation, actual, 2, n);
          assertSame(what, actual, expected);

          expected = x.clone();
          actual = x.clone();
          SCALAR.gate(activation, x, 3, up, 1, n, expected, 0);
          vector.gate(activation, x, 3, up, 1, n, actual, 0);
          assertSame(what + " gate", actual, expected);

          float[] expectedUp = up.clone();
          float[] actualUp = up.clone();
          SCALAR.gate(activation, x, 3, expectedUp, 1, n, expectedUp, 1);
          vector.gate(activation, x, 3, actualUp, 1, n, actualUp, 1);
          assertSame(what + " gate into up", actualUp, expectedUp);
        }
        float[] expected = x.clone();
        float[] actual = x.clone();
        SCALAR.softplus(expected, 1, up, 1, n);
        vector.softplus(actual, 1, up, 1, n);
        assertSame(vector.name() + " softplus n " + n, actual, expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void attention(Kernels vector) {
    for (BlockFormat format : new BlockFormat[] {BlockFormat.F32, BlockFormat.F16}) {
      for (int headSize : new int[] {1, 13, 16, 48, 64, 80, 256}) {
        for (boolean extreme : new boolean[] {false, true}) {
          RandomInputs random = new RandomInputs(headSize * 7L + format.ordinal());
          try (Arena arena = Arena.ofConfined()) {
            int rows = random.between(9, 30);
            Matrix cache = random.matrix(arena, format, rows, 3 * headSize, extreme);
            int first = random.between(0, 3);
            int count = rows - first - random.between(0, 3);
            int column = headSize * random.between(0, 2);
            float[] q = random.normals(headSize + 1);
            float[] expected = random.normals(rows + 2);
            float[] actual = expected.clone();
            SCALAR.attentionScores(
                q, 1, cache, first, column, headSize, count, 0.125f, expected, 2);
            vector.attentionScores(q, 1, cache, first, column, headSize, count, 0.125f, actual, 2);
            String what = vector.name() + " " + format + " head " + headSize;
            assertSame(what + " scores", actual, expected);

            float[] p = random.normals(rows + 1);
            float[] expectedOut = random.normals(headSize + 3);
            float[] actualOut = expectedOut.clone();
            SCALAR.addWeightedRows(p, 1, cache, first, column, headSize, count, expectedOut, 3);
            vector.addWeightedRows(p, 1, cache, first, column, headSize, count, actualOut, 3);
            assertSame(what + " weighted rows", actualOut, expectedOut);
          }
        }
      }
    }
  }

  /** Every f16 there is, through both attention kernels. */
  @ParameterizedTest
  @MethodSource("widths")
  void everyHalf(Kernels vector) {
    byte[] all = new byte[2 << 16];
    for (int i = 0; i < 1 << 16; i++) {
      all[2 * i] = (byte) i;
      all[2 * i + 1] = (byte) (i >> 8);
    }
    Matrix cache = new Matrix(MemorySegment.ofArray(all), BlockFormat.F16, 1, 1 << 16);
    float[] expected = new float[1 << 16];
    float[] actual = new float[1 << 16];
    float[] one = {1};
    SCALAR.addWeightedRows(one, 0, cache, 0, 0, 1 << 16, 1, expected, 0);
    vector.addWeightedRows(one, 0, cache, 0, 0, 1 << 16, 1, actual, 0);
    assertSame(vector.name(), actual, expected);
  }

  @ParameterizedTest
  @MethodSource("widths")
  void storedRowsReadBack(Kernels vector) {
    for (BlockFormat format : new BlockFormat[] {BlockFormat.F32, BlockFormat.F16}) {
      RandomInputs random = new RandomInputs(5);
      int columns = 207;
      float[] x = random.anyFloats(columns + 1);
      Matrix expected =
          new Matrix(
              MemorySegment.ofArray(new byte[(int) format.bytes(columns) * 2]), format, 2, columns);
      Matrix actual =
          new Matrix(
              MemorySegment.ofArray(new byte[(int) format.bytes(columns) * 2]), format, 2, columns);
      SCALAR.storeRow(x, 1, expected, 1);
      vector.storeRow(x, 1, actual, 1);
      float[] back = new float[columns];
      float[] expectedBack = new float[columns];
      for (int row = 0; row < 2; row++) {
        vector.dequantize(actual, row, back, 0);
        SCALAR.dequantize(expected, row, expectedBack, 0);
        assertSame(vector.name() + " " + format, back, expectedBack);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("widths")
  void selectiveScan(Kernels vector) {
    for (int stateSize : new int[] {4, 16}) {
      for (int tokens : new int[] {1, 2, 33, 70}) {
        RandomInputs random = new RandomInputs(tokens);
        int channels = 7;
        float[] state = random.normals(channels * stateSize);
        float[] a = random.normals(channels * stateSize);
        for (int i = 0; i < a.length; i++) {
          a[i] = -Math.abs(a[i]) * 8;
        }
        float[] delta = random.normals(tokens * channels);
        for (int i = 0; i < delta.length; i++) {
          delta[i] = Math.abs(delta[i]) * 0.3f;
        }
        float[] v = random.normals(tokens * channels);
        int stride = 2 * stateSize + 3;
        float[] bc = random.normals(5 + tokens * stride);
        float[] d = random.normals(channels);
        float[] expectedState = state.clone();
        float[] actualState = state.clone();
        float[] expected = new float[tokens * channels];
        float[] actual = new float[tokens * channels];
        SCALAR.selectiveScan(
            expectedState,
            a,
            delta,
            v,
            bc,
            5,
            stride,
            d,
            expected,
            channels,
            stateSize,
            tokens,
            1,
            6);
        vector.selectiveScan(
            actualState, a, delta, v, bc, 5, stride, d, actual, channels, stateSize, tokens, 1, 6);
        assertSame(vector.name() + " m", actual, expected);
        assertSame(vector.name() + " state", actualState, expectedState);
      }
    }
  }

  /** A wrong call is refused by both paths, in the same way, before anything is written. */
  @Test
  void operandsAreChecked() {
    for (Kernels kernels : List.of(SCALAR, WIDTHS.get(1))) {
      RandomInputs random = new RandomInputs(1);
      try (Arena arena = Arena.ofConfined()) {
        Matrix w = random.matrix(arena, BlockFormat.Q4_0, 4, 64, false);
        float[] x = new float[64];
        float[] y = new float[4];
        assertThatThrownBy(() -> kernels.multiply(w, 0, 5, x, 0, 64, 1, y, 0, 4))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernels.multiply(w, 0, 4, x, 1, 64, 1, y, 0, 4))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernels.multiply(w, 0, 4, x, 0, 64, 1, y, 1, 4))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernels.multiply(w, 0, 4, new float[128], 0, 63, 2, y, 0, 4))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> kernels.dequantize(w, 4, x, 0))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernels.dequantize(w, 0, x, 1))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernels.storeRow(x, 0, w, 0))
            .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> kernels.softmax(x, 60, 5))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> kernels.dot(x, -1, x, 0, 3))
            .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(y).containsOnly(0);
      }
    }
  }
}
