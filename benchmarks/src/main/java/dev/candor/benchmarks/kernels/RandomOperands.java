package dev.candor.benchmarks.kernels;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Operands: what is computed does not matter for the time that it takes. */
final class RandomOperands {

  private static final int CHUNK_BYTES = 1 << 20;

  private final SplittableRandom random = new SplittableRandom(1);

  float[] normals(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  float[] positives(int n) {
    float[] x = normals(n);
    for (int i = 0; i < n; i++) {
      x[i] = Math.abs(x[i]);
    }
    return x;
  }

  float[] negatives(int n) {
    float[] x = positives(n);
    for (int i = 0; i < n; i++) {
      x[i] = -x[i];
    }
    return x;
  }

  /** Any bytes are a quantised matrix. */
  Matrix quantised(Arena arena, BlockFormat format, int rows, int columns) {
    MemorySegment data = arena.allocate(Matrix.bytes(format, rows, columns, Layout.STRIPS), 64);
    byte[] chunk = new byte[CHUNK_BYTES];
    random.nextBytes(chunk);
    for (long at = 0; at < data.byteSize(); at += CHUNK_BYTES) {
      long bytes = Math.min(CHUNK_BYTES, data.byteSize() - at);
      MemorySegment.copy(MemorySegment.ofArray(chunk), 0, data, at, bytes);
    }
    return new Matrix(data, format, rows, columns, Layout.STRIPS);
  }

  /** A cache of keys, in strips, or of values, in rows, as F16. */
  Matrix cache(Arena arena, int rows, int columns, Layout layout) {
    MemorySegment data = arena.allocate(2L * rows * columns, 64);
    for (long i = 0; i < (long) rows * columns; i++) {
      data.setAtIndex(
          ValueLayout.JAVA_SHORT, i, Float.floatToFloat16((float) random.nextGaussian()));
    }
    return new Matrix(data, BlockFormat.F16, rows, columns, layout);
  }
}
