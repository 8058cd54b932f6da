package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.Processor;
import dev.candor.engine.kernels.x86.Register;
import dev.candor.engine.kernels.x86.VectorOp;
import java.util.Arrays;

/**
 * Code on rows of 16 float32 lanes, for any processor: a <i>row</i> is one register of 512 bits, or
 * two of 256, so that one text serves both. With AVX2 there are eight rows, with AVX-512 32.
 */
final class LaneCode {

  /** The mask register of the lanes that a tail has. */
  private static final int TAIL = 1;

  private static final int NOT_LESS_THAN = 5; // predicates of vcmpps
  private static final int LESS_THAN = 1;

  final Assembler a = new Assembler();
  private final boolean wide;

  LaneCode(Processor processor) {
    wide = processor == Processor.AVX512;
  }

  /** How many rows there are registers for. */
  int rows() {
    return wide ? 32 : 8;
  }

  /** Bits of a register. */
  int bits() {
    return wide ? 512 : 256;
  }

  /** Registers of row r: one, or two. */
  private int parts() {
    return wide ? 1 : 2;
  }

  /** The register of a part of row r, its lanes ascending. */
  int register(int row, int part) {
    return wide ? row : 2 * row + part;
  }

  /** dst = op(left, right). */
  void op(VectorOp op, int dst, int left, int right) {
    for (int part = 0; part < parts(); part++) {
      a.op(op, bits(), register(dst, part), register(left, part), register(right, part));
    }
  }

  /** dst = op(source), of one operand. */
  void op(VectorOp op, int dst, int source) {
    for (int part = 0; part < parts(); part++) {
      a.op(op, bits(), register(dst, part), register(source, part));
    }
  }

  /** dst = op(left, the constant in all lanes). */
  void op(VectorOp op, int dst, int left, float constant) {
    for (int part = 0; part < parts(); part++) {
      a.op(op, bits(), register(dst, part), register(left, part), a.splat(constant));
    }
  }

  /** dst = op(left, the integer in all lanes). */
  void integer(VectorOp op, int dst, int left, int constant) {
    for (int part = 0; part < parts(); part++) {
      a.op(op, bits(), register(dst, part), register(left, part), a.splat(constant));
    }
  }

  /** dst = op(left, 16 floats from memory). */
  void op(VectorOp op, int dst, int left, Address right) {
    for (int part = 0; part < parts(); part++) {
      a.op(op, bits(), register(dst, part), register(left, part), right.plus(32 * part));
    }
  }

  void shift(VectorOp op, int dst, int source, int count) {
    for (int part = 0; part < parts(); part++) {
      a.shift(op, bits(), register(dst, part), register(source, part), count);
    }
  }

  void zero(int dst) {
    op(VectorOp.PXOR, dst, dst, dst);
  }

  void constant(int dst, float value) {
    for (int part = 0; part < parts(); part++) {
      a.op(VectorOp.MOVUPS_LOAD, bits(), register(dst, part), a.splat(value));
    }
  }

  /** dst = the 16 floats there. */
  void load(int dst, Address source) {
    for (int part = 0; part < parts(); part++) {
      a.op(VectorOp.MOVUPS_LOAD, bits(), register(dst, part), source.plus(32 * part));
    }
  }

  /** dst = the 16 f16 there, as float32. */
  void loadHalves(int dst, Address source) {
    for (int part = 0; part < parts(); part++) {
      a.op(VectorOp.CVTPH2PS, bits(), register(dst, part), source.plus(16 * part));
    }
  }

  /** dst = the 16 bf16 there, as float32: they are its upper halves. */
  void loadUpperHalves(int dst, Address source) {
    for (int part = 0; part < parts(); part++) {
      int register = register(dst, part);
      a.op(VectorOp.PMOVZXWD, bits(), register, source.plus(16 * part));
      a.shift(VectorOp.PSLLD, bits(), register, register, 16);
    }
  }

  /** dst = the 8 floats there, each in two neighbouring lanes. */
  void loadTwice(int dst, Address source) {
    for (int part = 0; part < parts(); part++) {
      int target = register(dst, part);
      a.op(VectorOp.PMOVZXDQ, bits(), target, source.plus(16 * part));
      a.op(VectorOp.SHUFPS, bits(), target, target, target, 0b10_10_00_00);
    }
  }

  /** dst = the source, lanes 2i and 2i + 1 exchanged. */
  void swapNeighbours(int dst, int source) {
    for (int part = 0; part < parts(); part++) {
      int from = register(source, part);
      a.op(VectorOp.SHUFPS, bits(), register(dst, part), from, from, 0b10_11_00_01);
    }
  }

  /** dst = the 16 signed bytes there, as float32. */
  void loadBytes(int dst, Address source) {
    for (int part = 0; part < parts(); part++) {
      int target = register(dst, part);
      a.op(VectorOp.PMOVSXBD, bits(), target, source.plus(8 * part));
      a.op(VectorOp.CVTDQ2PS, bits(), target, target);
    }
  }

  /** All lanes of dst = the f16 there, as float32; 8 bytes are read. */
  void broadcastHalf(int dst, Address source) {
    a.op(VectorOp.CVTPH2PS, 128, register(dst, 0), source);
    broadcastArgument(dst, register(dst, 0));
  }

  void store(int source, Address target) {
    for (int part = 0; part < parts(); part++) {
      a.op(VectorOp.MOVUPS_STORE, bits(), register(source, part), target.plus(32 * part));
    }
  }

  /** All lanes of dst = the float there. */
  void broadcast(int dst, Address source) {
    for (int part = 0; part < parts(); part++) {
      a.op(VectorOp.BROADCASTSS, bits(), register(dst, part), source);
    }
  }

  /** All lanes of dst = the float in the register of 128 bits in which it was passed. */
  void broadcastArgument(int dst, int argument) {
    // From the last part to the first: the argument may be one of the row's own registers.
    for (int part = parts() - 1; part >= 0; part--) {
      a.op(VectorOp.BROADCASTSS, bits(), register(dst, part), argument);
    }
  }

  /**
   * dst += x · (the float there in all lanes); {@code temporary} is used where that takes two
   * steps.
   */
  void multiplyAddBroadcast(int dst, int x, Address factor, int temporary) {
    if (wide) {
      a.op(VectorOp.FMADD231PS, 512, dst, x, factor.broadcasting());
    } else {
      a.op(VectorOp.BROADCASTSS, 256, register(temporary, 0), factor);
      for (int part = 0; part < 2; part++) {
        a.op(
            VectorOp.FMADD231PS,
            256,
            register(dst, part),
            register(x, part),
            register(temporary, 0));
      }
    }
  }

  /** Keeps {@code count} lanes, 0 to 16, for {@link #loadTail} and {@link #storeTail}. */
  void tail(Register count, Register scratch, int maskRow) {
    if (wide) {
      a.set(scratch, -1);
      a.lowBits(scratch, scratch, count);
      a.maskFrom(TAIL, scratch);
    } else {
      byte[] masks = new byte[128];
      Arrays.fill(masks, 0, 64, (byte) -1);
      // Lane j of the row that begins 4·count bytes before the middle is set if j < count.
      a.loadAddress(scratch, a.constant(masks).plus(64));
      a.shiftLeft(count, 2);
      a.subtract(scratch, count);
      a.shiftRight(count, 2);
      load(maskRow, Address.of(scratch, 0));
    }
  }

  /** dst = the lanes of the tail, {@code fill} in the others. */
  void loadTail(int dst, Address source, float fill, int maskRow, int temporary) {
    if (wide) {
      a.masked(VectorOp.MOVUPS_LOAD, 512, dst, source, TAIL);
      if (fill != 0) {
        constant(temporary, fill);
        // dst{k} keeps the loaded lanes in the copy of the constant.
        a.merged(VectorOp.POR, temporary, dst, dst, TAIL);
        op(VectorOp.POR, dst, temporary, temporary);
      }
      return;
    }
    for (int part = 0; part < 2; part++) {
      a.op(
          VectorOp.MASKMOVPS_LOAD,
          256,
          register(dst, part),
          register(maskRow, part),
          source.plus(32 * part));
    }
    if (fill != 0) {
      constant(temporary, fill);
      blend(dst, temporary, dst, maskRow);
    }
  }

  void storeTail(int source, Address target, int maskRow) {
    if (wide) {
      a.masked(VectorOp.MOVUPS_STORE, 512, source, target, TAIL);
      return;
    }
    for (int part = 0; part < 2; part++) {
      a.op(
          VectorOp.MASKMOVPS_STORE,
          256,
          register(source, part),
          register(maskRow, part),
          target.plus(32 * part));
    }
  }

  /** dst = mask ? chosen : other (AVX2). */
  private void blend(int dst, int other, int chosen, int mask) {
    for (int part = 0; part < 2; part++) {
      a.op(
          VectorOp.BLENDVPS,
          256,
          register(dst, part),
          register(other, part),
          register(chosen, part),
          register(mask, part) << 4);
    }
  }

  /** dst = left &lt; right ? chosen : dst; {@code temporary} is overwritten. */
  void chooseIfLess(int dst, int left, int right, int chosen, int temporary) {
    choose(LESS_THAN, dst, left, right, chosen, temporary);
  }

  /** dst = left &lt; right ? dst : chosen, which is what a NaN gets too. */
  void chooseIfNotLess(int dst, int left, int right, int chosen, int temporary) {
    choose(NOT_LESS_THAN, dst, left, right, chosen, temporary);
  }

  private void choose(int predicate, int dst, int left, int right, int chosen, int temporary) {
    if (wide) {
      a.compareToMask(2, left, right, predicate);
      a.merged(VectorOp.POR, dst, chosen, chosen, 2);
      return;
    }
    for (int part = 0; part < 2; part++) {
      int mask = register(temporary, part);
      a.op(VectorOp.CMPPS, 256, mask, register(left, part), register(right, part), predicate);
      int target = register(dst, part);
      a.op(VectorOp.BLENDVPS, 256, target, target, register(chosen, part), mask << 4);
    }
  }

  /** All lanes of the row = the fold of its 16: lane[j] += lane[j + w] for w = 8, 4, 2, 1. */
  void fold(int row, int temporary) {
    reduce(VectorOp.ADDPS, row, temporary);
  }

  /** The same with another operation: lane[j] = op(lane[j], lane[j + w]). */
  void reduce(VectorOp op, int row, int temporary) {
    int result = register(row, 0);
    int part = register(temporary, 0);
    int upper = wide ? part : register(row, 1);
    if (wide) {
      a.convert(VectorOp.EXTRACT256, 512, result, upper, 1);
    }
    a.op(op, 256, result, result, upper);
    a.convert(VectorOp.EXTRACT128, 256, result, part, 1);
    a.op(op, 128, result, result, part);
    a.op(VectorOp.SHUFPS, 128, part, result, result, 0b01_00_11_10);
    a.op(op, 128, result, result, part);
    a.op(VectorOp.SHUFPS, 128, part, result, result, 0b10_11_00_01);
    a.op(op, 128, result, result, part);
    broadcastArgument(row, result);
  }

  /** Stores the first lane. */
  void storeFirst(int row, Address target) {
    a.op(VectorOp.MOVSS_STORE, 128, register(row, 0), target);
  }

  /** Stores the first lane as f16, rounded to nearest even; the row is overwritten. */
  void storeFirstHalf(int row, Address target) {
    int first = register(row, 0);
    a.convert(VectorOp.CVTPS2PH, 128, first, first, 0);
    a.convert(VectorOp.PEXTRW_STORE, 128, first, target, 0);
  }

  /** Stores the 16 lanes, integers from −128 to 127, as bytes; the row is kept. */
  void storeBytes(int row, Address target, int temporary) {
    if (wide) {
      a.op(VectorOp.PMOVDB_STORE, 512, row, target);
      return;
    }
    int words = register(temporary, 0);
    int upper = register(temporary, 1);
    // Packing works within halves of 128 bits: words are lanes 0–3, 8–11 | 4–7, 12–15.
    a.op(VectorOp.PACKSSDW, 256, words, register(row, 0), register(row, 1));
    a.convert(VectorOp.EXTRACT128, 256, words, upper, 1);
    int last = register(7, 0);
    a.op(VectorOp.PUNPCKHQDQ, 128, last, words, upper);
    a.op(VectorOp.PUNPCKLQDQ, 128, words, words, upper);
    a.op(VectorOp.PACKSSWB, 128, words, words, last);
    a.op(VectorOp.MOVUPS_STORE, 128, words, target);
  }

  /** x = e^x, as {@link ElementaryFunctions#exp}; three temporaries. */
  void exp(int x, int t1, int t2, int t3) {
    constant(t1, ElementaryFunctions.EXP_LEAST);
    op(VectorOp.MAXPS, x, t1, x); // the second operand, if one is NaN
    constant(t1, ElementaryFunctions.EXP_MOST);
    op(VectorOp.MINPS, x, t1, x);
    constant(t1, ElementaryFunctions.LOG2_E);
    op(VectorOp.FMADD213PS, t1, x, ElementaryFunctions.ROUND);
    op(VectorOp.SUBPS, t2, t1, ElementaryFunctions.ROUND);
    op(VectorOp.FMADD231PS, x, t2, -ElementaryFunctions.LN2_HIGH);
    op(VectorOp.FMADD231PS, x, t2, -ElementaryFunctions.LN2_LOW);
    integer(VectorOp.PSUBD, t1, t1, ElementaryFunctions.ROUND_BITS);
    constant(t2, ElementaryFunctions.EXP_6);
    op(VectorOp.FMADD213PS, t2, x, ElementaryFunctions.EXP_5);
    op(VectorOp.FMADD213PS, t2, x, ElementaryFunctions.EXP_4);
    op(VectorOp.FMADD213PS, t2, x, ElementaryFunctions.EXP_3);
    op(VectorOp.FMADD213PS, t2, x, ElementaryFunctions.EXP_2);
    op(VectorOp.MULPS, t3, x, x);
    op(VectorOp.FMADD213PS, t2, t3, x);
    op(VectorOp.ADDPS, t2, t2, 1f);
    shift(VectorOp.PSRAD, t3, t1, 1);
    op(VectorOp.PSUBD, t1, t1, t3);
    integer(VectorOp.PADDD, t3, t3, 127);
    shift(VectorOp.PSLLD, t3, t3, 23);
    op(VectorOp.MULPS, t2, t2, t3);
    integer(VectorOp.PADDD, t1, t1, 127);
    shift(VectorOp.PSLLD, t1, t1, 23);
    op(VectorOp.MULPS, x, t2, t1);
  }

  /** x = silu(x) = x / (1 + e^−x); four temporaries. */
  void silu(int x, int t0, int t1, int t2, int t3) {
    integer(VectorOp.PXOR, t0, x, 0x8000_0000);
    exp(t0, t1, t2, t3);
    op(VectorOp.ADDPS, t0, t0, 1f);
    op(VectorOp.DIVPS, x, x, t0);
  }

  /** x = tanh x, as {@link ElementaryFunctions#tanh}; five temporaries. */
  void tanh(int x, int t0, int t1, int t2, int t3, int t4) {
    integer(VectorOp.PAND, t0, x, 0x7FFF_FFFF);
    op(VectorOp.ADDPS, t0, t0, t0);
    exp(t0, t1, t2, t3);
    op(VectorOp.ADDPS, t0, t0, 1f);
    constant(t1, 2f);
    op(VectorOp.DIVPS, t1, t1, t0);
    constant(t0, 1f);
    op(VectorOp.SUBPS, t0, t0, t1); // large, of |x|
    integer(VectorOp.PAND, t0, t0, 0x7FFF_FFFF);
    integer(VectorOp.PAND, t1, x, 0x8000_0000);
    op(VectorOp.POR, t0, t0, t1); // large
    op(VectorOp.MULPS, t1, x, x);
    constant(t2, ElementaryFunctions.TANH_11);
    op(VectorOp.FMADD213PS, t2, t1, ElementaryFunctions.TANH_9);
    op(VectorOp.FMADD213PS, t2, t1, ElementaryFunctions.TANH_7);
    op(VectorOp.FMADD213PS, t2, t1, ElementaryFunctions.TANH_5);
    op(VectorOp.FMADD213PS, t2, t1, ElementaryFunctions.TANH_3);
    op(VectorOp.MULPS, t2, t2, t1);
    op(VectorOp.FMADD213PS, t2, x, x); // small
    integer(VectorOp.PAND, t1, x, 0x7FFF_FFFF);
    constant(t3, ElementaryFunctions.TANH_SMALL);
    chooseIfNotLess(t2, t1, t3, t0, t4);
    op(VectorOp.POR, x, t2, t2);
  }

  /** x = softplus(x), as {@link ElementaryFunctions#softplus}; rows 1 to 7 are overwritten. */
  void softplus() {
    int x = 0;
    int u = 1;
    constant(u, ElementaryFunctions.SOFTPLUS_LINEAR);
    op(VectorOp.MINPS, u, u, x); // the second operand, if one is NaN
    exp(u, 2, 3, 4);
    logOnePlus(u);
    constant(2, ElementaryFunctions.SOFTPLUS_LINEAR);
    chooseIfLess(u, 2, x, x, 3);
    op(VectorOp.POR, x, u, u);
  }

  /** Row u = log(1 + u), as {@link ElementaryFunctions#logOnePlus}. */
  private void logOnePlus(int u) {
    int w = 2;
    int lost = 3;
    int f = 4;
    int p = 5;
    int k = 6;
    int t = 7;
    op(VectorOp.ADDPS, w, u, 1f);
    op(VectorOp.SUBPS, t, w, 1f); // back
    op(VectorOp.SUBPS, lost, w, t);
    constant(p, 1f);
    op(VectorOp.SUBPS, lost, p, lost);
    op(VectorOp.SUBPS, t, u, t);
    op(VectorOp.ADDPS, lost, lost, t);
    op(VectorOp.DIVPS, lost, lost, w);
    integer(VectorOp.PSUBD, k, w, ElementaryFunctions.SQRT_HALF_BITS);
    shift(VectorOp.PSRAD, k, k, 23);
    shift(VectorOp.PSLLD, t, k, 23);
    op(VectorOp.CVTDQ2PS, k, k);
    op(VectorOp.PSUBD, f, w, t);
    op(VectorOp.SUBPS, f, f, 1f);
    constant(p, ElementaryFunctions.LOG_11);
    op(VectorOp.FMADD213PS, p, f, ElementaryFunctions.LOG_10);
    op(VectorOp.FMADD213PS, p, f, ElementaryFunctions.LOG_9);
    op(VectorOp.FMADD213PS, p, f, ElementaryFunctions.LOG_8);
    op(VectorOp.FMADD213PS, p, f, ElementaryFunctions.LOG_7);
    op(VectorOp.FMADD213PS, p, f, ElementaryFunctions.LOG_6);
    op(VectorOp.FMADD213PS, p, f, ElementaryFunctions.LOG_5);
    op(VectorOp.FMADD213PS, p, f, ElementaryFunctions.LOG_4);
    op(VectorOp.FMADD213PS, p, f, ElementaryFunctions.LOG_3);
    op(VectorOp.MULPS, t, f, f); // square
    op(VectorOp.FMADD231PS, lost, k, ElementaryFunctions.LN2_LOW); // low
    op(VectorOp.MULPS, p, p, f);
    op(VectorOp.FMADD231PS, lost, p, t);
    op(VectorOp.FMADD231PS, lost, t, -0.5f);
    op(VectorOp.ADDPS, f, f, lost);
    op(VectorOp.FMADD231PS, f, k, ElementaryFunctions.LN2_HIGH);
    op(VectorOp.POR, u, f, f);
  }
}
