package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.LANES;
import static dev.candor.engine.kernels.LaneVectors.SHORTS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Rounded {@link Inputs} as {@link TokenDots} reads them: ints of two int16, to be broadcast. The
 * first of the two is for columns 4g and 4g + 1, the second for columns 4g + 2 and 4g + 3, g in [0,
 * 8).
 *
 * <p>A kernel does not take the fields of a 16-bit word w apart. With v<sub>i</sub> the fields from
 * the lowest up, each of b bits, and x<sub>i</sub> the activations they meet,
 *
 * <pre>
 *   Σ v_i·x_i = w·x_0 + Σ_{i > 0} (w >>> b·i)·(x_i − 2^b·x_{i−1})      modulo 2^16
 * </pre>
 *
 * because v<sub>i</sub> is what is left of w >>> b·i without 2<sup>b</sup> times what is left of w
 * >>> b·(i + 1). Where the sum is known to fit int16, that is the sum. So a block has 16 factors:
 *
 * <pre>
 *   bytes    g and 8 + g           x of the first and the second column of the two, g in [0, 8)
 *   nibbles  p, 4 + p, 8 + p, 12 + p        of columns in the order of bits of word p, p in [0, 4)
 * </pre>
 *
 * <p>Behind them is −offset·Σx: of nibbles, of the block, in one int; of bytes, of each g, {@link
 * TokenDots#BIAS} added, in 8, and of each half of the block in 2 more.
 */
final class PairedInputs {

  /** Ints of a block. */
  static final int BLOCK = 26;

  /** Where −offset·Σx begins. */
  static final int CORRECTIONS = 16;

  /** Where −offset·Σx of each half of the block is. */
  static final int HALVES = 24;

  private int[] pairs = new int[0];
  private float[] scales = new float[0];
  private float[] scaledSums = new float[0];
  private int blocks;
  private int groups;
  private long version;
  private boolean nibbles;
  private StripFormat format = StripFormat.Q8_0;

  /** Takes all tokens, for weights of this format that are multiplied so; if it has not yet. */
  void take(Inputs in, StripFormat format, boolean nibbles) {
    if (version == in.version() && this.format == format && this.nibbles == nibbles) {
      return;
    }
    version = in.version();
    this.format = format;
    this.nibbles = nibbles;
    blocks = in.blocks();
    int parts = Inputs.BLOCK / format.group;
    groups = blocks * parts;
    int tokens = in.tokens();
    if (pairs.length < tokens * blocks * BLOCK) {
      pairs = new int[Math.multiplyExact(tokens, blocks * BLOCK)];
    }
    if (scales.length < tokens * groups) {
      scales = new float[tokens * groups];
      scaledSums = new float[tokens * groups];
    }
    for (int token = 0; token < tokens; ) {
      int tile = in.tile(token);
      for (int t = 0; t < tile; t++) {
        takePairs(in.rounded(), in.tileAt(token), tile, t, pairsOf(token + t));
        takeFactors(in, in.tileAt(token), tile, t, token + t, parts);
      }
      token += tile;
    }
  }

  private void takePairs(MemorySegment rounded, long tileAt, int tile, int t, int to) {
    short offset = (short) format.offset();
    for (int block = 0; block < blocks; block++) {
      long at = tileAt + (long) Inputs.TOKEN_BYTES * tile * block + 32L * t;
      int first = to + BLOCK * block;
      for (int j = 0; j < 16; j += LANES) {
        ShortVector both =
            ShortVector.fromMemorySegment(SHORTS, rounded, at + 2 * j, ByteOrder.LITTLE_ENDIAN);
        ShortVector even = both.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
        ShortVector odd = both.lanewise(VectorOperators.ASHR, 8);
        even.reinterpretAsInts().intoArray(pairs, first + j / 2);
        odd.reinterpretAsInts().intoArray(pairs, first + 8 + j / 2);
        even.add(odd)
            .mul((short) -offset)
            .reinterpretAsInts()
            .intoArray(pairs, first + CORRECTIONS + j / 2);
      }
      int corrections = first + CORRECTIONS;
      int lower = sum(corrections, corrections + 4);
      int upper = sum(corrections + 4, corrections + 8);
      if (nibbles) {
        chain(first, 4, 4);
        pairs[corrections] = plus(lower, upper);
      } else {
        chain(first, 8, 8);
        pairs[first + HALVES] = lower;
        pairs[first + HALVES + 1] = upper;
        for (int g = 0; g < 8; g++) {
          pairs[corrections + g] ^= TokenDots.BIAS;
        }
      }
    }
  }

  /** Of each of 16 factors but the first {@code step}: less 2^bits times the one a step before. */
  private void chain(int first, int step, int bits) {
    for (int j = first + 15; j >= first + step; j--) {
      int before = pairs[j - step];
      int times = before << bits & 0xFFFF | before >> 16 << 16 + bits;
      pairs[j] = plus(pairs[j], plus(~times, 0x0001_0001));
    }
  }

  private int sum(int from, int to) {
    int sum = 0;
    for (int j = from; j < to; j++) {
      sum = plus(sum, pairs[j]);
    }
    return sum;
  }

  /** Two int16 added to two int16. */
  private static int plus(int a, int b) {
    return a + b & 0xFFFF | (a & 0xFFFF_0000) + (b & 0xFFFF_0000);
  }

  private void takeFactors(Inputs in, long at, int tile, int t, int token, int parts) {
    for (int block = 0; block < blocks; block++) {
      float scale = in.scale(at, tile, t, block);
      for (int part = 0; part < parts; part++) {
        int which = parts == 1 ? 0 : 1 + part;
        int group = groupsOf(token) + parts * block + part;
        scales[group] = scale;
        scaledSums[group] = in.scaledSum(at, tile, t, block, which);
      }
    }
  }

  int[] pairs() {
    return pairs;
  }

  /** Ints from a token to the next. */
  int stride() {
    return blocks * BLOCK;
  }

  /** Where a token's pairs are. */
  int pairsOf(int token) {
    return token * blocks * BLOCK;
  }

  /** d of each group. */
  float[] scales() {
    return scales;
  }

  /** d·Σq of each group. */
  float[] scaledSums() {
    return scaledSums;
  }

  /** Where a token's groups are. */
  int groupsOf(int token) {
    return token * groups;
  }
}
