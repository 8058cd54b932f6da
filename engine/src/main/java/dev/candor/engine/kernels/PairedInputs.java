package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.LANES;
import static dev.candor.engine.kernels.LaneVectors.SHORTS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Rounded {@link Inputs} as {@link StripDots} reads them. A block's 32 quants are 16 ints of two
 * int16 each, to be broadcast: int g holds columns 4g and 4g + 2, int 8 + g columns 4g + 1 and 4g +
 * 3, g in [0, 8). What goes with the columns that share a scale of the weights, a <i>group</i>, is
 * in arrays of [token, group], what goes with half a block in one of [token, half].
 */
final class PairedInputs {

  /** Ints of a block. */
  static final int BLOCK = 16;

  private int[] pairs = new int[0];
  private float[] scales = new float[0];
  private float[] scaledSums = new float[0];
  private int[] corrections = new int[0];
  private int blocks;
  private int groups;

  /** Takes all tokens, for weights of this format. */
  void take(Inputs in, StripFormat format) {
    blocks = in.blocks();
    int parts = Inputs.BLOCK / format.group;
    groups = blocks * parts;
    int tokens = in.tokens();
    if (pairs.length < tokens * blocks * BLOCK) {
      pairs = new int[Math.multiplyExact(tokens, blocks * BLOCK)];
    }
    if (scales.length < 2 * tokens * blocks) {
      scales = new float[tokens * groups];
      scaledSums = new float[tokens * groups];
      corrections = new int[2 * tokens * blocks];
    }
    for (int token = 0; token < tokens; ) {
      int tile = in.tile(token);
      for (int t = 0; t < tile; t++) {
        takePairs(in.rounded(), in.tileAt(token), tile, t, pairsOf(token + t));
        takeFactors(in, in.tileAt(token), tile, t, token + t, parts, format.offset());
      }
      token += tile;
    }
  }

  private void takePairs(MemorySegment rounded, long tileAt, int tile, int t, int to) {
    for (int block = 0; block < blocks; block++) {
      long at = tileAt + (long) Inputs.TOKEN_BYTES * tile * block + 32L * t;
      for (int j = 0; j < 16; j += LANES) {
        ShortVector both =
            ShortVector.fromMemorySegment(SHORTS, rounded, at + 2 * j, ByteOrder.LITTLE_ENDIAN);
        both.lanewise(VectorOperators.LSHL, 8)
            .lanewise(VectorOperators.ASHR, 8)
            .reinterpretAsInts()
            .intoArray(pairs, to + BLOCK * block + j / 2);
        both.lanewise(VectorOperators.ASHR, 8)
            .reinterpretAsInts()
            .intoArray(pairs, to + BLOCK * block + 8 + j / 2);
      }
    }
  }

  private void takeFactors(Inputs in, long at, int tile, int t, int token, int parts, int offset) {
    for (int block = 0; block < blocks; block++) {
      float scale = in.scale(at, tile, t, block);
      for (int part = 0; part < parts; part++) {
        int which = parts == 1 ? 0 : 1 + part;
        int group = groupsOf(token) + parts * block + part;
        scales[group] = scale;
        scaledSums[group] = in.scaledSum(at, tile, t, block, which);
      }
      int half = 2 * (token * blocks + block);
      corrections[half] = offset * in.negativeSum(at, tile, t, block, 1);
      corrections[half + 1] = offset * in.negativeSum(at, tile, t, block, 2);
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

  /** −offset·Σq of each half of each block of the first token: what products with u lack. */
  int[] corrections() {
    return corrections;
  }

  /** Where a token's groups are. */
  int groupsOf(int token) {
    return token * groups;
  }
}
