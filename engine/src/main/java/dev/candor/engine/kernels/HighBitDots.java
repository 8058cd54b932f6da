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
 * {@link TokenDots} of nibbles with high bits, which lie before them: each word becomes two words
 * of two bytes, and those meet the token as {@link TokenDots#halves} has it.
 */
final class HighBitDots {

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** The low bits of two bytes, and where one or two high bits go. */
  private static final short LOW = 0x0F0F;

  private static final short FIFTH = 0x1010;
  private static final short FIFTH_AND_SIXTH = 0x3030;

  private HighBitDots() {}

  /** One high bit, 32 columns with a scale: each half is at most 8·31·127 = 31496. */
  static void five(StripRun run, PairedInputs in, int token, int[] dots) {
    MemorySegment data = run.data;
    int[] x = in.pairs();
    int pairs = in.pairsOf(token) + PairedInputs.BLOCK * run.first;
    for (int row = 0; row < 16; row += LANES) {
      for (int k = 0; k < run.count; k++) {
        long at = run.at(k) + 4 * row;
        int b = pairs + PairedInputs.BLOCK * k;
        ShortVector bits = ShortVector.fromMemorySegment(ALL_SHORTS, data, at - 64, ORDER);
        ShortVector first =
            IntVector.broadcast(INTS, x[b + PairedInputs.HALVES]).reinterpretAsShorts();
        ShortVector second =
            IntVector.broadcast(INTS, x[b + PairedInputs.HALVES + 1]).reinterpretAsShorts();
        ShortVector w0 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at, ORDER);
        ShortVector u0 = bits.lanewise(VectorOperators.LSHL, 4).and(FIFTH).or(w0.and(LOW));
        first =
            first
                .add(IntVector.broadcast(INTS, x[b]).reinterpretAsShorts().mul(u0))
                .add(
                    IntVector.broadcast(INTS, x[b + 8])
                        .reinterpretAsShorts()
                        .mul(u0.lanewise(VectorOperators.LSHR, 8)));
        ShortVector v0 = bits.and(FIFTH).or(w0.lanewise(VectorOperators.LSHR, 4).and(LOW));
        second =
            second
                .add(IntVector.broadcast(INTS, x[b + 4]).reinterpretAsShorts().mul(v0))
                .add(
                    IntVector.broadcast(INTS, x[b + 12])
                        .reinterpretAsShorts()
                        .mul(v0.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w1 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 64, ORDER);
        ShortVector u1 = bits.lanewise(VectorOperators.LSHL, 3).and(FIFTH).or(w1.and(LOW));
        first =
            first
                .add(IntVector.broadcast(INTS, x[b + 1]).reinterpretAsShorts().mul(u1))
                .add(
                    IntVector.broadcast(INTS, x[b + 9])
                        .reinterpretAsShorts()
                        .mul(u1.lanewise(VectorOperators.LSHR, 8)));
        ShortVector v1 =
            bits.lanewise(VectorOperators.LSHR, 1)
                .and(FIFTH)
                .or(w1.lanewise(VectorOperators.LSHR, 4).and(LOW));
        second =
            second
                .add(IntVector.broadcast(INTS, x[b + 5]).reinterpretAsShorts().mul(v1))
                .add(
                    IntVector.broadcast(INTS, x[b + 13])
                        .reinterpretAsShorts()
                        .mul(v1.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w2 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 128, ORDER);
        ShortVector u2 = bits.lanewise(VectorOperators.LSHL, 2).and(FIFTH).or(w2.and(LOW));
        first =
            first
                .add(IntVector.broadcast(INTS, x[b + 2]).reinterpretAsShorts().mul(u2))
                .add(
                    IntVector.broadcast(INTS, x[b + 10])
                        .reinterpretAsShorts()
                        .mul(u2.lanewise(VectorOperators.LSHR, 8)));
        ShortVector v2 =
            bits.lanewise(VectorOperators.LSHR, 2)
                .and(FIFTH)
                .or(w2.lanewise(VectorOperators.LSHR, 4).and(LOW));
        second =
            second
                .add(IntVector.broadcast(INTS, x[b + 6]).reinterpretAsShorts().mul(v2))
                .add(
                    IntVector.broadcast(INTS, x[b + 14])
                        .reinterpretAsShorts()
                        .mul(v2.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w3 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 192, ORDER);
        ShortVector u3 = bits.lanewise(VectorOperators.LSHL, 1).and(FIFTH).or(w3.and(LOW));
        first =
            first
                .add(IntVector.broadcast(INTS, x[b + 3]).reinterpretAsShorts().mul(u3))
                .add(
                    IntVector.broadcast(INTS, x[b + 11])
                        .reinterpretAsShorts()
                        .mul(u3.lanewise(VectorOperators.LSHR, 8)));
        ShortVector v3 =
            bits.lanewise(VectorOperators.LSHR, 3)
                .and(FIFTH)
                .or(w3.lanewise(VectorOperators.LSHR, 4).and(LOW));
        second =
            second
                .add(IntVector.broadcast(INTS, x[b + 7]).reinterpretAsShorts().mul(v3))
                .add(
                    IntVector.broadcast(INTS, x[b + 15])
                        .reinterpretAsShorts()
                        .mul(v3.lanewise(VectorOperators.LSHR, 8)));
        IntVector lower = first.reinterpretAsInts();
        lower =
            lower
                .lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 16)
                .add(lower.lanewise(VectorOperators.ASHR, 16));
        IntVector upper = second.reinterpretAsInts();
        upper =
            upper
                .lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 16)
                .add(upper.lanewise(VectorOperators.ASHR, 16));
        lower.add(upper).intoArray(dots, 16 * k + row);
      }
    }
  }

  /** Two high bits, 16 columns with a scale: they are at most 8·32·127 = 32512. */
  static void six(StripRun run, PairedInputs in, int token, int[] dots) {
    MemorySegment data = run.data;
    int[] x = in.pairs();
    int pairs = in.pairsOf(token) + PairedInputs.BLOCK * run.first;
    for (int row = 0; row < 16; row += LANES) {
      for (int k = 0; k < run.count; k++) {
        long at = run.at(k) + 4 * row;
        int b = pairs + PairedInputs.BLOCK * k;
        ShortVector low = ShortVector.fromMemorySegment(ALL_SHORTS, data, at - 128, ORDER);
        ShortVector high = ShortVector.fromMemorySegment(ALL_SHORTS, data, at - 64, ORDER);
        ShortVector first =
            IntVector.broadcast(INTS, x[b + PairedInputs.HALVES]).reinterpretAsShorts();
        ShortVector second =
            IntVector.broadcast(INTS, x[b + PairedInputs.HALVES + 1]).reinterpretAsShorts();
        ShortVector w0 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at, ORDER);
        ShortVector u0 = low.lanewise(VectorOperators.LSHL, 4).and(FIFTH_AND_SIXTH).or(w0.and(LOW));
        first =
            first
                .add(IntVector.broadcast(INTS, x[b]).reinterpretAsShorts().mul(u0))
                .add(
                    IntVector.broadcast(INTS, x[b + 8])
                        .reinterpretAsShorts()
                        .mul(u0.lanewise(VectorOperators.LSHR, 8)));
        ShortVector v0 =
            high.lanewise(VectorOperators.LSHL, 4)
                .and(FIFTH_AND_SIXTH)
                .or(w0.lanewise(VectorOperators.LSHR, 4).and(LOW));
        second =
            second
                .add(IntVector.broadcast(INTS, x[b + 4]).reinterpretAsShorts().mul(v0))
                .add(
                    IntVector.broadcast(INTS, x[b + 12])
                        .reinterpretAsShorts()
                        .mul(v0.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w1 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 64, ORDER);
        ShortVector u1 = low.lanewise(VectorOperators.LSHL, 2).and(FIFTH_AND_SIXTH).or(w1.and(LOW));
        first =
            first
                .add(IntVector.broadcast(INTS, x[b + 1]).reinterpretAsShorts().mul(u1))
                .add(
                    IntVector.broadcast(INTS, x[b + 9])
                        .reinterpretAsShorts()
                        .mul(u1.lanewise(VectorOperators.LSHR, 8)));
        ShortVector v1 =
            high.lanewise(VectorOperators.LSHL, 2)
                .and(FIFTH_AND_SIXTH)
                .or(w1.lanewise(VectorOperators.LSHR, 4).and(LOW));
        second =
            second
                .add(IntVector.broadcast(INTS, x[b + 5]).reinterpretAsShorts().mul(v1))
                .add(
                    IntVector.broadcast(INTS, x[b + 13])
                        .reinterpretAsShorts()
                        .mul(v1.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w2 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 128, ORDER);
        ShortVector u2 = low.and(FIFTH_AND_SIXTH).or(w2.and(LOW));
        first =
            first
                .add(IntVector.broadcast(INTS, x[b + 2]).reinterpretAsShorts().mul(u2))
                .add(
                    IntVector.broadcast(INTS, x[b + 10])
                        .reinterpretAsShorts()
                        .mul(u2.lanewise(VectorOperators.LSHR, 8)));
        ShortVector v2 =
            high.and(FIFTH_AND_SIXTH).or(w2.lanewise(VectorOperators.LSHR, 4).and(LOW));
        second =
            second
                .add(IntVector.broadcast(INTS, x[b + 6]).reinterpretAsShorts().mul(v2))
                .add(
                    IntVector.broadcast(INTS, x[b + 14])
                        .reinterpretAsShorts()
                        .mul(v2.lanewise(VectorOperators.LSHR, 8)));
        ShortVector w3 = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 192, ORDER);
        ShortVector u3 = low.lanewise(VectorOperators.LSHR, 2).and(FIFTH_AND_SIXTH).or(w3.and(LOW));
        first =
            first
                .add(IntVector.broadcast(INTS, x[b + 3]).reinterpretAsShorts().mul(u3))
                .add(
                    IntVector.broadcast(INTS, x[b + 11])
                        .reinterpretAsShorts()
                        .mul(u3.lanewise(VectorOperators.LSHR, 8)));
        ShortVector v3 =
            high.lanewise(VectorOperators.LSHR, 2)
                .and(FIFTH_AND_SIXTH)
                .or(w3.lanewise(VectorOperators.LSHR, 4).and(LOW));
        second =
            second
                .add(IntVector.broadcast(INTS, x[b + 7]).reinterpretAsShorts().mul(v3))
                .add(
                    IntVector.broadcast(INTS, x[b + 15])
                        .reinterpretAsShorts()
                        .mul(v3.lanewise(VectorOperators.LSHR, 8)));
        IntVector lower = first.reinterpretAsInts();
        lower =
            lower
                .lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 16)
                .add(lower.lanewise(VectorOperators.ASHR, 16));
        lower.intoArray(dots, 32 * k + row);
        IntVector upper = second.reinterpretAsInts();
        upper =
            upper
                .lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 16)
                .add(upper.lanewise(VectorOperators.ASHR, 16));
        upper.intoArray(dots, 32 * k + 16 + row);
      }
    }
  }
}
