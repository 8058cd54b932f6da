package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.VectorOp;

/**
 * Code that folds several rows of 16 lanes at once, which takes fewer shuffles than one after
 * another: lane[j] += lane[j + w] for w = 8, 4, 2, 1 of each, as {@link LaneCode#fold}.
 */
final class FoldCode {

  // Of four lanes, or four quarters of a row: those of each half exchanged, and the halves.
  private static final int SWAP_NEIGHBOURS = 0b10_11_00_01;
  private static final int SWAP_PAIRS = 0b01_00_11_10;

  // Of the fours of two rows, two each: 0 and 1, 2 and 3, 0 and 2, 1 and 3.
  private static final int LOWER_PAIRS = 0b01_00_01_00;
  private static final int UPPER_PAIRS = 0b11_10_11_10;
  private static final int EVEN = 0b10_00_10_00;
  private static final int ODD = 0b11_01_11_01;

  // Of the halves of two rows, one each (VPERM2I128).
  private static final int LOWER_HALVES = 0x20;
  private static final int UPPER_HALVES = 0x31;

  private FoldCode() {}

  /** Stores the folds of x and y. Both rows and the temporary are overwritten. */
  static void storeTwo(
      LaneCode code, int x, int y, int temporary, Address foldOfX, Address foldOfY) {
    Assembler a = code.a;
    int bits = code.bits();
    int sum = code.register(x, 0);
    int part = code.register(temporary, 0);
    boolean wide = bits == 512;
    if (wide) {
      join(code, VectorOp.SHUFFLE128, x, y, temporary, LOWER_PAIRS, UPPER_PAIRS);
      a.op(VectorOp.SHUFFLE128, bits, part, sum, sum, SWAP_NEIGHBOURS);
      a.op(VectorOp.ADDPS, bits, sum, sum, part);
    } else {
      int other = code.register(y, 0);
      a.op(VectorOp.ADDPS, bits, sum, sum, code.register(x, 1));
      a.op(VectorOp.ADDPS, bits, other, other, code.register(y, 1));
      join(code, VectorOp.PERMUTE128, x, y, temporary, LOWER_HALVES, UPPER_HALVES);
    }
    a.op(VectorOp.SHUFPS, bits, part, sum, sum, SWAP_PAIRS);
    a.op(VectorOp.ADDPS, bits, sum, sum, part);
    a.op(VectorOp.SHUFPS, bits, part, sum, sum, SWAP_NEIGHBOURS);
    a.op(VectorOp.ADDPS, bits, sum, sum, part);
    a.op(VectorOp.MOVSS_STORE, 128, sum, foldOfX);
    a.convert(wide ? VectorOp.EXTRACT256 : VectorOp.EXTRACT128, bits, sum, part, 1);
    a.op(VectorOp.MOVSS_STORE, 128, part, foldOfY);
  }

  /**
   * Stores the folds of rows x to x + 3, and those of rows y to y + 3, next to each other
   * (AVX-512). All eight and the temporary are overwritten.
   */
  static void storeFours(
      LaneCode code, int x, int y, int temporary, int order, Address foldsOfX, Address foldsOfY) {
    Assembler a = code.a;
    for (int row : new int[] {x, y}) {
      join(code, VectorOp.SHUFFLE128, row, row + 1, temporary, LOWER_PAIRS, UPPER_PAIRS);
      join(code, VectorOp.SHUFFLE128, row + 2, row + 3, temporary, LOWER_PAIRS, UPPER_PAIRS);
      // A quarter for each of the four.
      join(code, VectorOp.SHUFFLE128, row, row + 2, temporary, EVEN, ODD);
    }
    join(code, VectorOp.SHUFPS, x, y, temporary, LOWER_PAIRS, UPPER_PAIRS);
    code.swapNeighbours(temporary, x);
    code.op(VectorOp.ADDPS, x, x, temporary);
    // Of each quarter, lane 0 is a fold of x and lane 2 one of y.
    code.op(VectorOp.PERMPS, x, order, x);
    a.op(VectorOp.MOVUPS_STORE, 128, x, foldsOfX);
    a.convert(VectorOp.EXTRACT128, 512, x, temporary, 1);
    a.op(VectorOp.MOVUPS_STORE, 128, temporary, foldsOfY);
  }

  /** Row = the order of lanes that {@link #storeFours} needs. */
  static void loadOrder(LaneCode code, int row) {
    byte[] lanes = new byte[64];
    for (int i = 0; i < 8; i++) {
      lanes[4 * i] = (byte) (i < 4 ? 4 * i : 4 * (i - 4) + 2);
    }
    code.load(row, code.a.constant(lanes));
  }

  /** x = one choice of lanes of x and y + the other; both are overwritten, as the temporary. */
  private static void join(
      LaneCode code, VectorOp shuffle, int x, int y, int temporary, int one, int other) {
    int bits = code.bits();
    int left = code.register(x, 0);
    int right = code.register(y, 0);
    int part = code.register(temporary, 0);
    code.a.op(shuffle, bits, part, left, right, other);
    code.a.op(shuffle, bits, left, left, right, one);
    code.a.op(VectorOp.ADDPS, bits, left, left, part);
  }
}
