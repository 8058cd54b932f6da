package dev.candor.engine.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Compares a path with the scalar definition, bit by bit, on this machine: the formats in both
 * layouts, attention, the scan and the functions, on small random operands in native memory, where
 * a model's are. It runs whenever kernels are chosen, so it is kept to some milliseconds.
 */
final class KernelSelfTest {

  /** A whole strip, and a row of another. */
  private static final int ROWS = StripFormat.ROWS + 1;

  /** Queries of a cache, and tokens of a scan. */
  private static final int SEVERAL = 3;

  /** A tile of one token, whose code is its own, and one of several. */
  private static final int[] TILES = {1, SEVERAL};

  /** More than one vector of any width, and a tail. */
  private static final int LENGTH = 32 + 5;

  /** What keys and values are mostly kept in. */
  private static final BlockFormat[] CACHES = {BlockFormat.F16, BlockFormat.Q8_0};

  private final Kernels definition = new ScalarKernels();
  private final SplittableRandom random = new SplittableRandom(16);
  private final Kernels candidate;

  /**
   * Whether the candidate leaves tails and rare activations to another path, which is then not
   * looked at: it takes its time to start, and most models never need it.
   */
  private final boolean emitted;

  private KernelSelfTest(Kernels candidate) {
    this.candidate = candidate;
    this.emitted = candidate instanceof EmittedKernels;
  }

  /**
   * What differs, if anything.
   *
   * @param formats of the matrices; those that are no blocks are looked at in any case, adapters
   *     and heads that come later have them
   */
  static Optional<String> difference(Kernels candidate, Set<BlockFormat> formats) {
    Set<BlockFormat> all = EnumSet.of(BlockFormat.F32, BlockFormat.F16, BlockFormat.BF16);
    all.addAll(formats);
    return new KernelSelfTest(candidate).difference(all);
  }

  private Optional<String> difference(Set<BlockFormat> formats) {
    try (Arena arena = Arena.ofConfined()) {
      for (BlockFormat format : formats) {
        if (!multipliesAlike(arena, format)) {
          return Optional.of("products with a matrix in " + format);
        }
      }
      for (BlockFormat format : CACHES) {
        if (!attendsAlike(arena, format)) {
          return Optional.of("attention over a cache in " + format);
        }
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
    if (!StripFormat.knows(format)) {
      return multipliesAlike(rows, rows);
    }
    long size = Matrix.bytes(format, ROWS, columns, Layout.STRIPS);
    Matrix strips = new Matrix(arena.allocate(size, 64), format, ROWS, columns, Layout.STRIPS);
    MemorySegment strip = arena.allocate(strips.stripBytes(), 64);
    for (int row = 0; row < ROWS; row += StripFormat.ROWS) {
      long at = row / StripFormat.ROWS * strips.stripBytes();
      definition.packStrip(rows, row, strips.data().asSlice(at, strips.stripBytes()));
      candidate.packStrip(rows, row, strip);
      if (strip.mismatch(strips.data().asSlice(at, strips.stripBytes())) >= 0) {
        return false;
      }
    }
    return multipliesAlike(rows, strips);
  }

  /** The same matrix in both layouts, or twice in the only one. */
  private boolean multipliesAlike(Matrix rows, Matrix strips) {
    Inputs in = Inputs.ofThread();
    for (int tokens : TILES) {
      in.take(normals(tokens * rows.columns()), 0, rows.columns(), tokens, rows.columns(), true);
      candidate.round(in, 0, tokens);
      float[] expected = new float[tokens * ROWS];
      definition.multiply(rows, 0, ROWS, in, expected, 0, ROWS);
      if (!same(expected, product(rows, in))
          || strips != rows && !same(expected, product(strips, in))) {
        return false;
      }
    }
    return true;
  }

  private float[] product(Matrix w, Inputs in) {
    float[] y = new float[in.tokens() * ROWS];
    candidate.multiply(w, 0, ROWS, in, y, 0, ROWS);
    return y;
  }

  /** Each reads the cache that it has stored. */
  private boolean attendsAlike(Arena arena, BlockFormat format) {
    int size = 32;
    Matrix keys = cache(arena, format, size, Layout.STRIPS);
    Matrix values = cache(arena, format, size, Layout.ROWS);
    Matrix ownKeys = cache(arena, format, size, Layout.STRIPS);
    Matrix ownValues = cache(arena, format, size, Layout.ROWS);
    for (int row = 0; row < ROWS; row++) {
      float[] key = normals(size);
      float[] value = normals(size);
      definition.storeRow(key, 0, keys, row);
      definition.storeRow(value, 0, values, row);
      candidate.storeRow(key, 0, ownKeys, row);
      candidate.storeRow(value, 0, ownValues, row);
    }
    float[] q = normals(SEVERAL * size);
    int stride = ROWS + 2 * StripFormat.ROWS;
    int first = StripFormat.ROWS;
    float[] p = new float[SEVERAL * stride];
    float[] scores = new float[SEVERAL * stride];
    definition.attentionScores(q, 0, size, SEVERAL, keys, 1, ROWS - 1, 0.5f, p, first, stride);
    candidate.attentionScores(
        q, 0, size, SEVERAL, ownKeys, 1, ROWS - 1, 0.5f, scores, first, stride);
    boolean same = true;
    for (int i = 0; i < SEVERAL; i++) {
      int from = i * stride + first;
      int to = from + ROWS - 1;
      same &= same(Arrays.copyOfRange(p, from, to), Arrays.copyOfRange(scores, from, to));
    }
    float[] expected = new float[SEVERAL * size];
    float[] actual = new float[SEVERAL * size];
    definition.addWeightedRows(p, first, stride, SEVERAL, values, 1, ROWS - 1, expected, 0, size);
    candidate.addWeightedRows(p, first, stride, SEVERAL, ownValues, 1, ROWS - 1, actual, 0, size);
    return same && same(expected, actual);
  }

  private static Matrix cache(Arena arena, BlockFormat format, int columns, Layout layout) {
    long bytes = Matrix.bytes(format, ROWS, columns, layout);
    return new Matrix(arena.allocate(bytes, 64), format, ROWS, columns, layout);
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
    if (!same(expected, actual)) {
      return Optional.of("layer norm");
    }
    for (RotaryPairs pairs : RotaryPairs.values()) {
      definition.rotate(pairs, x, 0, 16, expected, 0, 32, 1);
      candidate.rotate(pairs, x, 0, 16, actual, 0, 32, 1);
    }
    return same(expected, actual) ? scanDifference() : Optional.of("rotation");
  }

  private Optional<String> scanDifference() {
    int channels = 3;
    int states = 16;
    float[] expectedState = normals(channels * states);
    float[] actualState = expectedState.clone();
    float[] a = normals(channels * states);
    float[] delta = normals(SEVERAL * channels);
    float[] v = normals(SEVERAL * channels);
    float[] bc = normals(SEVERAL * 2 * states);
    float[] d = normals(channels);
    float[] expected = new float[SEVERAL * channels];
    float[] actual = new float[SEVERAL * channels];
    int stride = 2 * states;
    definition.selectiveScan(
        expectedState, a, delta, v, 0, bc, 0, stride, d, expected, channels, states, SEVERAL, 0, 3);
    candidate.selectiveScan(
        actualState, a, delta, v, 0, bc, 0, stride, d, actual, channels, states, SEVERAL, 0, 3);
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
  static boolean same(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      if (Float.floatToIntBits(a[i]) != Float.floatToIntBits(b[i])) {
        return false;
      }
    }
    return true;
  }
}
