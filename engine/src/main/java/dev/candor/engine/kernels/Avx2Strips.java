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
import java.util.Arrays;

/**
 * Strips × tokens with AVX2: eight rows at a time, a row in each lane; {@code vpmaddubsw}
 * multiplies bytes of the weights by a token's, pairs are added up in 16 bits as long as they
 * cannot overflow, and sums wait on the stack while there are more tokens than registers.
 */
final class Avx2Strips {

  private static final int BITS = 256;

  // Vector registers: 0 … 7 the record's columns, four each; then what eight rows share.
  private static final int SCALE = 8; // and 9, of the second half
  private static final int DOT = 10;
  private static final int PAIRS = 11;
  private static final int INPUT = 12;
  private static final int PRODUCT = 13;
  private static final int MINIMUM = 14; // and 15

  private static final Register TILE_AT = Register.RAX;
  private static final Register RECORDS = Register.RCX;
  private static final Register HEADER = Register.R10;
  private static final Register BLOCKS_LEFT = Register.R11;

  /** Where the caller's arguments are that have no register. */
  private static final Address OUT_STRIDE = Address.of(Register.RBP, 16);

  private static final Address LAST_ROWS = Address.of(Register.RBP, 24);

  private final Assembler a = new Assembler();
  private final StripFormat shape;
  private final StripFields fields;
  private final TileShape tile;
  private final int tokens;
  private final Reading reading;

  /**
   * Whether u needs all eight bits: then it is taken as the signed q, and its sign is moved to the
   * input, since two products of an unsigned byte overflow 16 bits.
   */
  private final boolean signed;

  /** Products of {@code vpmaddubsw} that fit 16 bits together: |u|·127·2 each. */
  private final int together;

  private Avx2Strips(StripFormat shape, int tokens, Reading reading) {
    this.shape = shape;
    this.fields = new StripFields(a, shape, BITS, HEADER, DOT);
    this.tokens = tokens;
    this.reading = reading;
    this.tile = new TileShape(tokens);
    this.signed = shape.offset() == 128;
    int most = shape.isTable() ? 31 : (1 << shape.lowBits + shape.highBits) - 1;
    this.together = signed ? 1 : Math.min(8, Integer.highestOneBit(32767 / (most * 254)));
  }

  /** The code for tiles of so many tokens. */
  static byte[] code(StripFormat shape, int tokens, Reading reading) {
    return new Avx2Strips(shape, tokens, reading).assemble();
  }

  private byte[] assemble() {
    Label strip = new Label();
    Label block = new Label();
    Label record = new Label();
    a.push(Register.RBP);
    a.move(Register.RBP, Register.RSP);
    a.and(Register.RSP, -64);
    a.subtract(Register.RSP, 64 * tokens);
    a.add(OUT, OUT_BYTES);
    a.bind(strip);
    a.op(VectorOp.PXOR, BITS, 0, 0, 0);
    for (int half = 0; half < 2; half++) {
      for (int t = 0; t < tokens; t++) {
        a.op(VectorOp.MOVUPS_STORE, BITS, 0, sum(half, t));
      }
    }
    a.move(TILE_AT, TILE);
    a.move(BLOCKS_LEFT, BLOCKS);
    a.bind(block);
    if (shape.headerBytes() > 0) {
      a.move(HEADER, WEIGHTS);
      a.add(WEIGHTS, shape.headerBytes());
      a.set(RECORDS, shape.recordsPerBlock());
    }
    a.bind(record);
    StripCode.prefetch(a, shape, reading);
    for (int half = 0; half < 2; half++) {
      halfRecord(half);
    }
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
    a.move(Register.RSP, Register.RBP);
    a.pop(Register.RBP);
    a.finish();
    return a.assemble();
  }

  /** Where the sums of eight rows and a token wait. */
  private Address sum(int half, int t) {
    return Address.of(Register.RSP, 64 * t + 32 * half);
  }

  private void halfRecord(int half) {
    // A signed q is u with its highest bit flipped: the offset is 128.
    fields.columns(8 * half, signed ? 0x80 : 0);
    fields.scales(8 * half, SCALE);
    fields.minima(8 * half, MINIMUM);
    int groups = 32 / shape.group;
    for (int t = 0; t < tokens; t++) {
      for (int g = 0; g < groups; g++) {
        dot(t, groups == 1 ? 0 : 1 + g);
        a.op(VectorOp.MOVUPS_LOAD, BITS, PAIRS, sum(half, t));
        addDot(t, g, groups == 1 ? 0 : 1 + g);
        a.op(VectorOp.MOVUPS_STORE, BITS, PAIRS, sum(half, t));
      }
    }
  }

  /** DOT = the dot product of the columns that share a scale. */
  private void dot(int t, int part) {
    int first = part == 2 ? 4 : 0;
    int behind = part == 1 ? 4 : 8;
    for (int g = first; g < behind; g += together) {
      int pairs = g == first ? DOT : PAIRS;
      for (int k = g; k < Math.min(behind, g + together); k++) {
        multiply(k == g ? pairs : PRODUCT, k, t);
        if (k > g) {
          a.op(VectorOp.PADDW, BITS, pairs, pairs, PRODUCT);
        }
      }
      a.op(VectorOp.PMADDWD, BITS, pairs, pairs, a.splat(0x0001_0001));
      if (g > first) {
        a.op(VectorOp.PADDD, BITS, DOT, DOT, PAIRS);
      }
    }
    if (!signed && shape.offsetLog >= 0) {
      a.op(VectorOp.PBROADCASTD, BITS, INPUT, tile.negativeSum(TILE_AT, t, part));
      a.shift(VectorOp.PSLLD, BITS, INPUT, INPUT, shape.offsetLog);
      a.op(VectorOp.PADDD, BITS, DOT, DOT, INPUT);
    }
  }

  /** PAIRS, which holds the sum, = fma(dot, scale·d, sum), and the minimum. */
  private void addDot(int t, int group, int part) {
    int sum = PAIRS;
    a.op(VectorOp.CVTDQ2PS, BITS, DOT, DOT);
    a.op(VectorOp.BROADCASTSS, BITS, INPUT, tile.scale(TILE_AT, t));
    a.op(VectorOp.MULPS, BITS, INPUT, INPUT, SCALE + group);
    a.op(VectorOp.FMADD231PS, BITS, sum, DOT, INPUT);
    if (shape.minimum != StripFormat.Minimum.NONE) {
      a.op(VectorOp.BROADCASTSS, BITS, INPUT, tile.scaledSum(TILE_AT, t, part));
      VectorOp op =
          shape.minimum == StripFormat.Minimum.HALF ? VectorOp.FMADD231PS : VectorOp.FNMADD231PS;
      a.op(op, BITS, sum, MINIMUM + group, INPUT);
    }
  }

  /** Pairs of 16 bits = u·input of four columns. */
  private void multiply(int pairs, int g, int t) {
    a.op(VectorOp.PBROADCASTD, BITS, INPUT, tile.quants(TILE_AT, t, g));
    if (signed) {
      a.op(VectorOp.PSIGNB, BITS, INPUT, INPUT, g);
      a.op(VectorOp.PABSB, BITS, pairs, g);
      a.op(VectorOp.PMADDUBSW, BITS, pairs, pairs, INPUT);
    } else {
      a.op(VectorOp.PMADDUBSW, BITS, pairs, g, INPUT);
    }
  }

  private void store() {
    byte[] masks = new byte[128];
    Arrays.fill(masks, 0, 64, (byte) -1);
    a.set(Register.RAX, StripFormat.ROWS);
    a.compare(STRIPS, 1);
    a.load(Register.RCX, LAST_ROWS);
    a.moveIf(Condition.NOT_EQUAL, Register.RCX, Register.RAX);
    a.shiftLeft(Register.RCX, 2);
    // Lane j of the 64 bytes that begin 4·rows before the middle is set if j < rows.
    a.loadAddress(HEADER, a.constant(masks).plus(64));
    a.subtract(HEADER, Register.RCX);
    a.load(Register.RCX, OUT_STRIDE);
    for (int half = 0; half < 2; half++) {
      a.op(VectorOp.MOVUPS_LOAD, BITS, 1, Address.of(HEADER, 32 * half));
      a.move(Register.RAX, OUT);
      for (int t = 0; t < tokens; t++) {
        a.op(VectorOp.MOVUPS_LOAD, BITS, 0, sum(half, t));
        a.op(VectorOp.MASKMOVPS_STORE, BITS, 0, 1, Address.of(Register.RAX, 32 * half));
        a.add(Register.RAX, Register.RCX);
      }
    }
  }
}
