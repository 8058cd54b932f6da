package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.StripCode.WEIGHTS;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.Register;
import dev.candor.engine.kernels.x86.VectorOp;

/**
 * Code that takes apart the record of a strip, for as many rows as a vector has lanes of 32 bits:
 * the quants u in registers 0 … 7, four columns each, and the rows' scales and minima.
 */
final class StripFields {

  private final Assembler a;
  private final StripFormat format;
  private final int bits;
  private final Register header;
  private final int temporary;

  /**
   * @param bits of a vector: 512 for all rows of a strip, 256 for half of them
   * @param header points at the block's header
   * @param temporary this register and the next are overwritten
   */
  StripFields(Assembler a, StripFormat format, int bits, Register header, int temporary) {
    this.a = a;
    this.format = format;
    this.bits = bits;
    this.header = header;
    this.temporary = temporary;
  }

  /**
   * Registers 0 … 7 = u of the rows from {@code firstRow} on.
   *
   * @param flipped what is exclusively ored to each byte
   */
  void columns(int firstRow, int flipped) {
    Address low = Address.of(WEIGHTS, format.lowAt() + 4 * firstRow);
    if (format.lowBits == 8) {
      for (int g = 0; g < 8; g++) {
        a.op(VectorOp.MOVUPS_LOAD, bits, g, low.plus(64 * g));
        if (flipped != 0) {
          a.op(VectorOp.PXOR, bits, g, g, a.splat(flipped * 0x0101_0101));
        }
      }
      return;
    }
    Address nibble = a.splat(0x0F0F_0F0F);
    for (int p = 0; p < 4; p++) {
      a.op(VectorOp.MOVUPS_LOAD, bits, p + 4, low.plus(64 * p));
      a.op(VectorOp.PAND, bits, p, p + 4, nibble);
      a.shift(VectorOp.PSRLW, bits, p + 4, p + 4, 4);
      a.op(VectorOp.PAND, bits, p + 4, p + 4, nibble);
    }
    if (format.isTable()) {
      lookUp(flipped);
    }
    highBits(firstRow);
  }

  private void lookUp(int flipped) {
    byte[] table = format.table();
    for (int j = 0; j < table.length; j++) {
      table[j] ^= (byte) flipped;
    }
    a.op(VectorOp.MOVUPS_LOAD, bits, temporary, a.constant(table));
    for (int g = 0; g < 8; g++) {
      a.op(VectorOp.PSHUFB, bits, g, temporary, g);
    }
  }

  private void highBits(int firstRow) {
    int width = format.highBits;
    if (width == 0) {
      return;
    }
    int part = temporary + 1;
    Address high = Address.of(WEIGHTS, format.highAt() + 4 * firstRow);
    Address mask = a.splat(width == 1 ? 0x1010_1010 : 0x3030_3030);
    int perVector = 8 / width;
    for (int g = 0; g < 8; g++) {
      if (g % perVector == 0) {
        a.op(VectorOp.MOVUPS_LOAD, bits, temporary, high.plus(64 * (g / perVector)));
      }
      int shift = width * (g % perVector) - 4;
      int shifted = part;
      if (shift < 0) {
        a.shift(VectorOp.PSLLW, bits, part, temporary, -shift);
      } else if (shift > 0) {
        a.shift(VectorOp.PSRLW, bits, part, temporary, shift);
      } else {
        shifted = temporary;
      }
      a.op(VectorOp.PAND, bits, part, shifted, mask);
      a.op(VectorOp.POR, bits, g, g, part);
    }
  }

  /** Register {@code scale}, and the next where 16 columns share a scale = scales of the rows. */
  void scales(int firstRow, int scale) {
    switch (format.scale) {
      case HALF -> a.op(VectorOp.CVTPH2PS, bits, scale, Address.of(WEIGHTS, 2 * firstRow));
      case EXPONENT -> exponent(firstRow, scale);
      case PRODUCT -> products(scale, VectorOp.PMOVZXBD, 0, firstRow, 0);
      case SIGNED_PRODUCT -> products(scale, VectorOp.PMOVSXBD, 0, firstRow, 0);
    }
  }

  /**
   * 2^(e − 128): the exponent field of a float32 is e − 1; the two least are subnormal, 2^−128 =
   * 0x0020_0000 and 2^−127 = 0x0040_0000, which is (e + 1)·2^21. Of the two as integers the right
   * one is the greater.
   */
  private void exponent(int firstRow, int scale) {
    a.op(VectorOp.PMOVZXBD, bits, temporary, Address.of(WEIGHTS, firstRow));
    a.op(VectorOp.PSUBD, bits, scale, temporary, a.splat(1));
    a.shift(VectorOp.PSLLD, bits, scale, scale, 23);
    a.op(VectorOp.PADDD, bits, temporary, temporary, a.splat(1));
    a.shift(VectorOp.PSLLD, bits, temporary, temporary, 21);
    a.op(VectorOp.PMAXSD, bits, scale, scale, temporary);
  }

  /** Register {@code minimum}, and the next where there are two = minima of the rows, if any. */
  void minima(int firstRow, int minimum) {
    int at = format.minimumAt();
    switch (format.minimum) {
      case NONE -> {}
      case HALF -> a.op(VectorOp.CVTPH2PS, bits, minimum, Address.of(WEIGHTS, at + 2 * firstRow));
      case PRODUCT -> products(minimum, VectorOp.PMOVZXBD, at, firstRow, 2 * StripFormat.ROWS);
    }
  }

  /** register + g = (f16 of the header) · (byte of the record), for each group of columns. */
  private void products(int register, VectorOp widen, int at, int firstRow, int headerAt) {
    for (int g = 0; g < StripFormat.COLUMNS / format.group; g++) {
      a.op(widen, bits, temporary, Address.of(WEIGHTS, at + 16 * g + firstRow));
      a.op(VectorOp.CVTDQ2PS, bits, temporary, temporary);
      a.op(VectorOp.CVTPH2PS, bits, register + g, Address.of(header, headerAt + 2 * firstRow));
      a.op(VectorOp.MULPS, bits, register + g, register + g, temporary);
    }
  }
}
