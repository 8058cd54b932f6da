package dev.candor.engine.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Compares a path with the scalar definition, bit by bit, on this machine: every format in both
 * layouts, attention, the scan and the functions, on small random operands in native memory, where
 * a model's are. It runs whenever kernels are chosen, so it is kept to some milliseconds.
 */
final class KernelSelfTest {

  /** A whole strip, and a row of another. */
  private static final int ROWS = StripFormat.ROWS + 1;

  /** Tiles of two tokens and of one. */
  private static final int TOKENS = 3;

  /** More than one vector of any width, and a tail. */
  private static final int LENGTH = 32 + 5;

  private final Kernels definition = new ScalarKernels();
  private final SplittableRandom random = new SplittableRandom(16);
  private final Kernels candidate;

  /**
   * Whether the candidate leaves plain floats, tails and rare activations to the vector path, which
   * is then not looked at: it takes its time to start, and most models never need it.
   */
  private final boolean emitted;

  private KernelSelfTest(Kernels candidate) {
    this.candidate = candidate;
    this.emitted = candidate instanceof EmittedKernels;
  }

  /** What differs, if anything. */
  static Optional<String> difference(Kernels candidate) {
    return new KernelSelfTest(candidate).difference();
  }

  private Optional<String> difference() {
    try (Arena arena = Arena.ofConfined()) {
      for (BlockFormat format : BlockFormat.values()) {
        boolean own = !emitted || StripFormat.knows(format);
        if (own && !multipliesAlike(arena, format)) {
          return Optional.of(format + " matrix times " + TOKENS + " tokens");
        }
      }
      if (!attendsAlike(arena)) {
        return Optional.of("attention");
      }
    }
    return functionDifference();
  }

  private boolean multipliesAlike(Arena arena, BlockFormat format) {
    int columns = Math.max(format.blockElements(), Inputs.BLOCK);
    byte[] bytes = new byte[(int) format.bytes(columns) * ROWS];
    random.nextBytes(bytes);
    MemorySegment data = arena.allocate(bytes.length, 64);
    MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, 0, bytes.length);
    Matrix rows = new Matrix(data, format, ROWS, columns);
    Inputs in = Inputs.ofThread();
    in.take(normals(TOKENS * columns), 0, columns, TOKENS, columns, true);
    candidate.round(in, 0, TOKENS);
    float[] expected = new float[TOKENS * ROWS];
    definition.multiply(rows, 0, ROWS, in, expected, 0, ROWS);
    boolean same = same(expected, product(rows, in));
    if (StripFormat.knows(format)) {
      long size = Matrix.bytes(format, ROWS, columns, Layout.STRIPS);
      Matrix strips = new Matrix(arena.allocate(size, 64), format, ROWS, columns, Layout.STRIPS);
      MemorySegment strip = arena.allocate(strips.stripBytes(), 64);
      for (int row = 0; row < ROWS; row += StripFormat.ROWS) {
        long at = row / StripFormat.ROWS * strips.stripBytes();
        definition.packStrip(rows, row, strips.data().asSlice(at, strips.stripBytes()));
        candidate.packStrip(rows, row, strip);
        same &= strip.mismatch(strips.data().asSlice(at, strips.stripBytes())) < 0;
      }
      same &= same(expected, product(strips, in));
    }
    return same;
  }

  private float[] product(Matrix w, Inputs in) {
    float[] y = new float[TOKENS * ROWS];
    candidate.multiply(w, 0, ROWS, in, y, 0, ROWS);
    return y;
  }

  private boolean attendsAlike(Arena arena) {
    int size = 32;
    Matrix keys = cache(arena, size, Layout.STRIPS);
    Matrix values = cache(arena, size, Layout.ROWS);
    for (int row = 0; row < ROWS; row++) {
      definition.storeRow(normals(size), 0, keys, row);
      definition.storeRow(normals(size), 0, values, row);
    }
    float[] q = normals(TOKENS * size);
    int stride = ROWS + 2 * StripFormat.ROWS;
    int first = StripFormat.ROWS;
    float[] p = new float[TOKENS * stride];
    float[] scores = new float[TOKENS * stride];
    definition.attentionScores(q, 0, size, TOKENS, keys, 1, ROWS - 1, 0.5f, p, first, stride);
    candidate.attentionScores(q, 0, size, TOKENS, keys, 1, ROWS - 1, 0.5f, scores, first, stride);
    boolean same = true;
    for (int i = 0; i < TOKENS; i++) {
      int from = i * stride + first;
      int to = from + ROWS - 1;
      same &= same(Arrays.copyOfRange(p, from, to), Arrays.copyOfRange(scores, from, to));
    }
    float[] expected = new float[TOKENS * size];
    float[] actual = new float[TOKENS * size];
    definition.addWeightedRows(p, first, stride, TOKENS, values, 1, ROWS - 1, expected, 0, size);
    candidate.addWeightedRows(p, first, stride, TOKENS, values, 1, ROWS - 1, actual, 0, size);
    return same && same(expected, actual);
  }

  private static Matrix cache(Arena arena, int columns, Layout layout) {
    long bytes = Matrix.bytes(BlockFormat.F16, ROWS, columns, layout);
    return new Matrix(arena.allocate(bytes, 64), BlockFormat.F16, ROWS, columns, layout);
  }

  private Optional<String> functionDifference() {
    float[] x = normals(LENGTH);
    int length = emitted ? 32 : LENGTH;
    for (Activation activation : Activation.values()) {
      boolean own = !emitted || RowFunctions.knows(activation);
      float[] expected = x.clone();
      float[] actual = x.clone();
      if (own) {
        definition.activate(activation, expected, 0, length);
        candidate.activate(activation, actual, 0, length);
      }
      if (!same(expected, actual)) {
        return Optional.of("activation " + activation);
      }
    }
    float[] expected = x.clone();
    float[] actual = x.clone();
    definition.softmax(expected, 0, LENGTH);
    candidate.softmax(actual, 0, LENGTH);
    if (!same(expected, actual)) {
      return Optional.of("softmax");
    }
    definition.softplus(expected, 0, x, 0, length);
    candidate.softplus(actual, 0, x, 0, length);
    if (!same(expected, actual)) {
      return Optional.of("softplus");
    }
    definition.rmsNorm(x, 0, x, 1e-5f, 32, expected, 0);
    candidate.rmsNorm(x, 0, x, 1e-5f, 32, actual, 0);
    if (!same(expected, actual)) {
      return Optional.of("root mean square norm");
    }
    definition.layerNorm(x, 0, x, x, 1e-5f, 32, expected, 0);
    candidate.layerNorm(x, 0, x, x, 1e-5f, 32, actual, 0);
    return same(expected, actual) ? scanDifference() : Optional.of("layer norm");
  }

  private Optional<String> scanDifference() {
    int channels = 3;
    int states = 16;
    float[] expectedState = normals(channels * states);
    float[] actualState = expectedState.clone();
    float[] a = normals(channels * states);
    float[] delta = normals(TOKENS * channels);
    float[] v = normals(TOKENS * channels);
    float[] bc = normals(TOKENS * 2 * states);
    float[] d = normals(channels);
    float[] expected = new float[TOKENS * channels];
    float[] actual = new float[TOKENS * channels];
    int stride = 2 * states;
    definition.selectiveScan(
        expectedState, a, delta, v, 0, bc, 0, stride, d, expected, channels, states, TOKENS, 0, 3);
    candidate.selectiveScan(
        actualState, a, delta, v, 0, bc, 0, stride, d, actual, channels, states, TOKENS, 0, 3);
    return same(expected, actual) && same(expectedState, actualState)
        ? Optional.empty()
        : Optional.of("selective scan");
  }

  private float[] normals(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  /** To the bit, but for the payload of a NaN. */
  private static boolean same(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      if (Float.floatToIntBits(a[i]) != Float.floatToIntBits(b[i])) {
        return false;
      }
    }
    return true;
  }
}
