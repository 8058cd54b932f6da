package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.SameBits.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A path of {@link Kernels} against the definition, to the bit, at awkward sizes. */
final class KernelComparison implements KernelProperties {

  private static final int[] SIZES = {1, 13, 15, 16, 17, 33, 64, 207, 576, 4098};

  private static final Kernels SCALAR = new ScalarKernels();

  private final Kernels kernels;

  KernelComparison(Kernels kernels) {
    this.kernels = kernels;
  }

  /** The vector path, of the width of this class's loader. */
  KernelComparison() {
    this(new VectorKernels());
  }

  @Override
  public String toString() {
    return kernels.name();
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

  @Override
  public void multiplies(String name) {
    BlockFormat format = BlockFormat.valueOf(name);
    for (int columns : columns(format)) {
      for (int tokens : new int[] {1, 2, 3, 7, 16, 21}) {
        if (columns < 4096 || tokens < 4) {
          compareMultiply(format, columns, tokens, false);
          compareMultiply(format, columns, tokens, true);
        }
      }
    }
    if (StripFormat.knows(format)) {
      compareSaturated(format);
      // Each has code of its own.
      for (int tile = 1; tile <= Inputs.TILE; tile++) {
        compareMultiply(format, 256, tile, false);
        compareMultiply(format, 256, Inputs.TILE + tile, false);
      }
    }
  }

  /**
   * Sums in integers are as great as they can be: nothing may overflow that the definition keeps.
   */
  private void compareSaturated(BlockFormat format) {
    int columns = 512;
    for (int tokens : new int[] {1, 5, 18}) {
      for (boolean ones : new boolean[] {false, true}) {
        for (int pattern : new int[] {0b1, 0b01, 0b0101, 0b0011, 0b1111_0000}) {
          RandomInputs random = new RandomInputs(tokens + pattern);
          float[] x = new float[tokens * columns];
          for (int j = 0; j < x.length; j++) {
            x[j] = (pattern >> j % 8 & 1) == 0 ? -1 : 1;
          }
          Inputs in = new Inputs().take(x, 0, columns, tokens, columns, true);
          SCALAR.round(in, 0, tokens);
          try (Arena arena = Arena.ofConfined()) {
            Matrix w = random.saturated(arena, format, 32, columns, ones);
            float[] expected = new float[32 * tokens];
            SCALAR.multiply(w, 0, 32, in, expected, 0, 32);
            float[] actual = new float[32 * tokens];
            kernels.multiply(w, 0, 32, in, actual, 0, 32);
            assertSame(kernels.name() + " " + format + " × " + tokens, actual, expected);
          }
        }
      }
    }
  }

  private void compareMultiply(BlockFormat format, int columns, int tokens, boolean extreme) {
    RandomInputs random = new RandomInputs(columns * 31L + tokens + (extreme ? 1 : 0));
    boolean quantised = StripFormat.knows(format);
    try (Arena arena = Arena.ofConfined()) {
      int rows = random.between(5, 40);
      Matrix w = random.matrix(arena, format, rows, columns, extreme);
      int from = quantised ? 16 * random.between(0, rows / 16) : random.between(0, 2);
      int to = random.between(from, rows);
      int xOffset = random.between(0, 5);
      int xStride = columns + random.between(0, 3);
      int yOffset = random.between(0, 5);
      int yStride = rows + random.between(0, 3);
      int xs = xOffset + tokens * xStride;
      float[] x = extreme ? random.mixedFloats(xs) : random.normals(xs);
      Inputs in = new Inputs().take(x, xOffset, xStride, tokens, columns, quantised);
      if (quantised) {
        SCALAR.round(in, 0, tokens);
      }
      float[] before = random.normals(yOffset + tokens * yStride);
      float[] expected = before.clone();
      SCALAR.multiply(w, from, to, in, expected, yOffset, yStride);
      String what = kernels.name() + " " + format + " [" + to + ", " + columns + "] × " + tokens;
      float[] actual = before.clone();
      kernels.multiply(w, from, to, in, actual, yOffset, yStride);
      assertSame(what, actual, expected);
      if (quantised) {
        Matrix strips = RandomInputs.strips(arena, w);
        actual = before.clone();
        SCALAR.multiply(strips, from, to, in, actual, yOffset, yStride);
        assertSame(what + ", strips by the definition", actual, expected);
        actual = before.clone();
        kernels.multiply(strips, from, to, in, actual, yOffset, yStride);
        assertSame(what + ", strips", actual, expected);
      }
    }
  }

  @Override
  public void worksAlikeInParts(String name) {
    BlockFormat format = BlockFormat.valueOf(name);
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
    Inputs in = new Inputs().take(x, 0, columns, 5, columns, true);
    kernels.round(in, 0, 5);
    float[] together = new float[5 * rows];
    kernels.multiply(w, 0, rows, in, together, 0, rows);
    float[] inSteps = new float[5 * rows];
    for (int r = 0; r < rows; r += 16) {
      kernels.multiply(w, r, Math.min(r + 16, rows), in, inSteps, 0, rows);
    }
    assertSame(kernels.name() + " one strip at a time", inSteps, together);
    float[] single = new float[5 * rows];
    for (int t = 0; t < 5; t++) {
      in.take(x, t * columns, columns, 1, columns, true);
      kernels.round(in, 0, 1);
      kernels.multiply(w, 0, rows, in, single, t * rows, rows);
    }
    assertSame(kernels.name() + " one token at a time", single, together);
  }

  @Override
  public void dequantizes(String name) {
    BlockFormat format = BlockFormat.valueOf(name);
    for (int columns : columns(format)) {
      RandomInputs random = new RandomInputs(columns);
      try (Arena arena = Arena.ofConfined()) {
        Matrix w = random.matrix(arena, format, 3, columns, columns % 2 == 0);
        float[] expected = new float[columns + 2];
        SCALAR.dequantize(w, 1, expected, 1);
        float[] actual = new float[columns + 2];
        kernels.dequantize(w, 1, actual, 1);
        assertSame(kernels.name() + " " + format, actual, expected);
      }
    }
  }

  @Override
  public void roundsInputs() {
    for (int columns : new int[] {32, 64, 256, 288}) {
      for (int tokens : new int[] {1, 2, 5, 16, 17, 31, 64}) {
        RandomInputs random = new RandomInputs(columns + tokens);
        float[] x = random.mixedFloats(3 + tokens * (columns + 1));
        Inputs expected = new Inputs().take(x, 3, columns + 1, tokens, columns, true);
        SCALAR.round(expected, 0, tokens);
        Inputs actual = new Inputs().take(x, 3, columns + 1, tokens, columns, true);
        actual.rounded().fill((byte) 0x55);
        // As threads divide it, in any order.
        for (int from = (tokens - 1) / 16 * 16; from >= 0; from -= 16) {
          kernels.round(actual, from, Math.min(from + 16, tokens));
        }
        assertSameInputs(kernels.name() + " [" + tokens + ", " + columns + "]", actual, expected);
      }
    }
  }

  private static void assertSameInputs(String what, Inputs actual, Inputs expected) {
    for (int token = 0; token < expected.tokens(); ) {
      int tile = expected.tile(token);
      long at = expected.tileAt(token);
      for (int t = 0; t < tile; t++) {
        for (int block = 0; block < expected.blocks(); block++) {
          assertSame(
              what, factors(actual, at, tile, t, block), factors(expected, at, tile, t, block));
          for (int j = 0; j < 32; j++) {
            assertThat(actual.quant(at, tile, t, block, j))
                .as("%s: column %d of block %d of token %d", what, j, block, token + t)
                .isEqualTo(expected.quant(at, tile, t, block, j));
          }
        }
      }
      token += tile;
    }
  }

  /** Everything of a block but its quants. */
  private static float[] factors(Inputs in, long at, int tile, int t, int block) {
    float[] factors = new float[7];
    factors[6] = in.scale(at, tile, t, block);
    for (int part = 0; part < 3; part++) {
      factors[part] = in.negativeSum(at, tile, t, block, part);
      factors[3 + part] = in.scaledSum(at, tile, t, block, part);
    }
    return factors;
  }

  @Override
  public void sumsAndNorms() {
    for (int n : SIZES) {
      for (int seed = 0; seed < 6; seed++) {
        RandomInputs random = new RandomInputs(seed * 1_000L + n);
        boolean extreme = seed >= 3;
        int at = random.between(0, 4);
        int bt = random.between(0, 4);
        float[] a = extreme ? random.anyFloats(at + n) : random.normals(at + n);
        float[] b = extreme ? random.anyFloats(bt + n) : random.normals(bt + n);
        String what = kernels.name() + " n " + n;
        assertSame(
            what + " dot",
            new float[] {kernels.dot(a, at, b, bt, n)},
            new float[] {SCALAR.dot(a, at, b, bt, n)});

        float[] weight = random.normals(n);
        float[] bias = random.normals(n);
        float[] expected = b.clone();
        float[] actual = b.clone();
        SCALAR.rmsNorm(a, at, weight, 1e-5f, n, expected, bt);
        kernels.rmsNorm(a, at, weight, 1e-5f, n, actual, bt);
        assertSame(what + " rmsNorm", actual, expected);

        SCALAR.layerNorm(a, at, weight, bias, 1e-12f, n, expected, bt);
        kernels.layerNorm(a, at, weight, bias, 1e-12f, n, actual, bt);
        assertSame(what + " layerNorm", actual, expected);

        expected = a.clone();
        actual = a.clone();
        SCALAR.layerNorm(expected, at, weight, bias, 1e-12f, n, expected, at);
        kernels.layerNorm(actual, at, weight, bias, 1e-12f, n, actual, at);
        assertSame(what + " layerNorm in place", actual, expected);

        expected = a.clone();
        actual = a.clone();
        SCALAR.softmax(expected, at, n);
        kernels.softmax(actual, at, n);
        assertSame(what + " softmax", actual, expected);

        SCALAR.addScaled(b[bt], a, at, expected, at, n);
        kernels.addScaled(b[bt], a, at, actual, at, n);
        assertSame(what + " addScaled", actual, expected);
      }
    }
  }

  @Override
  public void elementWiseFunctions() {
    for (int n : SIZES) {
      RandomInputs random = new RandomInputs(n);
      for (boolean extreme : new boolean[] {false, true}) {
        float[] x = extreme ? random.anyFloats(n + 3) : random.normals(n + 3);
        for (int i = 0; i < x.length; i++) {
          x[i] *= 6;
        }
        float[] up = random.normals(n + 1);
        for (Activation activation : Activation.values()) {
          String what = kernels.name() + " " + activation + " n " + n;
          float[] expected = x.clone();
          float[] actual = x.clone();
          SCALAR.activate(activation, expected, 2, n);
          kernels.activate(activation, actual, 2, n);
          assertSame(what, actual, expected);

          expected = x.clone();
          actual = x.clone();
          SCALAR.gate(activation, x, 3, up, 1, n, expected, 0);
          kernels.gate(activation, x, 3, up, 1, n, actual, 0);
          assertSame(what + " gate", actual, expected);

          float[] expectedUp = up.clone();
          float[] actualUp = up.clone();
          SCALAR.gate(activation, x, 3, expectedUp, 1, n, expectedUp, 1);
          kernels.gate(activation, x, 3, actualUp, 1, n, actualUp, 1);
          assertSame(what + " gate into up", actualUp, expectedUp);
        }
        float[] expected = x.clone();
        float[] actual = x.clone();
        SCALAR.softplus(expected, 1, up, 1, n);
        kernels.softplus(actual, 1, up, 1, n);
        assertSame(kernels.name() + " softplus n " + n, actual, expected);
      }
    }
  }

  @Override
  public void rotates() {
    for (RotaryPairs pairs : RotaryPairs.values()) {
      for (int n : new int[] {1, 3, 4, 8, 16, 24, 32, 48, 128}) {
        for (int heads : new int[] {0, 1, 3}) {
          RandomInputs random = new RandomInputs(n * 5L + heads);
          int stride = 2 * n + random.between(0, 40);
          float[] angles = n == 24 ? random.anyFloats(1 + 2 * n) : random.normals(1 + 2 * n);
          float[] expected = random.normals(3 + 2 * n + heads * stride);
          float[] actual = expected.clone();
          SCALAR.rotate(pairs, angles, 1, n, expected, 3, stride, heads);
          kernels.rotate(pairs, angles, 1, n, actual, 3, stride, heads);
          assertSame(kernels.name() + " " + pairs + " " + n + " pairs", actual, expected);
        }
      }
    }
  }

  @Override
  public void attention() {
    new CacheComparison(kernels).attention();
  }

  @Override
  public void everyHalf() {
    new CacheComparison(kernels).everyHalf();
  }

  @Override
  public void storedRowsReadBack() {
    new CacheComparison(kernels).storedRowsReadBack();
    new CacheComparison(kernels).eightBitsAreClose();
  }

  @Override
  public void selectiveScan() {
    for (int stateSize : new int[] {4, 16}) {
      for (int tokens : new int[] {1, 2, 33, 70}) {
        RandomInputs random = new RandomInputs(tokens);
        int channels = 7;
        float[] state = random.normals(channels * stateSize);
        float[] a = random.normals(channels * stateSize);
        for (int i = 0; i < a.length; i++) {
          a[i] = -Math.abs(a[i]) * 8;
        }
        int offset = 3;
        float[] delta = random.normals(offset + tokens * channels);
        for (int i = 0; i < delta.length; i++) {
          delta[i] = Math.abs(delta[i]) * 0.3f;
        }
        float[] v = random.normals(offset + tokens * channels);
        int stride = 2 * stateSize + 3;
        float[] bc = random.normals(5 + tokens * stride);
        float[] d = random.normals(channels);
        float[] expectedState = state.clone();
        float[] actualState = state.clone();
        float[] expected = new float[offset + tokens * channels];
        float[] actual = new float[offset + tokens * channels];
        SCALAR.selectiveScan(
            expectedState,
            a,
            delta,
            v,
            offset,
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
        kernels.selectiveScan(
            actualState,
            a,
            delta,
            v,
            offset,
            bc,
            5,
            stride,
            d,
            actual,
            channels,
            stateSize,
            tokens,
            1,
            6);
        assertSame(kernels.name() + " m", actual, expected);
        assertSame(kernels.name() + " state", actualState, expectedState);
      }
    }
  }

  @Override
  public void operandsAreChecked() {
    RandomInputs random = new RandomInputs(1);
    try (Arena arena = Arena.ofConfined()) {
      Matrix w = random.matrix(arena, BlockFormat.Q4_0, 20, 64, false);
      float[] x = new float[64];
      float[] y = new float[20];
      Inputs in = new Inputs().take(x, 0, 64, 1, 64, true);
      kernels.round(in, 0, 1);
      assertThatThrownBy(() -> kernels.multiply(w, 0, 21, in, y, 0, 20))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.multiply(w, 4, 20, in, y, 0, 20))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> kernels.multiply(w, 0, 20, in, y, 1, 20))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.multiply(w, 0, 20, in.take(x, 0, 32, 2, 32, true), y, 0, 20))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(
              () -> kernels.multiply(w, 0, 20, new Inputs().take(x, 0, 64, 1, 64, false), y, 0, 20))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new Inputs().take(x, 1, 64, 1, 64, true))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> new Inputs().take(new float[128], 0, 63, 2, 64, true))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> kernels.round(new Inputs().take(x, 0, 33, 1, 33, true), 0, 1))
          .isInstanceOf(IllegalArgumentException.class);
      MemorySegment strip = arena.allocate(Matrix.bytes(w.format(), 16, 64, Layout.STRIPS));
      assertThatThrownBy(() -> kernels.packStrip(w, 8, strip))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> kernels.packStrip(w, 32, strip))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.packStrip(w, 0, strip.asSlice(1)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> kernels.dequantize(w, 20, x, 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.dequantize(w, 0, x, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.storeRow(x, 0, w, 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> kernels.softmax(x, 60, 5))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.rotate(RotaryPairs.HALVES, x, 1, 32, x, 0, 64, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.rotate(RotaryPairs.NEIGHBOURS, x, 0, 16, x, 0, 33, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.dot(x, -1, x, 0, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
      Matrix keys = new Matrix(arena.allocate(4 * 16 * 4L), BlockFormat.F32, 16, 4, Layout.STRIPS);
      assertThatThrownBy(() -> kernels.attentionScores(x, 0, 4, 1, keys, 0, 8, 1, y, 13, 16))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernels.addWeightedRows(x, 0, 4, 1, keys, 0, 8, y, 0, 4))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(y).containsOnly(0);
    }
  }
}
