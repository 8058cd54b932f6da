package dev.candor.engine.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Rows of activations that a multiplication reads: float32 as they are and, for quantised weights,
 * the same rounded to 8 bits in blocks of 32 columns:
 *
 * <pre>
 *   d = max |x| / 127                      0 if max |x| &lt; 2^−100; NaN if an x is not finite
 *   q = x·(127 / max |x|), rounded to the nearest integer, ties to even      0 if d is 0 or NaN
 * </pre>
 *
 * <p>Rounded tokens lie in <i>tiles</i> of 16, and one of the rest; a tile of T tokens has for each
 * block T·32 bytes q, then eight arrays of T: d (f32), −Σq over the block, over its first and its
 * second half (i32), d·Σq over the same three (f32), and one unused.
 *
 * <p>Reused from one multiplication to the next; one thread prepares it, many may read it.
 */
public final class Inputs {

  /** Columns that share a scale. */
  static final int BLOCK = 32;

  /** Bytes that a token takes in a block. */
  static final int TOKEN_BYTES = 64;

  /** Tokens of the widest tile. */
  static final int TILE = 16;

  /** Below it a block counts as zero: its reciprocal would overflow. */
  static final float LEAST = 0x1p-100f;

  private static final AtomicLong LAST_VERSION = new AtomicLong();

  private static final ThreadLocal<Inputs> OF_THREAD = ThreadLocal.withInitial(Inputs::new);

  private float[] x = new float[0];
  private int offset;
  private int stride;
  private int tokens;
  private int columns;
  private MemorySegment rounded = MemorySegment.NULL;
  private long version;

  /** Empty; takes memory when rows are to be rounded. */
  public Inputs() {}

  /** The inputs of the calling thread: valid until it prepares the next ones. */
  public static Inputs ofThread() {
    return OF_THREAD.get();
  }

  /**
   * Takes rows of float32. If {@code round}, {@link Kernels#round} must follow for all tokens
   * before they meet a quantised matrix.
   *
   * @param x [tokens, columns] at offset with stride; must not change while it is read
   */
  public Inputs take(float[] x, int offset, int stride, int tokens, int columns, boolean round) {
    Operands.checkRows(x, offset, stride, tokens, columns);
    this.x = x;
    this.offset = offset;
    this.stride = stride;
    this.tokens = tokens;
    this.columns = columns;
    version = LAST_VERSION.incrementAndGet();
    if (round) {
      long bytes = (long) TOKEN_BYTES * tokens * blocks();
      if (rounded.byteSize() < bytes) {
        rounded = Arena.ofAuto().allocate(Math.max(bytes, 1 << 16), 64);
      }
    }
    return this;
  }

  /** A number of these rows, which no others have: what was made of them is still theirs. */
  long version() {
    return version;
  }

  /** The rows as they came. */
  float[] values() {
    return x;
  }

  int offset() {
    return offset;
  }

  int stride() {
    return stride;
  }

  /** How many rows. */
  public int tokens() {
    return tokens;
  }

  int columns() {
    return columns;
  }

  int blocks() {
    return (columns + BLOCK - 1) / BLOCK;
  }

  /** The rounded tokens, tile after tile. */
  MemorySegment rounded() {
    return rounded;
  }

  /** How many tokens the tile that begins at this token has. */
  int tile(int token) {
    return Math.min(TILE, tokens - token);
  }

  /** Where the tile that begins at this token is. */
  long tileAt(int token) {
    return (long) TOKEN_BYTES * token * blocks();
  }

  /** The definition of {@link Kernels#round}. */
  void roundScalar(int from, int to) {
    for (int token = 0; token < to; ) {
      int tile = tile(token);
      for (int t = Math.max(0, from - token); t < Math.min(tile, to - token); t++) {
        for (int b = 0; b < blocks(); b++) {
          roundBlock(tileAt(token) + (long) TOKEN_BYTES * tile * b, tile, t, token + t, b);
        }
      }
      token += tile;
    }
  }

  private void roundBlock(long at, int tile, int t, int token, int block) {
    int first = offset + token * stride + BLOCK * block;
    float largest = largest(x, first);
    float d = scale(largest);
    int lower = 0;
    int upper = 0;
    for (int j = 0; j < BLOCK; j++) {
      int q = quant(x[first + j], largest);
      rounded.set(ValueLayout.JAVA_BYTE, at + 32L * t + j, (byte) q);
      if (j < BLOCK / 2) {
        lower += q;
      } else {
        upper += q;
      }
    }
    long rest = at + 32L * tile + 4L * t;
    long array = 4L * tile;
    rounded.set(ValueLayout.JAVA_FLOAT, rest, d);
    rounded.set(ValueLayout.JAVA_INT, rest + array, -(lower + upper));
    rounded.set(ValueLayout.JAVA_INT, rest + 2 * array, -lower);
    rounded.set(ValueLayout.JAVA_INT, rest + 3 * array, -upper);
    rounded.set(ValueLayout.JAVA_FLOAT, rest + 4 * array, d * (lower + upper));
    rounded.set(ValueLayout.JAVA_FLOAT, rest + 5 * array, d * lower);
    rounded.set(ValueLayout.JAVA_FLOAT, rest + 6 * array, d * upper);
  }

  /** max |x| of the block from {@code first} on; infinite or NaN if an x is not finite. */
  static float largest(float[] x, int first) {
    int most = 0;
    for (int j = 0; j < BLOCK; j++) {
      most = Math.max(most, Float.floatToRawIntBits(x[first + j]) & 0x7FFF_FFFF);
    }
    return Float.intBitsToFloat(most);
  }

  /** d of a block. */
  static float scale(float largest) {
    if (!(largest < Float.POSITIVE_INFINITY)) {
      return Float.NaN;
    }
    return largest < LEAST ? 0 : largest / 127f;
  }

  /** q of an element of a block. */
  static int quant(float x, float largest) {
    if (!(largest < Float.POSITIVE_INFINITY) || largest < LEAST) {
      return 0;
    }
    return Float.floatToRawIntBits(x * (127f / largest) + ElementaryFunctions.ROUND)
        - ElementaryFunctions.ROUND_BITS;
  }

  /** q of a column of the tile at {@code at}. */
  int quant(long at, int tile, int t, int block, int j) {
    return rounded.get(ValueLayout.JAVA_BYTE, at + (long) TOKEN_BYTES * tile * block + 32L * t + j);
  }

  /** d of a block. */
  float scale(long at, int tile, int t, int block) {
    return rounded.get(
        ValueLayout.JAVA_FLOAT, at + (long) TOKEN_BYTES * tile * block + 32L * tile + 4L * t);
  }

  /** d·Σq of a block, {@code part} 0, of its first half, 1, or its second, 2. */
  float scaledSum(long at, int tile, int t, int block, int part) {
    return rounded.get(
        ValueLayout.JAVA_FLOAT,
        at + (long) TOKEN_BYTES * tile * block + 32L * tile + 4L * t + 4L * tile * (4 + part));
  }

  /** −Σq of a block, or of half of it; see {@link #scaledSum}. */
  int negativeSum(long at, int tile, int t, int block, int part) {
    return rounded.get(
        ValueLayout.JAVA_INT,
        at + (long) TOKEN_BYTES * tile * block + 32L * tile + 4L * t + 4L * tile * (1 + part));
  }
}
