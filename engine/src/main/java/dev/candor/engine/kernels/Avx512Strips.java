package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.StripCode.BLOCKS;
import static dev.candor.engine.kernels.StripCode.OUT;
import static dev.candor.engine.kernels.StripCode.OUT_BYTES;
import static dev.candor.engine.kernels.StripCode.STRIPS;
import static dev.candor.engine.kernels.StripCode.TILE;
import static dev.candor.engine.kernels.StripCode.WEIGHTS;

import dev.candor.engine.kernels.StripCode.TileShape;
import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.CodeBuffer.Condition;
import dev.candor.engine.kernels.x86.CodeBuffer.Label;
import dev.candor.engine.kernels.x86.Register;
import dev.candor.engine.kernels.x86.VectorOp;

/**
 * Strips × tokens with AVX-512 VNNI: a row in each of 16 lanes; the 32 columns of a record in eight
 * registers, of which {@code vpdpbusd} multiplies four columns at a time by a token's four bytes.
 */
final class Avx512Strips {

  private static final int BITS = 512;

  // Vector registers: 0 … 7 the record's columns, four each; then what the record's rows share.
  private static final int SCALE = 8; // and 9, of the second half
  private static final int MINIMUM = 10; // and 11
  private static final int TEMPORARY = 12; // … 15, in turn
  private static final int SUMS = 16; // … 31, one for each token

  private static final Register TILE_AT = Register.RAX;
  private static final Register RECORDS = Register.RCX;
  private static final Register HEADER = Register.R10;
  private static final Register BLOCKS_LEFT = Register.R11;
  private static final int ROWS_MASK = 1;

  private final Assembler a = new Assembler();
  private final StripFormat shape;
  private final TileShape tile;
  private final int tokens;
  private int turn;

  private Avx512Strips(StripFormat shape, int tokens) {
    this.shape = shape;
    this.tokens = tokens;
    this.tile = new TileShape(tokens);
  }

  /** The code for tiles of so many tokens. */
  static byte[] code(StripFormat shape, int tokens) {
    return new Avx512Strips(shape, tokens).assemble();
  }

  private byte[] assemble() {
    Label strip = new Label();
    Label block = new Label();
    Label record = new Label();
    a.add(OUT, OUT_BYTES);
    a.bind(strip);
    maskRows();
    for (int t = 0; t < tokens; t++) {
      a.op(VectorOp.PXOR, 256, SUMS + t, SUMS + t, SUMS + t);
    }
    a.move(TILE_AT, TILE);
    a.move(BLOCKS_LEFT, BLOCKS);
    a.alignLoop();
    a.bind(block);
    if (shape.headerBytes() > 0) {
      a.move(HEADER, WEIGHTS);
      a.add(WEIGHTS, shape.headerBytes());
      a.set(RECORDS, shape.recordsPerBlock());
    }
    a.bind(record);
    record();
    a.add(WEIGHTS, shape.recordBytes());
    a.add(TILE_AT, tile.recordBytes());
    if (shape.headerBytes() > 0) {
      a.subtract(RECORDS, 1);
      a.jumpIf(Condition.NOT_EQUAL, record);
    }
    a.subtract(BLOCKS_LEFT, 1);
    a.jumpIf(Condition.NOT_EQUAL, block);
    store();
    a.add(OUT, 64);
    a.subtract(STRIPS, 1);
    a.jumpIf(Condition.NOT_EQUAL, strip);
    a.finish();
    return a.assemble();
  }

  /** k1 = the rows to store: all, but of the last strip so many as the caller said. */
  private void maskRows() {
    a.set(Register.RAX, StripFormat.ROWS);
    a.compare(STRIPS, 1);
    a.load(Register.RCX, Address.of(Register.RSP, 16));
    a.moveIf(Condition.NOT_EQUAL, Register.RCX, Register.RAX);
    a.set(Register.RAX, -1);
    a.lowBits(Register.RAX, Register.RAX, Register.RCX);
    a.maskFrom(ROWS_MASK, Register.RAX);
  }

  private void record() {
    if (tokens == 1) {
      StripCode.prefetch(a, shape);
    }
    columns();
    scales();
    minima();
    for (int t = 0; t < tokens; t++) {
      if (shape.group == 32) {
        addBlock(t);
      } else {
        addHalf(t, 0);
        addHalf(t, 1);
      }
    }
  }

  /** Registers 0 … 7 = u of the record. */
  private void columns() {
    Address low = Address.of(WEIGHTS, shape.lowAt());
    if (shape.lowBits == 8) {
      for (int g = 0; g < 8; g++) {
        a.op(VectorOp.MOVUPS_LOAD, BITS, g, low.plus(64 * g));
      }
      return;
    }
    Address nibble = a.splat(0x0F0F0F0F);
    a.op(VectorOp.MOVUPS_LOAD, BITS, TEMPORARY, nibble);
    for (int p = 0; p < 4; p++) {
      a.op(VectorOp.MOVUPS_LOAD, BITS, p + 4, low.plus(64 * p));
      a.op(VectorOp.PAND, BITS, p, p + 4, TEMPORARY);
      a.shift(VectorOp.PSRLW, BITS, p + 4, p + 4, 4);
      a.op(VectorOp.PAND, BITS, p + 4, p + 4, TEMPORARY);
    }
    if (shape.isTable()) {
      a.op(VectorOp.MOVUPS_LOAD, BITS, TEMPORARY, a.constant(shape.table()));
      for (int g = 0; g < 8; g++) {
        a.op(VectorOp.PSHUFB, BITS, g, TEMPORARY, g);
      }
    }
    highBits();
  }

  private void highBits() {
    Address high = Address.of(WEIGHTS, shape.highAt());
    int bits = shape.highBits;
    if (bits == 0) {
      return;
    }
    int source = TEMPORARY + 1;
    int mask = TEMPORARY + 2;
    int part = TEMPORARY + 3;
    a.op(VectorOp.MOVUPS_LOAD, BITS, mask, a.splat(bits == 1 ? 0x10101010 : 0x30303030));
    int perVector = 8 / bits;
    for (int g = 0; g < 8; g++) {
      if (g % perVector == 0) {
        a.op(VectorOp.MOVUPS_LOAD, BITS, source, high.plus(64 * (g / perVector)));
      }
      int shift = bits * (g % perVector) - 4;
      int shifted = part;
      if (shift < 0) {
        a.shift(VectorOp.PSLLW, BITS, part, source, -shift);
      } else if (shift > 0) {
        a.shift(VectorOp.PSRLW, BITS, part, source, shift);
      } else {
        shifted = source;
      }
      a.op(VectorOp.PAND, BITS, part, shifted, mask);
      a.op(VectorOp.POR, BITS, g, g, part);
    }
  }

  private void scales() {
    switch (shape.scale) {
      case HALF -> a.op(VectorOp.CVTPH2PS, BITS, SCALE, Address.of(WEIGHTS, 0));
      case EXPONENT -> exponent();
      case PRODUCT -> products(SCALE, VectorOp.PMOVZXBD, 0, Address.of(HEADER, 0));
      case SIGNED_PRODUCT -> products(SCALE, VectorOp.PMOVSXBD, 0, Address.of(HEADER, 0));
    }
  }

  /** 2^(e − 128): the exponent field of a float32 is e − 1; the two least are subnormal. */
  private void exponent() {
    int e = TEMPORARY;
    int shift = TEMPORARY + 1;
    a.op(VectorOp.PMOVZXBD, BITS, e, Address.of(WEIGHTS, 0));
    a.op(VectorOp.PSUBD, BITS, SCALE, e, a.splat(1));
    a.shift(VectorOp.PSLLD, BITS, SCALE, SCALE, 23);
    // e = 0: 2^−128 = 0x0020_0000, e = 1: 2^−127 = 0x0040_0000.
    a.op(VectorOp.PADDD, BITS, shift, e, a.splat(1));
    a.shift(VectorOp.PSLLD, BITS, shift, shift, 21);
    a.op(VectorOp.CVTDQ2PS, BITS, e, e);
    a.op(VectorOp.MOVUPS_LOAD, BITS, TEMPORARY + 2, a.splat(1.5f));
    a.compareToMask(2, e, TEMPORARY + 2, 1); // less than
    a.merged(VectorOp.POR, SCALE, shift, shift, 2);
  }

  /** register + g = (f16 of the header) · (byte of the record), for each group. */
  private void products(int register, VectorOp widen, int at, Address header) {
    int groups = 32 / shape.group;
    for (int g = 0; g < groups; g++) {
      a.op(widen, BITS, TEMPORARY, Address.of(WEIGHTS, at + 16 * g));
      a.op(VectorOp.CVTDQ2PS, BITS, TEMPORARY, TEMPORARY);
      a.op(VectorOp.CVTPH2PS, BITS, register + g, header);
      a.op(VectorOp.MULPS, BITS, register + g, register + g, TEMPORARY);
    }
  }

  private void minima() {
    switch (shape.minimum) {
      case NONE -> {}
      case HALF -> a.op(VectorOp.CVTPH2PS, BITS, MINIMUM, Address.of(WEIGHTS, shape.minimumAt()));
      case PRODUCT ->
          products(MINIMUM, VectorOp.PMOVZXBD, shape.minimumAt(), Address.of(HEADER, 32));
    }
  }

  private int temporary() {
    turn = (turn + 1) % 4;
    return TEMPORARY + turn;
  }

  /** sum += Σ u·q of the record, all 32 columns under one scale. */
  private void addBlock(int t) {
    int dot = temporary();
    begin(dot, t, 0);
    if (tokens <= 2) {
      // Two chains: eight dependent products would take longer than their record from memory.
      int second = temporary();
      a.op(VectorOp.PXOR, 256, second, second, second);
      for (int g = 0; g < 8; g += 2) {
        multiply(dot, g, t);
        multiply(second, g + 1, t);
      }
      a.op(VectorOp.PADDD, BITS, dot, dot, second);
    } else {
      for (int g = 0; g < 8; g++) {
        multiply(dot, g, t);
      }
    }
    scaled(dot, SCALE, t);
    addMinimum(MINIMUM, t, 0);
  }

  /** The same of 16 columns with a scale of their own. */
  private void addHalf(int t, int half) {
    int dot = temporary();
    begin(dot, t, 1 + half);
    for (int g = 4 * half; g < 4 * half + 4; g++) {
      multiply(dot, g, t);
    }
    scaled(dot, SCALE + half, t);
    addMinimum(MINIMUM + half, t, 1 + half);
  }

  /** dot = −offset·Σq: what u has too much. */
  private void begin(int dot, int t, int part) {
    if (shape.offsetLog < 0) {
      a.op(VectorOp.PXOR, 256, dot, dot, dot);
    } else {
      a.shift(
          VectorOp.PSLLD,
          BITS,
          dot,
          tile.negativeSum(TILE_AT, t, part).broadcasting(),
          shape.offsetLog);
    }
  }

  private void multiply(int dot, int g, int t) {
    a.op(VectorOp.PDPBUSD, BITS, dot, g, tile.quants(TILE_AT, t, g).broadcasting());
  }

  /** sum = fma(dot, scale·d, sum). */
  private void scaled(int dot, int scale, int t) {
    int factor = temporary();
    a.op(VectorOp.CVTDQ2PS, BITS, dot, dot);
    a.op(VectorOp.MULPS, BITS, factor, scale, tile.scale(TILE_AT, t).broadcasting());
    a.op(VectorOp.FMADD231PS, BITS, SUMS + t, dot, factor);
  }

  private void addMinimum(int minimum, int t, int part) {
    switch (shape.minimum) {
      case NONE -> {}
      case HALF ->
          a.op(
              VectorOp.FMADD231PS,
              BITS,
              SUMS + t,
              minimum,
              tile.scaledSum(TILE_AT, t, part).broadcasting());
      case PRODUCT ->
          a.op(
              VectorOp.FNMADD231PS,
              BITS,
              SUMS + t,
              minimum,
              tile.scaledSum(TILE_AT, t, part).broadcasting());
    }
  }

  private void store() {
    if (tokens > 1) {
      a.load(Register.RCX, Address.of(Register.RSP, 8));
      a.move(Register.RAX, OUT);
    }
    for (int t = 0; t < tokens; t++) {
      Register at = tokens > 1 ? Register.RAX : OUT;
      a.masked(VectorOp.MOVUPS_STORE, BITS, SUMS + t, Address.of(at, 0), ROWS_MASK);
      if (t + 1 < tokens) {
        a.add(at, Register.RCX);
      }
    }
  }
}
