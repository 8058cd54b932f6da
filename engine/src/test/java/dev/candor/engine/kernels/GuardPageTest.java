package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.SameBits.assertSame;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Machine code has no bounds checks; it touches nothing but its operands all the same. These begin
 * and end at pages that must not be touched: a failure ends the process. The vector path is held to
 * it too.
 */
class GuardPageTest {

  private static final List<Kernels> PATHS = new ArrayList<>(KernelPathsTest.emitted());

  static {
    PATHS.add(new VectorKernels());
  }

  private static final Kernels SCALAR = new ScalarKernels();

  private static final BlockFormat[] CACHES = {BlockFormat.F32, BlockFormat.F16, BlockFormat.Q8_0};
  private static final int[] COLUMNS = {1, 13, 64, 80};

  @ParameterizedTest
  @EnumSource
  void multiplyStaysWithinItsOperands(BlockFormat format) throws ReflectiveOperationException {
    boolean quantised = StripFormat.knows(format);
    for (boolean atEnd : new boolean[] {false, true}) {
      for (int rows : new int[] {1, 16, 37}) {
        for (int tokens : new int[] {1, 2, 7, 16, 19}) {
          RandomInputs random = new RandomInputs(rows + tokens);
          int columns = 512;
          try (Arena arena = Arena.ofConfined()) {
            Matrix w = random.matrix(arena, format, rows, columns, false);
            float[] x = random.normals(tokens * columns);
            Inputs in = new Inputs().take(x, 0, columns, tokens, columns, quantised);
            if (quantised) {
              guard(arena, in, atEnd);
              SCALAR.round(in, 0, tokens);
            }
            float[] expected = new float[tokens * rows];
            SCALAR.multiply(w, 0, rows, in, expected, 0, rows);
            Matrix inRows = guarded(arena, w, atEnd);
            Matrix inStrips =
                quantised ? guarded(arena, RandomInputs.strips(arena, w), atEnd) : inRows;
            for (Kernels kernels : PATHS) {
              if (quantised) {
                kernels.round(in, 0, tokens);
              }
              for (Matrix matrix : List.of(inRows, inStrips)) {
                float[] actual = new float[tokens * rows];
                kernels.multiply(matrix, 0, rows, in, actual, 0, rows);
                assertSame(kernels.name() + " " + format, actual, expected);
              }
            }
          }
        }
      }
    }
  }

  private static Matrix guarded(Arena arena, Matrix w, boolean atEnd) {
    MemorySegment data = GuardedMemory.allocate(arena, w.data().byteSize(), atEnd);
    return new Matrix(data.copyFrom(w.data()), w.format(), w.rows(), w.columns(), w.layout());
  }

  /** The memory of rounded inputs is their own affair, except here. */
  private static void guard(Arena arena, Inputs in, boolean atEnd)
      throws ReflectiveOperationException {
    Field rounded = Inputs.class.getDeclaredField("rounded");
    rounded.setAccessible(true);
    rounded.set(in, GuardedMemory.allocate(arena, in.tileAt(in.tokens()), atEnd));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void storingStaysWithinTheCache(boolean atEnd) {
    for (BlockFormat format : CACHES) {
      for (Layout layout : Layout.values()) {
        int columns = format == BlockFormat.Q8_0 ? 96 : 77;
        float[] x = new RandomInputs(format.ordinal()).normals(columns);
        try (Arena arena = Arena.ofConfined()) {
          long bytes = Matrix.bytes(format, 16, columns, layout);
          MemorySegment data = GuardedMemory.allocate(arena, bytes, atEnd);
          Matrix cache = new Matrix(data, format, 16, columns, layout);
          for (Kernels kernels : PATHS) {
            kernels.storeRow(x, 0, cache, 0);
            kernels.storeRow(x, 0, cache, 15);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void attentionStaysWithinTheCache(boolean atEnd) {
    for (BlockFormat format : CACHES) {
      for (int columns : format == BlockFormat.Q8_0 ? new int[] {32, 96} : COLUMNS) {
        for (int queries : new int[] {1, 2, 5}) {
          RandomInputs random = new RandomInputs(columns + queries);
          int rows = 48;
          try (Arena arena = Arena.ofConfined()) {
            Matrix plain = random.matrix(arena, format, rows, columns, false);
            Matrix values = guarded(arena, plain, atEnd);
            Matrix keys =
                guarded(
                    arena, new Matrix(plain.data(), format, rows, columns, Layout.STRIPS), atEnd);
            float[] q = random.normals(queries * columns);
            for (int first : new int[] {0, 5, 32}) {
              int count = rows - first;
              int stride = rows + 16;
              float[] expected = new float[16 + queries * stride];
              SCALAR.attentionScores(
                  q, 0, columns, queries, keys, first, count, 1, expected, 16, stride);
              float[] p = random.normals(queries * count);
              float[] expectedOut = new float[queries * columns];
              SCALAR.addWeightedRows(
                  p, 0, count, queries, values, first, count, expectedOut, 0, columns);
              for (Kernels kernels : PATHS) {
                float[] actual = new float[16 + queries * stride];
                kernels.attentionScores(
                    q, 0, columns, queries, keys, first, count, 1, actual, 16, stride);
                for (int i = 0; i < queries; i++) {
                  int at = 16 + i * stride;
                  assertSame(kernels.name() + " scores", actual, at, expected, at, count);
                }
                float[] actualOut = new float[queries * columns];
                kernels.addWeightedRows(
                    p, 0, count, queries, values, first, count, actualOut, 0, columns);
                assertSame(kernels.name() + " values", actualOut, expectedOut);
              }
            }
          }
        }
      }
    }
  }
}
