package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.ALL_SHORTS;
import static dev.candor.engine.kernels.LaneVectors.INTS;
import static dev.candor.engine.kernels.LaneVectors.LANES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Dot products, in integers, of a strip's 16 rows with one rounded token: for each group of columns
 * that share a scale, dots[16·group + row].
 *
 * <p>A row is an int lane of four columns. Its two int16 are multiplied by what {@link
 * PairedInputs} has for them, broadcast as one int, and added up as int16 as long as what comes out
 * fits: a token's quants are at most 127.
 *
 * <p>The columns of a record are written out. In a loop over offsets into memory the compiler would
 * take the bounds checks out of a loop of four turns, which costs more than all else; and in
 * methods as long as these it inlines nothing but the Vector API itself, so no method here returns
 * a vector: it would be boxed.
 */
final class TokenDots {

  /** Added to the lower int16 of two sums, which makes it unsigned. */
  static final int BIAS = 0x8000;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private TokenDots() {}

  /** Nibbles as they lie: 32 columns, two to an int16, are at most 16·15·127 = 30480. */
  static void nibbles(StripRun run, PairedInputs in, int token, int[] dots) {
    MemorySegment data = run.data;
    int[] x = in.pairs();
    int pairs = in.pairsOf(token) + PairedInputs.BLOCK * run.first;
    for (int row = 0; row < 16; row += LANES) {
      for (int k = 0; k < run.count; k++) {
        long at = run.at(k) + 4 * row;
        int b = pairs + PairedInputs.BLOCK * k;
        ShortVector sum =
            IntVector.broadcast(INTS, x[b + PairedInputs.CORRECTIONS]).reinterpretAsShorts();
        ShortVector w0 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at, ORDER);
        ShortVector even0 =
            IntVector.broadcast(INTS, x[b])
                .reinterpretAsShorts()
                .mul(w0)
                .add(
                    IntVector.broadcast(INTS, x[b + 4])
                        .reinterpretAsShorts()
                        .mul(w0.lanewise(VectorOperators.LSHR, 4)));
        ShortVector odd0 =
            IntVector.broadcast(INTS, x[b + 8])
                .reinterpretAsShorts()
                .mul(w0.lanewise(VectorOperators.LSHR, 8))
                .add(
                    IntVector.broadcast(INTS, x[b + 12])
                        .reinterpretAsShorts()
                        .mul(w0.lanewise(VectorOperators.LSHR, 12)));
        sum = sum.add(even0.add(odd0));
        ShortVector w1 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 64, ORDER);
        ShortVector even1 =
            IntVector.broadcast(INTS, x[b + 1])
                .reinterpretAsShorts()
                .mul(w1)
                .add(
                    IntVector.broadcast(INTS, x[b + 5])
                        .reinterpretAsShorts()
                        .mul(w1.lanewise(VectorOperators.LSHR, 4)));
        ShortVector odd1 =
            IntVector.broadcast(INTS, x[b + 9])
                .reinterpretAsShorts()
                .mul(w1.lanewise(VectorOperators.LSHR, 8))
                .add(
                    IntVector.broadcast(INTS, x[b + 13])
                        .reinterpretAsShorts()
                        .mul(w1.lanewise(VectorOperators.LSHR, 12)));
        sum = sum.add(even1.add(odd1));
        ShortVector w2 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 128, ORDER);
        ShortVector even2 =
            IntVector.broadcast(INTS, x[b + 2])
                .reinterpretAsShorts()
                .mul(w2)
                .add(
                    IntVector.broadcast(INTS, x[b + 6])
                        .reinterpretAsShorts()
                        .mul(w2.lanewise(VectorOperators.LSHR, 4)));
        ShortVector odd2 =
            IntVector.broadcast(INTS, x[b + 10])
                .reinterpretAsShorts()
                .mul(w2.lanewise(VectorOperators.LSHR, 8))
                .add(
                    IntVector.broadcast(INTS, x[b + 14])
                        .reinterpretAsShorts()
                        .mul(w2.lanewise(VectorOperators.LSHR, 12)));
        sum = sum.add(even2.add(odd2));
        ShortVector w3 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 192, ORDER);
        ShortVector even3 =
            IntVector.broadcast(INTS, x[b + 3])
                .reinterpretAsShorts()
                .mul(w3)
                .add(
                    IntVector.broadcast(INTS, x[b + 7])
                        .reinterpretAsShorts()
                        .mul(w3.lanewise(VectorOperators.LSHR, 4)));
        ShortVector odd3 =
            IntVector.broadcast(INTS, x[b + 11])
                .reinterpretAsShorts()
                .mul(w3.lanewise(VectorOperators.LSHR, 8))
                .add(
                    IntVector.broadcast(INTS, x[b + 15])
                        .reinterpretAsShorts()
                        .mul(w3.lanewise(VectorOperators.LSHR, 12)));
        sum = sum.add(even3.add(odd3));
        IntVector dot = sum.reinterpretAsInts();
        dot.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot.lanewise(VectorOperators.ASHR, 16))
            .intoArray(dots, 16 * k + row);
      }
    }
  }

  /**
   * Bytes whose scale 32 columns share: two columns are at most 2·128·127 = 32512. With T =
   * 2^16·high + low the two sums of a lane, low made unsigned, ΣT − 2^16·Σhigh is what the lows add
   * up to.
   */
  static void bytes(StripRun run, PairedInputs in, int token, int[] dots) {
    MemorySegment data = run.data;
    int[] x = in.pairs();
    int pairs = in.pairsOf(token) + PairedInputs.BLOCK * run.first;
    for (int row = 0; row < 16; row += LANES) {
      for (int k = 0; k < run.count; k++) {
        long at = run.at(k) + 4 * row;
        int b = pairs + PairedInputs.BLOCK * k;
        IntVector both = IntVector.broadcast(INTS, -8 * BIAS);
        IntVector high = IntVector.zero(INTS);
        ShortVector w0 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at, ORDER);
        IntVector t0 =
            IntVector.broadcast(INTS, x[b + 16])
                .reinterpretAsShorts()
                .add(IntVector.broadcast(INTS, x[b]).reinterpretAsShorts().mul(w0))
                .add(
                    IntVector.broadcast(INTS, x[b + 8])
                        .reinterpretAsShorts()
                        .mul(w0.lanewise(VectorOperators.LSHR, 8)))
                .reinterpretAsInts();
        both = both.add(t0);
        high = high.add(t0.lanewise(VectorOperators.ASHR, 16));
        ShortVector w1 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 64, ORDER);
        IntVector t1 =
            IntVector.broadcast(INTS, x[b + 17])
                .reinterpretAsShorts()
                .add(IntVector.broadcast(INTS, x[b + 1]).reinterpretAsShorts().mul(w1))
                .add(
                    IntVector.broadcast(INTS, x[b + 9])
                        .reinterpretAsShorts()
                        .mul(w1.lanewise(VectorOperators.LSHR, 8)))
                .reinterpretAsInts();
        both = both.add(t1);
        high = high.add(t1.lanewise(VectorOperators.ASHR, 16));
        ShortVector w2 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 128, ORDER);
        IntVector t2 =
            IntVector.broadcast(INTS, x[b + 18])
                .reinterpretAsShorts()
                .add(IntVector.broadcast(INTS, x[b + 2]).reinterpretAsShorts().mul(w2))
                .add(
                    IntVector.broadcast(INTS, x[b + 10])
                        .reinterpretAsShorts()
                        .mul(w2.lanewise(VectorOperators.LSHR, 8)))
                .reinterpretAsInts();
        both = both.add(t2);
        high = high.add(t2.lanewise(VectorOperators.ASHR, 16));
        ShortVector w3 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 192, ORDER);
        IntVector t3 =
            IntVector.broadcast(INTS, x[b + 19])
                .reinterpretAsShorts()
                .add(IntVector.broadcast(INTS, x[b + 3]).reinterpretAsShorts().mul(w3))
                .add(
                    IntVector.broadcast(INTS, x[b + 11])
                        .reinterpretAsShorts()
                        .mul(w3.lanewise(VectorOperators.LSHR, 8)))
                .reinterpretAsInts();
        both = both.add(t3);
        high = high.add(t3.lanewise(VectorOperators.ASHR, 16));
        ShortVector w4 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 256, ORDER);
        IntVector t4 =
            IntVector.broadcast(INTS, x[b + 20])
                .reinterpretAsShorts()
                .add(IntVector.broadcast(INTS, x[b + 4]).reinterpretAsShorts().mul(w4))
                .add(
                    IntVector.broadcast(INTS, x[b + 12])
                        .reinterpretAsShorts()
                        .mul(w4.lanewise(VectorOperators.LSHR, 8)))
                .reinterpretAsInts();
        both = both.add(t4);
        high = high.add(t4.lanewise(VectorOperators.ASHR, 16));
        ShortVector w5 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 320, ORDER);
        IntVector t5 =
            IntVector.broadcast(INTS, x[b + 21])
                .reinterpretAsShorts()
                .add(IntVector.broadcast(INTS, x[b + 5]).reinterpretAsShorts().mul(w5))
                .add(
                    IntVector.broadcast(INTS, x[b + 13])
                        .reinterpretAsShorts()
                        .mul(w5.lanewise(VectorOperators.LSHR, 8)))
                .reinterpretAsInts();
        both = both.add(t5);
        high = high.add(t5.lanewise(VectorOperators.ASHR, 16));
        ShortVector w6 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 384, ORDER);
        IntVector t6 =
            IntVector.broadcast(INTS, x[b + 22])
                .reinterpretAsShorts()
                .add(IntVector.broadcast(INTS, x[b + 6]).reinterpretAsShorts().mul(w6))
                .add(
                    IntVector.broadcast(INTS, x[b + 14])
                        .reinterpretAsShorts()
                        .mul(w6.lanewise(VectorOperators.LSHR, 8)))
                .reinterpretAsInts();
        both = both.add(t6);
        high = high.add(t6.lanewise(VectorOperators.ASHR, 16));
        ShortVector w7 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 448, ORDER);
        IntVector t7 =
            IntVector.broadcast(INTS, x[b + 23])
                .reinterpretAsShorts()
                .add(IntVector.broadcast(INTS, x[b + 7]).reinterpretAsShorts().mul(w7))
                .add(
                    IntVector.broadcast(INTS, x[b + 15])
                        .reinterpretAsShorts()
                        .mul(w7.lanewise(VectorOperators.LSHR, 8)))
                .reinterpretAsInts();
        both = both.add(t7);
        high = high.add(t7.lanewise(VectorOperators.ASHR, 16));
        both.sub(high.lanewise(VectorOperators.LSHL, 16)).add(high).intoArray(dots, 16 * k + row);
      }
    }
  }

  /** Bytes in [−32, 32) whose scale 16 columns share: they are at most 8·32·127 = 32512. */
  static void halves(StripRun run, PairedInputs in, int token, int[] dots) {
    MemorySegment data = run.data;
    int[] x = in.pairs();
    int pairs = in.pairsOf(token) + PairedInputs.BLOCK * run.first;
    for (int row = 0; row < 16; row += LANES) {
      for (int k = 0; k < run.count; k++) {
        long at = run.at(k) + 4 * row;
        int b = pairs + PairedInputs.BLOCK * k;
        ShortVector sum0 =
            IntVector.broadcast(INTS, x[b + PairedInputs.HALVES]).reinterpretAsShorts();
        ShortVector w0 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at, ORDER);
        sum0 =
            sum0.add(IntVector.broadcast(INTS, x[b]).reinterpretAsShorts().mul(w0))
                .add(
                    IntVector.broadcast(INTS, x[b + 8])
                        .reinterpretAsShorts()
                        .mul(w0.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w1 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 64, ORDER);
        sum0 =
            sum0.add(IntVector.broadcast(INTS, x[b + 1]).reinterpretAsShorts().mul(w1))
                .add(
                    IntVector.broadcast(INTS, x[b + 9])
                        .reinterpretAsShorts()
                        .mul(w1.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w2 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 128, ORDER);
        sum0 =
            sum0.add(IntVector.broadcast(INTS, x[b + 2]).reinterpretAsShorts().mul(w2))
                .add(
                    IntVector.broadcast(INTS, x[b + 10])
                        .reinterpretAsShorts()
                        .mul(w2.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w3 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 192, ORDER);
        sum0 =
            sum0.add(IntVector.broadcast(INTS, x[b + 3]).reinterpretAsShorts().mul(w3))
                .add(
                    IntVector.broadcast(INTS, x[b + 11])
                        .reinterpretAsShorts()
                        .mul(w3.lanewise(VectorOperators.LSHR, 8)));
        IntVector dot0 = sum0.reinterpretAsInts();
        dot0.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot0.lanewise(VectorOperators.ASHR, 16))
            .intoArray(dots, 32 * k + row);
        ShortVector sum1 =
            IntVector.broadcast(INTS, x[b + PairedInputs.HALVES + 1]).reinterpretAsShorts();
        ShortVector w4 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 256, ORDER);
        sum1 =
            sum1.add(IntVector.broadcast(INTS, x[b + 4]).reinterpretAsShorts().mul(w4))
                .add(
                    IntVector.broadcast(INTS, x[b + 12])
                        .reinterpretAsShorts()
                        .mul(w4.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w5 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 320, ORDER);
        sum1 =
            sum1.add(IntVector.broadcast(INTS, x[b + 5]).reinterpretAsShorts().mul(w5))
                .add(
                    IntVector.broadcast(INTS, x[b + 13])
                        .reinterpretAsShorts()
                        .mul(w5.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w6 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 384, ORDER);
        sum1 =
            sum1.add(IntVector.broadcast(INTS, x[b + 6]).reinterpretAsShorts().mul(w6))
                .add(
                    IntVector.broadcast(INTS, x[b + 14])
                        .reinterpretAsShorts()
                        .mul(w6.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w7 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 448, ORDER);
        sum1 =
            sum1.add(IntVector.broadcast(INTS, x[b + 7]).reinterpretAsShorts().mul(w7))
                .add(
                    IntVector.broadcast(INTS, x[b + 15])
                        .reinterpretAsShorts()
                        .mul(w7.lanewise(VectorOperators.LSHR, 8)));
        IntVector dot1 = sum1.reinterpretAsInts();
        dot1.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot1.lanewise(VectorOperators.ASHR, 16))
            .intoArray(dots, 32 * k + 16 + row);
      }
    }
  }
}
