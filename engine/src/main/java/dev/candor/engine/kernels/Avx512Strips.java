package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.StripCode.BLOCKS;
import static dev.candor.engine.kernels.StripCode.OUT;
import static dev.candor.engine.kernels.StripCode.OUT_BYTES;
import static dev.candor.engine.kernels.StripCode.STRIPS;
import static dev.candor.engine.kernels.StripCode.TILE;
import static dev.candor.engine.kernels.StripCode.WEIGHTS;

import dev.candor.engine.kernels.StripCode.Reading;
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
  private final StripFields fields;
  private final TileShape tile;
  private final int tokens;
  private final Reading reading;
  private int turn;

  private Avx512Strips(StripFormat shape, int tokens, Reading reading) {
    this.shape = shape;
    this.fields = new StripFields(a, shape, BITS, HEADER, TEMPORARY);
    this.tokens = tokens;
    this.reading = reading;
    this.tile = new TileShape(tokens);
  }

  /** The code for tiles of so many tokens. */
  static byte[] code(StripFormat shape, int tokens, Reading reading) {
    return new Avx512Strips(shape, tokens, reading).assemble();
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
    StripCode.prefetch(a, shape, reading);
    fields.columns(0, 0);
    fields.scales(0, SCALE);
    fields.minima(0, MINIMUM);
    for (int t = 0; t < tokens; t++) {
      if (shape.group == 32) {
        addBlock(t);
      } else {
        addHalf(t, 0);
        addHalf(t, 1);
      }
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
