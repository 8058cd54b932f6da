package dev.candor.engine.kernels;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.CodeBuffer.Condition;
import dev.candor.engine.kernels.x86.CodeBuffer.Label;
import dev.candor.engine.kernels.x86.Register;
import dev.candor.engine.kernels.x86.VectorOp;
import java.lang.foreign.FunctionDescriptor;

/**
 * Code that puts 16 rows of a matrix together to a strip (AVX2, which all processors with emitted
 * kernels have): the quants by transposing groups of four bytes, eight rows at a time. What it
 * writes is what {@link BlockFields#writeStrip} writes.
 *
 * <p>While it works on one strip it asks for the next, line by line: memory is then read as one
 * stream, although 16 rows are.
 */
class PackCode {

  /** (rows, rowBytes, strip, blocks): 16 rows from {@code rows} on. */
  static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  static final int BITS = 256;

  /** The block of row 0; rows 4, 8 and 12 have registers of their own. */
  private static final Register[] ROWS = {Register.RDI, Register.R8, Register.R9, Register.R10};

  private static final Register ROW_BYTES = Register.RSI;
  static final Register STRIP = Register.RDX;
  private static final Register BLOCKS = Register.RCX;
  private static final Register THREE_ROWS = Register.R11;
  static final Register SCRATCH = Register.RAX;

  /** Where the next strip's bytes are that are asked for. */
  private static final Register NEXT = Register.RBX;

  final Assembler a = new Assembler();
  final StripFormat format;

  PackCode(StripFormat format) {
    this.format = format;
  }

  /** Whether there is code for this format: all but the rare ones. */
  static boolean knows(StripFormat format) {
    return format.scale == StripFormat.Scale.HALF || SuperBlockPackCode.knows(format);
  }

  static byte[] code(StripFormat format) {
    PackCode code =
        SuperBlockPackCode.knows(format) ? new SuperBlockPackCode(format) : new PackCode(format);
    return code.assemble();
  }

  private byte[] assemble() {
    Label loop = new Label();
    a.push(NEXT);
    a.move(NEXT, ROW_BYTES);
    a.shiftLeft(NEXT, 4);
    a.add(NEXT, ROWS[0]);
    for (int i = 1; i < 4; i++) {
      a.loadAddress(ROWS[i], Address.of(ROWS[i - 1], ROW_BYTES, 4, 0));
    }
    a.loadAddress(THREE_ROWS, Address.of(ROW_BYTES, ROW_BYTES, 2, 0));
    a.bind(loop);
    int blockBytes = format.format.blockBytes();
    a.prefetch(2, Address.of(NEXT, 0), StripFormat.ROWS * blockBytes);
    block();
    for (Register rows : ROWS) {
      a.add(rows, blockBytes);
    }
    a.add(NEXT, StripFormat.ROWS * blockBytes);
    a.add(STRIP, (int) format.stripBytes(format.format.blockElements()));
    a.subtract(BLOCKS, 1);
    a.jumpIf(Condition.NOT_EQUAL, loop);
    a.pop(NEXT);
    a.finish();
    return a.assemble();
  }

  /** Byte {@code at} of the block of a row. */
  final Address row(int row, int at) {
    Register base = ROWS[row / 4];
    return switch (row % 4) {
      case 0 -> Address.of(base, at);
      case 1 -> Address.of(base, ROW_BYTES, 1, at);
      case 2 -> Address.of(base, ROW_BYTES, 2, at);
      default -> Address.of(base, THREE_ROWS, 1, at);
    };
  }

  /** A block of each of the 16 rows. */
  void block() {
    int halves = format.minimum == StripFormat.Minimum.HALF ? 2 : 1;
    for (int half = 0; half < halves; half++) {
      for (int row = 0; row < StripFormat.ROWS; row++) {
        int at = 2 * StripFormat.ROWS * half + 2 * row;
        a.copyShort(Address.of(STRIP, at), row(row, 2 * half), SCRATCH);
      }
    }
    int quants = 2 * halves;
    if (format.highBits == 1) {
      fifthBits(quants);
      quants += 4;
    }
    for (int eight = 0; eight < 2; eight++) {
      for (int piece = 0; piece < format.lowBits / 4; piece++) {
        transpose(8 * eight, quants + 16 * piece, format.lowAt() + 256 * piece + 32 * eight);
      }
    }
  }

  /**
   * Stores four groups of four bytes of eight rows: a group of all rows is 64 bytes behind the one
   * before.
   */
  private void transpose(int firstRow, int at, int target) {
    int first = 8;
    gather(firstRow, at, first);
    for (int group = 0; group < 4; group++) {
      if (format.lowBits == 8) {
        a.op(VectorOp.PXOR, BITS, first + group, first + group, a.splat(0x8080_8080));
      }
      a.op(VectorOp.MOVUPS_STORE, BITS, first + group, Address.of(STRIP, target + 64 * group));
    }
  }

  /**
   * Registers {@code first} … {@code first} + 3 = four bytes each, of eight rows, of the 16 at
   * {@code at}; registers 0 to 7 are overwritten.
   */
  final void gather(int firstRow, int at, int first) {
    for (int i = 0; i < 4; i++) {
      a.op(VectorOp.MOVUPS_LOAD, 128, i, row(firstRow + i, at));
      a.op(VectorOp.INSERT128, BITS, i, i, row(firstRow + i + 4, at), 1);
    }
    a.op(VectorOp.PUNPCKLDQ, BITS, 4, 0, 1);
    a.op(VectorOp.PUNPCKLDQ, BITS, 5, 2, 3);
    a.op(VectorOp.PUNPCKHDQ, BITS, 6, 0, 1);
    a.op(VectorOp.PUNPCKHDQ, BITS, 7, 2, 3);
    a.op(VectorOp.PUNPCKLQDQ, BITS, first, 4, 5);
    a.op(VectorOp.PUNPCKHQDQ, BITS, first + 1, 4, 5);
    a.op(VectorOp.PUNPCKLQDQ, BITS, first + 2, 6, 7);
    a.op(VectorOp.PUNPCKHQDQ, BITS, first + 3, 6, 7);
  }

  /** Bit 4g + c of each row's 32 becomes bit g of its byte c. */
  private void fifthBits(int at) {
    for (int eight = 0; eight < 2; eight++) {
      for (int row = 0; row < 8; row++) {
        a.copyShort(high(8 * eight + row, 0), row(8 * eight + row, at), SCRATCH);
        a.copyShort(high(8 * eight + row, 2), row(8 * eight + row, at + 2), SCRATCH);
      }
      a.op(VectorOp.MOVUPS_LOAD, BITS, 0, high(8 * eight, 0));
      // The place of a bit has five bits, g2 g1 g0 c1 c0, and becomes c1 c0 g2 g1 g0: a cycle,
      // which
      // is four exchanges of two bits of the place. Each moves half of the bits, by a distance.
      exchange(2, 4);
      exchange(0, 4);
      exchange(3, 4);
      exchange(1, 4);
      a.op(VectorOp.MOVUPS_STORE, BITS, 0, high(8 * eight, 0));
    }
  }

  private Address high(int row, int byteOfRow) {
    return Address.of(STRIP, format.highAt() + 4 * row + byteOfRow);
  }

  /** Of register 0: exchanges bits i and j, i &lt; j, of the place of every bit. */
  private void exchange(int i, int j) {
    int distance = (1 << j) - (1 << i);
    int mask = 0;
    for (int place = 0; place < 32; place++) {
      // The lower of the two places that change: bit i set, bit j not.
      if ((place >> i & 1) == 1 && (place >> j & 1) == 0) {
        mask |= 1 << place;
      }
    }
    a.shift(VectorOp.PSRLD, BITS, 1, 0, distance);
    a.op(VectorOp.PXOR, BITS, 1, 1, 0);
    a.op(VectorOp.PAND, BITS, 1, 1, a.splat(mask));
    a.op(VectorOp.PXOR, BITS, 0, 0, 1);
    a.shift(VectorOp.PSLLD, BITS, 1, 1, distance);
    a.op(VectorOp.PXOR, BITS, 0, 0, 1);
  }
}
