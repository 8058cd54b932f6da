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

/**
 * Code of the selective scan with 16 states a channel; see {@link Kernels#selectiveScan}. A
 * channel's states stay in a row of registers from the first token to the last.
 */
final class ScanCode {

  /** States of a channel. */
  static final int STATES = 16;

  /**
   * (state, a, delta, v, bc, m, d, from, to, channelBytes, tokens, bcBytes, bcStrideBytes); the
   * channels are [from, to) and at least one, as the tokens.
   */
  static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG,
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final Register STATE = Register.RDI;
  private static final Register A = Register.RSI;
  private static final Register DELTA = Register.RDX;
  private static final Register V = Register.RCX;
  private static final Register BC = Register.R8;
  private static final Register M = Register.R9;
  private static final Register D = Register.R10;
  private static final Register CHANNEL = Register.R11;
  private static final Register AT = Register.RAX;
  private static final Register BC_AT = Register.RBX;
  private static final Register LEFT = Register.RBP;
  private static final Register CHANNEL_BYTES = Register.R12;
  private static final Register BC_STRIDE = Register.R13;
  private static final Register TO = Register.R14;
  private static final Register TOKENS = Register.R15;
  private static final Register[] SAVED = {BC_AT, LEFT, CHANNEL_BYTES, BC_STRIDE, TO, TOKENS};

  private final LaneCode code;
  private final Assembler a;

  private ScanCode(Processor processor) {
    code = new LaneCode(processor);
    a = code.a;
  }

  static byte[] code(Processor processor) {
    return new ScanCode(processor).assemble();
  }

  private byte[] assemble() {
    Label channel = new Label();
    Label token = new Label();
    for (Register register : SAVED) {
      a.push(register);
    }
    a.load(D, argument(0));
    a.load(CHANNEL, argument(1));
    a.load(TO, argument(2));
    a.load(CHANNEL_BYTES, argument(3));
    a.load(TOKENS, argument(4));
    a.load(Register.RAX, argument(5));
    a.add(BC, Register.RAX);
    a.load(BC_STRIDE, argument(6));

    a.bind(channel);
    a.move(AT, CHANNEL);
    a.shiftLeft(AT, 6);
    code.load(0, Address.of(STATE, AT, 1, 0));
    code.load(1, Address.of(A, AT, 1, 0));
    a.move(AT, CHANNEL);
    a.shiftLeft(AT, 2);
    a.move(BC_AT, BC);
    a.move(LEFT, TOKENS);
    a.alignLoop();
    a.bind(token);
    token();
    a.add(AT, CHANNEL_BYTES);
    a.add(BC_AT, BC_STRIDE);
    a.subtract(LEFT, 1);
    a.jumpIf(Condition.NOT_EQUAL, token);
    a.move(AT, CHANNEL);
    a.shiftLeft(AT, 6);
    code.store(0, Address.of(STATE, AT, 1, 0));
    a.add(CHANNEL, 1);
    a.compare(CHANNEL, TO);
    a.jumpIf(Condition.LESS, channel);

    for (int i = SAVED.length - 1; i >= 0; i--) {
      a.pop(SAVED[i]);
    }
    a.finish();
    return a.assemble();
  }

  /** An argument without a register: behind the saved ones and the return address. */
  private static Address argument(int index) {
    return Address.of(Register.RSP, 8 * (SAVED.length + 1 + index));
  }

  /** Rows 0 and 1 are S and A of the channel. */
  private void token() {
    int step = 2;
    int input = 3;
    int decay = 4;
    code.broadcast(step, Address.of(DELTA, AT, 1, 0));
    code.op(VectorOp.MULPS, decay, 1, step);
    code.exp(decay, 5, 6, 7);
    code.broadcast(input, Address.of(V, AT, 1, 0));
    code.op(VectorOp.MULPS, step, step, input);
    code.op(VectorOp.MULPS, step, step, Address.of(BC_AT, 0));
    code.op(VectorOp.FMADD213PS, 0, decay, step);
    // A sum of products begins at +0, so that −0 becomes +0.
    code.zero(5);
    code.op(VectorOp.FMADD231PS, 5, 0, Address.of(BC_AT, 4 * STATES));
    code.fold(5, 6);
    code.broadcast(6, Address.of(D, CHANNEL, 4, 0));
    code.op(VectorOp.FMADD231PS, 5, 6, input);
    code.storeFirst(5, Address.of(M, AT, 1, 0));
  }
}
