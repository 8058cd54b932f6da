package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.SameBits.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.kernels.x86.Processor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Emitted gradients against the definition, to the bit, at awkward sizes. */
class GradientKernelsTest {

  private static final int[] SIZES = {0, 1, 2, 5, 7, 13, 14, 15, 16, 17, 31, 33, 48, 65};
  private static final int[] DEPTHS = {0, 1, 2, 15, 16, 33, 64};

  private static final GradientKernels SCALAR = new ScalarGradientKernels();

  /** How A lies in its array. */
  private enum Order {
    ROWS,
    TRANSPOSED,
    SCATTERED
  }

  static List<GradientKernels> emitted() {
    return processors().stream().<GradientKernels>map(EmittedGradientKernels::new).toList();
  }

  static List<Processor> processors() {
    return KernelPathsTest.emitted().stream()
        .map(kernels -> ((EmittedKernels) kernels).processor())
        .toList();
  }

  @Test
  void areEmittedBesideEmittedKernels() {
    for (Kernels kernels : KernelPathsTest.emitted()) {
      GradientKernels.Choice choice = GradientKernels.choose(kernels);
      assertThat(choice.kernels()).isInstanceOf(EmittedGradientKernels.class);
      assertThat(choice.kernels().name()).isEqualTo(kernels.name());
      assertThat(choice.reason()).startsWith(kernels.name()).contains("passed its self-test");
    }
    GradientKernels.Choice choice = GradientKernels.choose(new VectorKernels());
    assertThat(choice.kernels()).isInstanceOf(ScalarGradientKernels.class);
    assertThat(choice.reason()).startsWith("scalar").contains("vector");
  }

  @ParameterizedTest
  @MethodSource("emitted")
  void products(GradientKernels kernels) {
    for (int rows : SIZES) {
      for (int columns : SIZES) {
        for (int depth : DEPTHS) {
          for (Order order : Order.values()) {
            compareProduct(kernels, rows, columns, depth, order, false);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("emitted")
  void productsOfAnyBits(GradientKernels kernels) {
    for (int rows : new int[] {3, 14, 29}) {
      for (int columns : new int[] {9, 32, 45}) {
        for (Order order : Order.values()) {
          compareProduct(kernels, rows, columns, 17, order, true);
          compareProduct(kernels, rows, columns, 2, order, true);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("emitted")
  void productsOfSeveralBlocks(GradientKernels kernels) {
    int rows = 2 * EmittedFloatMatrices.ROWS + 5;
    int depth = 2 * EmittedFloatMatrices.DEPTH + 9;
    for (Order order : Order.values()) {
      compareProduct(kernels, rows, 37, depth, order, false);
      compareProduct(kernels, 19, 70, depth, order, false);
      compareProduct(kernels, rows, 16, 3, order, false);
    }
  }

  private static void compareProduct(
      GradientKernels kernels, int rows, int columns, int depth, Order order, boolean anyBits) {
    long seed = rows * 31L * 31 + columns * 31L + depth + order.ordinal();
    RandomInputs random = new RandomInputs(seed);
    int aRowStride =
        switch (order) {
          case ROWS -> depth + random.between(0, 3);
          case TRANSPOSED -> 1;
          case SCATTERED -> 2;
        };
    int aDepthStride = order == Order.ROWS ? 1 : aRowStride * rows + random.between(0, 3);
    int aOffset = random.between(0, 5);
    int bOffset = random.between(0, 5);
    int cOffset = random.between(0, 5);
    int bStride = columns + random.between(0, 3);
    int cStride = columns + random.between(0, 3);
    int aSize = aOffset + 1 + rows * aRowStride + depth * aDepthStride;
    float[] a = anyBits ? random.mixedFloats(aSize) : random.normals(aSize);
    int bSize = bOffset + depth * bStride;
    float[] b = anyBits ? random.anyFloats(bSize) : random.normals(bSize);
    int cSize = cOffset + rows * cStride;
    float[] expected = anyBits ? random.mixedFloats(cSize) : random.normals(cSize);
    float[] actual = expected.clone();
    SCALAR.addProduct(
        rows,
        columns,
        depth,
        a,
        aOffset,
        aRowStride,
        aDepthStride,
        b,
        bOffset,
        bStride,
        expected,
        cOffset,
        cStride);
    kernels.addProduct(
        rows,
        columns,
        depth,
        a,
        aOffset,
        aRowStride,
        aDepthStride,
        b,
        bOffset,
        bStride,
        actual,
        cOffset,
        cStride);
    assertSame(
        kernels.name() + " [" + rows + ", " + depth + "]·[" + depth + ", " + columns + "] " + order,
        actual,
        expected);
  }

  /** See {@link GuardPageTest}. */
  @ParameterizedTest
  @MethodSource("processors")
  void productsStayWithinTheirOperands(Processor processor) {
    EmittedFloatMatrices matrices = new EmittedFloatMatrices(processor);
    for (boolean atEnd : new boolean[] {false, true}) {
      for (int rows : new int[] {1, 14, 20}) {
        for (int columns : new int[] {1, 8, 16, 27, 33}) {
          for (boolean transposed : new boolean[] {false, true}) {
            int depth = 21;
            RandomInputs random = new RandomInputs(rows + columns);
            float[] a = random.normals(rows * depth);
            float[] b = random.normals(depth * columns);
            float[] c = random.normals(rows * columns);
            int rowStride = transposed ? 1 : depth;
            int depthStride = transposed ? rows : 1;
            try (Arena arena = Arena.ofConfined()) {
              MemorySegment sums = guarded(arena, c, atEnd);
              matrices.addProduct(
                  rows,
                  columns,
                  depth,
                  guarded(arena, a, atEnd),
                  0,
                  4L * rowStride,
                  4L * depthStride,
                  guarded(arena, b, atEnd),
                  0,
                  4L * columns,
                  sums,
                  0,
                  4L * columns);
              SCALAR.addProduct(
                  rows, columns, depth, a, 0, rowStride, depthStride, b, 0, columns, c, 0, columns);
              assertSame(processor + " guarded", sums.toArray(ValueLayout.JAVA_FLOAT), c);
            }
          }
        }
      }
    }
  }

  private static MemorySegment guarded(Arena arena, float[] values, boolean atEnd) {
    return GuardedMemory.allocate(arena, 4L * values.length, atEnd)
        .copyFrom(MemorySegment.ofArray(values));
  }

  @ParameterizedTest
  @MethodSource("emitted")
  void operandsOfProductsAreChecked(GradientKernels kernels) {
    float[] four = new float[4];
    assertThatThrownBy(() -> kernels.addProduct(2, 2, 2, four, 1, 2, 1, four, 0, 2, four, 0, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> kernels.addProduct(2, 2, 2, four, 0, 2, 1, four, 1, 2, four, 0, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> kernels.addProduct(2, 2, 2, four, 0, 2, 1, four, 0, 2, four, 0, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> kernels.addProduct(2, 2, 2, four, 0, 2, 1, four, 0, 1, four, 0, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> kernels.addProduct(2, -1, 2, four, 0, 2, 1, four, 0, 2, four, 0, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("emitted")
  void scans(GradientKernels kernels) {
    for (int channels : new int[] {0, 1, 3, 15, 16, 17, 40}) {
      for (int tokens : new int[] {0, 1, 2, 7, 33}) {
        for (int states : new int[] {1, 8, 16, 17}) {
          new Scan(channels, states, tokens, false).compare(kernels);
          new Scan(channels, states, tokens, true).compare(kernels);
        }
      }
    }
  }

  /** The memory of a thread grows with the sequence, and serves a shorter one afterwards. */
  @ParameterizedTest
  @MethodSource("emitted")
  void scansOfAnyLength(GradientKernels kernels) {
    for (int tokens : new int[] {3, 700, 5, 1500, 2}) {
      new Scan(18, 16, tokens, false).compare(kernels);
    }
  }

  /** See {@link GuardPageTest}. */
  @ParameterizedTest
  @MethodSource("processors")
  void scansStayWithinTheirOperands(Processor processor) {
    EmittedScanGradient scans = new EmittedScanGradient(processor);
    for (boolean atEnd : new boolean[] {false, true}) {
      for (int channels : new int[] {1, 13, 16, 25}) {
        for (int tokens : new int[] {1, 9}) {
          Scan scan = new Scan(channels, 16, tokens, false);
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment[] guarded =
                Stream.of(scan.arrays)
                    .map(array -> guarded(arena, array, atEnd))
                    .toArray(MemorySegment[]::new);
            scan.run(scans, guarded);
            scan.run(SCALAR);
            for (int i = 0; i < guarded.length; i++) {
              assertSame(
                  processor + " guarded " + i,
                  guarded[i].toArray(ValueLayout.JAVA_FLOAT),
                  scan.arrays[i]);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("emitted")
  void gates(GradientKernels kernels) {
    for (Activation activation : new Activation[] {Activation.SILU, Activation.GELU_TANH}) {
      for (int n : SIZES) {
        compareGate(kernels, activation, n, new RandomInputs(n)::normals);
        compareGate(kernels, activation, n, new RandomInputs(n)::anyFloats);
      }
      compareGate(kernels, activation, 50_000, new RandomInputs(1)::anyFloats);
      compareGate(kernels, activation, 5_000, new RandomInputs(2)::mixedFloats);
    }
    float[] one = new float[1];
    assertThatThrownBy(
            () -> kernels.gateGradient(Activation.RELU, one, 0, one, 0, one, 0, 1, one, 0, one, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> kernels.gateGradient(Activation.SILU, one, 0, one, 0, one, 1, 1, one, 0, one, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  /** Into other arrays, and in place; what lies before and behind the range is left alone. */
  private static void compareGate(
      GradientKernels kernels, Activation activation, int n, IntFunction<float[]> values) {
    float[] gate = values.apply(n + 9);
    float[] up = values.apply(n + 9);
    float[] g = values.apply(n + 9);
    float[] gateGradient = values.apply(n + 9);
    float[] upGradient = values.apply(n + 9);
    float[] expectedGate = gateGradient.clone();
    float[] expectedUp = upGradient.clone();
    SCALAR.gateGradient(activation, gate, 1, up, 2, g, 3, n, expectedGate, 4, expectedUp, 5);
    kernels.gateGradient(activation, gate, 1, up, 2, g, 3, n, gateGradient, 4, upGradient, 5);
    String what = kernels.name() + " " + activation + " " + n;
    assertSame(what + " gate", gateGradient, expectedGate);
    assertSame(what + " up", upGradient, expectedUp);
    kernels.gateGradient(activation, gate, 1, up, 2, g, 3, n, gate, 1, up, 2);
    assertSame(what + " gate in place", gate, 1, expectedGate, 4, n);
    assertSame(what + " up in place", up, 2, expectedUp, 5, n);
  }

  /** Operands of a scan's gradient. */
  private static final class Scan {
    final int channels;
    final int states;
    final int tokens;
    final int offset;
    final int bcStride;

    /** A, delta, v, bc, D, G; then the gradients of delta, v, bc, A and D. */
    final float[][] arrays = new float[11][];

    Scan(int channels, int states, int tokens, boolean anyBits) {
      this.channels = channels;
      this.states = states;
      this.tokens = tokens;
      RandomInputs random = new RandomInputs(channels * 101L + tokens * 7L + states);
      offset = anyBits ? random.between(1, 5) : 0;
      bcStride = 2 * states + (anyBits ? random.between(0, 3) : 0);
      int values = offset + tokens * channels;
      int rows = offset + tokens * bcStride;
      int rates = offset + channels * states;
      int[] lengths = {
        rates,
        values,
        values,
        rows,
        offset + channels,
        values,
        values,
        values,
        rows,
        rates,
        offset + channels
      };
      for (int i = 0; i < lengths.length; i++) {
        arrays[i] = anyBits ? random.mixedFloats(lengths[i]) : random.normals(lengths[i]);
      }
    }

    void compare(GradientKernels kernels) {
      float[][] before = Stream.of(arrays).map(float[]::clone).toArray(float[][]::new);
      run(SCALAR);
      float[][] expected = arrays.clone();
      System.arraycopy(before, 0, arrays, 0, arrays.length);
      run(kernels);
      for (int i = 0; i < arrays.length; i++) {
        assertSame(
            kernels.name() + " [" + tokens + ", " + channels + ", " + states + "] array " + i,
            arrays[i],
            expected[i]);
      }
    }

    void run(GradientKernels kernels) {
      kernels.scanGradient(
          arrays[0],
          offset,
          arrays[1],
          arrays[2],
          offset,
          arrays[3],
          offset,
          bcStride,
          arrays[4],
          offset,
          arrays[5],
          channels,
          states,
          tokens,
          arrays[6],
          arrays[7],
          arrays[8],
          offset,
          arrays[9],
          offset,
          arrays[10],
          offset);
    }

    void run(EmittedScanGradient scans, MemorySegment[] memory) {
      long bytes = 4L * offset;
      scans.scanGradient(
          memory[0],
          bytes,
          memory[1],
          memory[2],
          bytes,
          memory[3],
          bytes,
          4L * bcStride,
          memory[4],
          bytes,
          memory[5],
          channels,
          tokens,
          memory[6],
          memory[7],
          memory[8],
          bytes,
          memory[9],
          bytes,
          memory[10],
          bytes);
    }
  }
}
