package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.ALL_BYTES;
import static dev.candor.engine.kernels.LaneVectors.ALL_SHORTS;
import static dev.candor.engine.kernels.LaneVectors.INTS;
import static dev.candor.engine.kernels.LaneVectors.LANES;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Dot products, in integers, of a strip's 16 rows with rounded tokens, for each half of a record:
 * dots[32·record + 16·half + row].
 *
 * <p>A row is an int lane of four columns. Its two int16 are multiplied by two columns of the
 * token, broadcast as one int (see {@link PairedInputs}), and added up as int16 as long as nothing
 * can overflow: a token's quants are at most 127.
 *
 * <p>Each method has fewer than some 70 calls of the Vector API, and none returns a vector: beyond
 * that the compiler stops inlining, boxes vectors, and is more than ten times slower.
 */
final class StripDots {

  /** Ints of a record's dots. */
  static final int RECORD = 32;

  /** Shorts of a record that was taken apart by {@link StripQuants}. */
  static final int SHORTS = 512;

  private StripDots() {}

  /**
   * One token times records of nibbles as they lie; half a record is at most 8·15·127 = 15240.
   *
   * @param at of the low bits of the first record
   * @param step bytes from one record to the next
   * @param corrections of each half of a record, to be added
   */
  static void nibbles(
      byte[] records,
      int at,
      int step,
      int count,
      int[] pairs,
      int pairsAt,
      int[] corrections,
      int correctionsAt,
      int[] dots) {
    for (int k = 0; k < count; k++) {
      int low = at + k * step;
      int x = pairsAt + PairedInputs.BLOCK * k;
      for (int row = 0; row < 16; row += LANES) {
        ShortVector lower = ShortVector.zero(ALL_SHORTS);
        ShortVector upper = ShortVector.zero(ALL_SHORTS);
        for (int p = 0; p < 4; p++) {
          ShortVector u =
              ByteVector.fromArray(ALL_BYTES, records, low + 64 * p + 4 * row)
                  .reinterpretAsShorts();
          ShortVector x0 = IntVector.broadcast(INTS, pairs[x + p]).reinterpretAsShorts();
          ShortVector x1 = IntVector.broadcast(INTS, pairs[x + p + 8]).reinterpretAsShorts();
          lower = lower.add(u.and((short) 15).mul(x0));
          lower = lower.add(u.lanewise(VectorOperators.LSHR, 8).and((short) 15).mul(x1));
          ShortVector x2 = IntVector.broadcast(INTS, pairs[x + p + 4]).reinterpretAsShorts();
          ShortVector x3 = IntVector.broadcast(INTS, pairs[x + p + 12]).reinterpretAsShorts();
          upper = upper.add(u.lanewise(VectorOperators.LSHR, 4).and((short) 15).mul(x2));
          upper = upper.add(u.lanewise(VectorOperators.LSHR, 12).mul(x3));
        }
        IntVector first = lower.reinterpretAsInts();
        first
            .lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(first.lanewise(VectorOperators.ASHR, 16))
            .add(corrections[correctionsAt + 2 * k])
            .intoArray(dots, RECORD * k + row);
        IntVector second = upper.reinterpretAsInts();
        second
            .lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(second.lanewise(VectorOperators.ASHR, 16))
            .add(corrections[correctionsAt + 2 * k + 1])
            .intoArray(dots, RECORD * k + 16 + row);
      }
    }
  }

  /**
   * One token times records taken apart, of quants in [−32, 32): half a record is at most 8·32·127
   * = 32512.
   */
  static void small(short[] records, int count, int[] pairs, int pairsAt, int[] dots) {
    for (int half = 0; half < 2 * count; half++) {
      int x = pairsAt + PairedInputs.BLOCK * (half >> 1) + 4 * (half & 1);
      int w = SHORTS * (half >> 1) + 4 * 32 * (half & 1);
      for (int row = 0; row < 16; row += LANES) {
        ShortVector even = ShortVector.zero(ALL_SHORTS);
        ShortVector odd = ShortVector.zero(ALL_SHORTS);
        for (int j = 0; j < 4; j++) {
          int at = w + 32 * j + 2 * row;
          ShortVector x0 = IntVector.broadcast(INTS, pairs[x + j]).reinterpretAsShorts();
          even = even.add(ShortVector.fromArray(ALL_SHORTS, records, at).mul(x0));
          ShortVector x1 = IntVector.broadcast(INTS, pairs[x + j + 8]).reinterpretAsShorts();
          odd = odd.add(ShortVector.fromArray(ALL_SHORTS, records, at + 256).mul(x1));
        }
        IntVector sum = even.add(odd).reinterpretAsInts();
        sum.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(sum.lanewise(VectorOperators.ASHR, 16))
            .intoArray(dots, 16 * half + row);
      }
    }
  }

  /** The same of any signed bytes: two columns are at most 2·128·127 = 32512. */
  static void large(short[] records, int count, int[] pairs, int pairsAt, int[] dots) {
    for (int half = 0; half < 2 * count; half++) {
      int x = pairsAt + PairedInputs.BLOCK * (half >> 1) + 4 * (half & 1);
      int w = SHORTS * (half >> 1) + 4 * 32 * (half & 1);
      for (int row = 0; row < 16; row += LANES) {
        IntVector sum = IntVector.zero(INTS);
        for (int j = 0; j < 4; j++) {
          int at = w + 32 * j + 2 * row;
          ShortVector x0 = IntVector.broadcast(INTS, pairs[x + j]).reinterpretAsShorts();
          ShortVector x1 = IntVector.broadcast(INTS, pairs[x + j + 8]).reinterpretAsShorts();
          IntVector two =
              ShortVector.fromArray(ALL_SHORTS, records, at)
                  .mul(x0)
                  .add(ShortVector.fromArray(ALL_SHORTS, records, at + 256).mul(x1))
                  .reinterpretAsInts();
          sum =
              sum.add(two.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16))
                  .add(two.lanewise(VectorOperators.ASHR, 16));
        }
        sum.intoArray(dots, 16 * half + row);
      }
    }
  }

  /**
   * {@link #small} of four tokens.
   *
   * @param stride ints from a token's pairs to the next's
   * @param dotsStride ints from a token's dots to the next's
   */
  static void small4(
      short[] records,
      int count,
      int[] pairs,
      int pairsAt,
      int stride,
      int[] dots,
      int dotsStride) {
    for (int half = 0; half < 2 * count; half++) {
      int a = pairsAt + PairedInputs.BLOCK * (half >> 1) + 4 * (half & 1);
      int b = a + stride;
      int c = b + stride;
      int d = c + stride;
      int w = SHORTS * (half >> 1) + 4 * 32 * (half & 1);
      for (int row = 0; row < 16; row += LANES) {
        ShortVector sum0 = ShortVector.zero(ALL_SHORTS);
        ShortVector sum1 = ShortVector.zero(ALL_SHORTS);
        ShortVector sum2 = ShortVector.zero(ALL_SHORTS);
        ShortVector sum3 = ShortVector.zero(ALL_SHORTS);
        for (int j = 0; j < 4; j++) {
          int at = w + 32 * j + 2 * row;
          ShortVector even = ShortVector.fromArray(ALL_SHORTS, records, at);
          ShortVector odd = ShortVector.fromArray(ALL_SHORTS, records, at + 256);
          int o = j + 8;
          sum0 = sum0.add(IntVector.broadcast(INTS, pairs[a + j]).reinterpretAsShorts().mul(even));
          sum1 = sum1.add(IntVector.broadcast(INTS, pairs[b + j]).reinterpretAsShorts().mul(even));
          sum2 = sum2.add(IntVector.broadcast(INTS, pairs[c + j]).reinterpretAsShorts().mul(even));
          sum3 = sum3.add(IntVector.broadcast(INTS, pairs[d + j]).reinterpretAsShorts().mul(even));
          sum0 = sum0.add(IntVector.broadcast(INTS, pairs[a + o]).reinterpretAsShorts().mul(odd));
          sum1 = sum1.add(IntVector.broadcast(INTS, pairs[b + o]).reinterpretAsShorts().mul(odd));
          sum2 = sum2.add(IntVector.broadcast(INTS, pairs[c + o]).reinterpretAsShorts().mul(odd));
          sum3 = sum3.add(IntVector.broadcast(INTS, pairs[d + o]).reinterpretAsShorts().mul(odd));
        }
        int to = 16 * half + row;
        IntVector dot0 = sum0.reinterpretAsInts();
        dot0.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot0.lanewise(VectorOperators.ASHR, 16))
            .intoArray(dots, to);
        IntVector dot1 = sum1.reinterpretAsInts();
        dot1.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot1.lanewise(VectorOperators.ASHR, 16))
            .intoArray(dots, to + dotsStride);
        IntVector dot2 = sum2.reinterpretAsInts();
        dot2.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot2.lanewise(VectorOperators.ASHR, 16))
            .intoArray(dots, to + 2 * dotsStride);
        IntVector dot3 = sum3.reinterpretAsInts();
        dot3.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot3.lanewise(VectorOperators.ASHR, 16))
            .intoArray(dots, to + 3 * dotsStride);
      }
    }
  }
}
