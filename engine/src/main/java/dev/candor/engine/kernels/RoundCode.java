package dev.candor.engine.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.CodeBuffer.Condition;
import dev.candor.engine.kernels.x86.CodeBuffer.Label;
import dev.candor.engine.kernels.x86.Processor;
import dev.candor.engine.kernels.x86.Register;
import dev.candor.engine.kernels.x86.VectorOp;
import java.lang.foreign.FunctionDescriptor;

/** Code that rounds one token's activations to 8 bits; see {@link Inputs}. */
final class RoundCode {

  /** (x, xBytes, tile, tokens of the tile, token, blocks). */
  static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final Register X = Register.RDI;
  private static final Register QUANTS = Register.RDX;
  private static final Register TOKENS = Register.RCX;
  private static final Register TOKEN = Register.R8;
  private static final Register BLOCKS = Register.R9;

  /** Where the token's entries in the block's arrays are, the arrays one {@link #ARRAY} apart. */
  private static final Register ENTRIES = Register.R10;

  private static final Register ARRAY = Register.R11;
  private static final Register RECORD = Register.RSI;

  private final LaneCode code;
  private final Assembler a;

  private RoundCode(Processor processor) {
    code = new LaneCode(processor);
    a = code.a;
  }

  static byte[] code(Processor processor) {
    return new RoundCode(processor).assemble();
  }

  private byte[] assemble() {
    Label loop = new Label();
    a.add(X, Register.RSI);
    a.move(ENTRIES, TOKENS);
    a.shiftLeft(ENTRIES, 5);
    a.add(ENTRIES, QUANTS);
    a.move(Register.RAX, TOKEN);
    a.shiftLeft(Register.RAX, 2);
    a.add(ENTRIES, Register.RAX);
    a.move(Register.RAX, TOKEN);
    a.shiftLeft(Register.RAX, 5);
    a.add(QUANTS, Register.RAX);
    a.move(ARRAY, TOKENS);
    a.shiftLeft(ARRAY, 2);
    a.move(RECORD, TOKENS);
    a.shiftLeft(RECORD, 6);
    a.bind(loop);
    block();
    a.add(X, 128);
    a.add(QUANTS, RECORD);
    a.add(ENTRIES, RECORD);
    a.subtract(BLOCKS, 1);
    a.jumpIf(Condition.NOT_EQUAL, loop);
    a.finish();
    return a.assemble();
  }

  private void block() {
    int lower = 0;
    int upper = 1;
    int both = 2;
    int d = 3;
    int temporary = 5;
    roundBlock(code, X);
    code.storeBytes(lower, Address.of(QUANTS, 0), temporary);
    code.storeBytes(upper, Address.of(QUANTS, 16), temporary);
    code.reduce(VectorOp.PADDD, lower, temporary);
    code.reduce(VectorOp.PADDD, upper, temporary);
    code.op(VectorOp.PADDD, both, lower, upper);

    a.move(Register.RAX, ENTRIES);
    code.storeFirst(d, Address.of(Register.RAX, 0));
    for (int sum : new int[] {both, lower, upper}) {
      code.zero(temporary);
      code.op(VectorOp.PSUBD, temporary, temporary, sum);
      a.add(Register.RAX, ARRAY);
      code.storeFirst(temporary, Address.of(Register.RAX, 0));
    }
    for (int sum : new int[] {both, lower, upper}) {
      code.op(VectorOp.CVTDQ2PS, temporary, sum);
      code.op(VectorOp.MULPS, temporary, temporary, d);
      a.add(Register.RAX, ARRAY);
      code.storeFirst(temporary, Address.of(Register.RAX, 0));
    }
  }

  /**
   * Rows 0 and 1 = the quants of the 32 floats at x, as integers, row 3 = their d; the other rows
   * up to 7 are overwritten.
   */
  static void roundBlock(LaneCode code, Register x) {
    int lower = 0;
    int upper = 1;
    int largest = 2;
    int d = 3;
    int inverse = 4;
    int temporary = 5;
    int other = 6;
    code.load(lower, Address.of(x, 0));
    code.load(upper, Address.of(x, 64));
    code.integer(VectorOp.PAND, largest, lower, 0x7FFF_FFFF);
    code.integer(VectorOp.PAND, temporary, upper, 0x7FFF_FFFF);
    // As integers, so that a NaN is greater than an infinity, and that than any number.
    code.op(VectorOp.PMAXUD, largest, largest, temporary);
    code.reduce(VectorOp.PMAXUD, largest, temporary);

    code.constant(temporary, 127f);
    code.op(VectorOp.DIVPS, d, largest, temporary);
    code.op(VectorOp.DIVPS, inverse, temporary, largest);
    code.zero(other);
    code.constant(temporary, Inputs.LEAST);
    code.chooseIfLess(d, largest, temporary, other, 7);
    code.chooseIfLess(inverse, largest, temporary, other, 7);
    code.constant(temporary, Float.POSITIVE_INFINITY);
    code.chooseIfNotLess(inverse, largest, temporary, other, 7);
    code.chooseIfNotLess(lower, largest, temporary, other, 7);
    code.chooseIfNotLess(upper, largest, temporary, other, 7);
    code.constant(other, Float.NaN);
    code.chooseIfNotLess(d, largest, temporary, other, 7);

    for (int row : new int[] {lower, upper}) {
      code.op(VectorOp.MULPS, row, row, inverse);
      code.op(VectorOp.ADDPS, row, row, ElementaryFunctions.ROUND);
      code.integer(VectorOp.PSUBD, row, row, ElementaryFunctions.ROUND_BITS);
    }
  }
}
