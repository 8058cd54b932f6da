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
 * {@link TokenDots} of four tokens, of bytes in [−32, 32): half a record is at most 8·32·127 =
 * 32512.
 */
final class FourTokenDots {

  /** Ints of a token's dots. */
  static final int STRIDE = 2 * 16 * StripRun.RECORDS;

  /** Ints of all dots and, behind them, of 16 zeros. */
  static final int LENGTH = 4 * STRIDE + 16;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private FourTokenDots() {}

  /**
   * Tokens [token, token + 4).
   *
   * @param whole whether the halves of a record share a scale
   * @param dots {@link #LENGTH}, the last 16 zeros: token t's from {@link #STRIDE}·t on
   */
  static void small(StripRun run, boolean whole, PairedInputs in, int token, int[] dots) {
    MemorySegment data = run.data;
    int[] x = in.pairs();
    int stride = in.stride();
    int pairs = in.pairsOf(token) + PairedInputs.BLOCK * run.first;
    for (int half = 0; half < 2 * run.count; half++) {
      int a = pairs + PairedInputs.BLOCK * (half >> 1) + 4 * (half & 1);
      int b = a + stride;
      int c = b + stride;
      int d = c + stride;
      int o = PairedInputs.HALVES - 3 * (half & 1);
      for (int row = 0; row < 16; row += LANES) {
        long at = run.at(half >> 1) + 256 * (half & 1) + 4 * row;
        ShortVector sum0 = IntVector.broadcast(INTS, x[a + o]).reinterpretAsShorts();
        ShortVector sum1 = IntVector.broadcast(INTS, x[b + o]).reinterpretAsShorts();
        ShortVector sum2 = IntVector.broadcast(INTS, x[c + o]).reinterpretAsShorts();
        ShortVector sum3 = IntVector.broadcast(INTS, x[d + o]).reinterpretAsShorts();
        for (int g = 0; g < 4; g++) {
          ShortVector w = ShortVector.fromMemorySegment(ALL_SHORTS, data, at + 64 * g, ORDER);
          ShortVector v = w.lanewise(VectorOperators.LSHR, 8);
          sum0 = sum0.add(IntVector.broadcast(INTS, x[a + g]).reinterpretAsShorts().mul(w));
          sum1 = sum1.add(IntVector.broadcast(INTS, x[b + g]).reinterpretAsShorts().mul(w));
          sum2 = sum2.add(IntVector.broadcast(INTS, x[c + g]).reinterpretAsShorts().mul(w));
          sum3 = sum3.add(IntVector.broadcast(INTS, x[d + g]).reinterpretAsShorts().mul(w));
          sum0 = sum0.add(IntVector.broadcast(INTS, x[a + 8 + g]).reinterpretAsShorts().mul(v));
          sum1 = sum1.add(IntVector.broadcast(INTS, x[b + 8 + g]).reinterpretAsShorts().mul(v));
          sum2 = sum2.add(IntVector.broadcast(INTS, x[c + 8 + g]).reinterpretAsShorts().mul(v));
          sum3 = sum3.add(IntVector.broadcast(INTS, x[d + 8 + g]).reinterpretAsShorts().mul(v));
        }
        int to = 16 * (whole ? half >> 1 : half) + row;
        // What the first half came to, or zeros.
        boolean second = whole && (half & 1) == 1;
        int before = second ? to : 4 * STRIDE + row;
        int apart = second ? STRIDE : 0;
        IntVector dot0 = sum0.reinterpretAsInts();
        dot0.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot0.lanewise(VectorOperators.ASHR, 16))
            .add(IntVector.fromArray(INTS, dots, before))
            .intoArray(dots, to);
        IntVector dot1 = sum1.reinterpretAsInts();
        dot1.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot1.lanewise(VectorOperators.ASHR, 16))
            .add(IntVector.fromArray(INTS, dots, before + apart))
            .intoArray(dots, to + STRIDE);
        IntVector dot2 = sum2.reinterpretAsInts();
        dot2.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot2.lanewise(VectorOperators.ASHR, 16))
            .add(IntVector.fromArray(INTS, dots, before + 2 * apart))
            .intoArray(dots, to + 2 * STRIDE);
        IntVector dot3 = sum3.reinterpretAsInts();
        dot3.lanewise(VectorOperators.LSHL, 16)
            .lanewise(VectorOperators.ASHR, 16)
            .add(dot3.lanewise(VectorOperators.ASHR, 16))
            .add(IntVector.fromArray(INTS, dots, before + 3 * apart))
            .intoArray(dots, to + 3 * STRIDE);
      }
    }
  }
}
