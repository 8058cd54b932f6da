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

/** Code of {@link GradientKernels#gateGradient}, in the order of operations of the definition. */
final class GateGradientCode {

  /**
   * (gate, gateBytes, up, upBytes, outGradient, outGradientBytes, gateGradient, gateGradientBytes,
   * upGradient, upGradientBytes, groups, lanes): so many groups of 16, and so many lanes of
   * another.
   */
  static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
          JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final Register GATE = Register.RDI;
  private static final Register UP = Register.RDX;
  private static final Register OUT_GRADIENT = Register.R8;
  private static final Register GATE_GRADIENT = Register.R10;
  private static final Register UP_GRADIENT = Register.R11;
  private static final Register GROUPS = Register.RCX;
  private static final Register LANES = Register.R9;
  private static final Register AT = Register.RAX;
  private static final Register SCRATCH = Register.RSI;

  private static final int MASK = 7;

  private final LaneCode code;
  private final Assembler a;
  private final Activation activation;

  private GateGradientCode(Processor processor, Activation activation) {
    this.code = new LaneCode(processor);
    this.a = code.a;
    this.activation = activation;
  }

  static byte[] code(Processor processor, Activation activation) {
    return new GateGradientCode(processor, activation).assemble();
  }

  private byte[] assemble() {
    a.add(GATE, Register.RSI);
    a.add(UP, Register.RCX);
    a.add(OUT_GRADIENT, Register.R9);
    a.load(GATE_GRADIENT, argument(0));
    a.load(SCRATCH, argument(1));
    a.add(GATE_GRADIENT, SCRATCH);
    a.load(UP_GRADIENT, argument(2));
    a.load(SCRATCH, argument(3));
    a.add(UP_GRADIENT, SCRATCH);
    a.load(GROUPS, argument(4));
    a.load(LANES, argument(5));
    Label group = new Label();
    Label rest = new Label();
    Label end = new Label();
    a.set(AT, 0);
    a.compare(GROUPS, 0);
    a.jumpIf(Condition.EQUAL, rest);
    a.alignLoop();
    a.bind(group);
    group(false);
    a.add(AT, 64);
    a.subtract(GROUPS, 1);
    a.jumpIf(Condition.NOT_EQUAL, group);
    a.bind(rest);
    a.compare(LANES, 0);
    a.jumpIf(Condition.EQUAL, end);
    code.tail(LANES, SCRATCH, MASK);
    group(true);
    a.bind(end);
    a.finish();
    return a.assemble();
  }

  private static Address argument(int index) {
    return Address.of(Register.RSP, 8 * (1 + index));
  }

  private void load(int row, Register from, boolean tail) {
    Address at = Address.of(from, AT, 1, 0);
    if (tail) {
      code.loadTail(row, at, 0, MASK, MASK);
    } else {
      code.load(row, at);
    }
  }

  private void store(int row, Register to, boolean tail) {
    Address at = Address.of(to, AT, 1, 0);
    if (tail) {
      code.storeTail(row, at, MASK);
    } else {
      code.store(row, at);
    }
  }

  private void group(boolean tail) {
    int value = 0;
    int slope = 3;
    int up = 4;
    int gradient = 5;
    load(value, GATE, tail);
    if (activation == Activation.SILU) {
      silu();
    } else {
      gelu();
    }
    // All is read before anything is written: gradients may lie where gate and up do.
    load(gradient, OUT_GRADIENT, tail);
    load(up, UP, tail);
    code.op(VectorOp.MULPS, value, gradient, value);
    code.op(VectorOp.MULPS, up, gradient, up);
    code.op(VectorOp.MULPS, up, up, slope);
    store(value, UP_GRADIENT, tail);
    store(up, GATE_GRADIENT, tail);
  }

  /** Row 0, x, becomes the value, row 3 the slope. */
  private void silu() {
    int sigmoid = 1;
    int slope = 3;
    code.integer(VectorOp.PXOR, sigmoid, 0, 0x8000_0000);
    code.exp(sigmoid, 2, 3, 4);
    code.op(VectorOp.ADDPS, sigmoid, sigmoid, 1f);
    code.constant(2, 1f);
    code.op(VectorOp.DIVPS, sigmoid, 2, sigmoid);
    code.op(VectorOp.MULPS, 0, 0, sigmoid);
    code.op(VectorOp.SUBPS, slope, 2, sigmoid);
    code.op(VectorOp.FMADD213PS, slope, 0, sigmoid);
  }

  /** Row 0, x, becomes the value, row 3 the slope. */
  private void gelu() {
    int tanh = 1;
    int slope = 3;
    int inner = 4;
    cubic(tanh);
    code.op(VectorOp.FMADD213PS, tanh, 0, 0);
    code.op(VectorOp.MULPS, tanh, tanh, ElementaryFunctions.SQRT_2_OVER_PI);
    code.tanh(tanh, 2, 3, 4, 5, 6);
    code.op(VectorOp.MULPS, 2, tanh, tanh);
    code.constant(slope, 1f);
    code.op(VectorOp.SUBPS, 2, slope, 2);
    code.op(VectorOp.MULPS, slope, 0, 0.5f);
    code.op(VectorOp.MULPS, slope, slope, 2);
    int half = tanh;
    code.op(VectorOp.ADDPS, half, tanh, 1f);
    code.op(VectorOp.MULPS, half, half, 0.5f);
    cubic(2);
    code.constant(inner, 3f);
    code.op(VectorOp.FMADD213PS, inner, 2, 1f);
    code.op(VectorOp.MULPS, inner, inner, ElementaryFunctions.SQRT_2_OVER_PI);
    code.op(VectorOp.FMADD213PS, slope, inner, half);
    code.op(VectorOp.MULPS, 0, 0, half);
  }

  /** Row = 0.044715·x². */
  private void cubic(int row) {
    code.op(VectorOp.MULPS, row, 0, 0);
    code.op(VectorOp.MULPS, row, row, ElementaryFunctions.GELU_CUBIC);
  }
}
