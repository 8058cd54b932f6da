package dev.candor.engine.kernels;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
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
 * Code of the element-wise functions and norms of {@link Kernels}, in the order of operations that
 * the contract fixes. Lengths are counted in groups of 16 floats; offsets are in bytes.
 */
final class RowFunctions {

  /**
   * (x, xBytes, y, yBytes, z, zBytes, bias, groups, first, second) for all of them, so that one
   * handle calls them: each handle costs milliseconds when a process starts. Who needs fewer arrays
   * gets one of them again.
   */
  static final FunctionDescriptor TYPE =
      FunctionDescriptor.ofVoid(
          ADDRESS,
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          ADDRESS,
          JAVA_LONG,
          JAVA_FLOAT,
          JAVA_FLOAT);

  private static final Register X = Register.RDI;
  private static final Register Y = Register.RDX;
  private static final Register Z = Register.R8;

  /** What softmax takes in the place of an offset: how many elements are behind the last group. */
  private static final Register TAIL = Register.RCX;

  private static final Register BIAS = Register.RCX;
  private static final Register GROUPS = Register.R11;
  private static final Register SCRATCH = Register.R9;
  private static final Register AT = Register.RAX;
  private static final Register LEFT = Register.R10;

  // Arguments without a register.
  private static final Address BIAS_ON_STACK = Address.of(Register.RSP, 8);
  private static final Address GROUPS_ON_STACK = Address.of(Register.RSP, 16);

  private final LaneCode code;
  private final Assembler a;

  private RowFunctions(Processor processor) {
    code = new LaneCode(processor);
    a = code.a;
    a.load(GROUPS, GROUPS_ON_STACK);
    a.add(X, Register.RSI);
    a.add(Y, Register.RCX);
    a.add(Z, Register.R9);
  }

  /** What a loop does with the 16 elements at byte offset {@link #AT}. */
  private interface Body {
    void emit();
  }

  /** Runs the body for each group; none is fine. */
  private void forGroups(Body body) {
    Label loop = new Label();
    Label end = new Label();
    a.set(AT, 0);
    a.move(LEFT, GROUPS);
    a.compare(LEFT, 0);
    a.jumpIf(Condition.EQUAL, end);
    a.alignLoop();
    a.bind(loop);
    body.emit();
    a.add(AT, 64);
    a.subtract(LEFT, 1);
    a.jumpIf(Condition.NOT_EQUAL, loop);
    a.bind(end);
  }

  private static Address at(Register base) {
    return Address.of(base, AT, 1, 0);
  }

  private byte[] finish() {
    a.finish();
    return a.assemble();
  }

  static byte[] rmsNorm(Processor processor) {
    return new RowFunctions(processor).rmsNorm();
  }

  private byte[] rmsNorm() {
    int epsilon = 7;
    int n = 6;
    code.broadcastArgument(epsilon, 0);
    code.broadcastArgument(n, 1);
    code.zero(0);
    forGroups(() -> {
      code.load(1, at(X));
      code.op(VectorOp.FMADD231PS, 0, 1, 1);
    });
    inverseRoot(0, n, epsilon, 1);
    forGroups(() -> {
      code.load(1, at(X));
      code.op(VectorOp.MULPS, 1, 1, 0);
      code.op(VectorOp.MULPS, 1, 1, at(Y));
      code.store(1, at(Z));
    });
    return finish();
  }

  /** row = 1 / √(fold of row / n + epsilon) in all lanes. */
  private void inverseRoot(int row, int n, int epsilon, int temporary) {
    code.fold(row, temporary);
    code.op(VectorOp.DIVPS, row, row, n);
    code.op(VectorOp.ADDPS, row, row, epsilon);
    code.op(VectorOp.SQRTPS, row, row);
    code.constant(temporary, 1f);
    code.op(VectorOp.DIVPS, row, temporary, row);
  }

  static byte[] layerNorm(Processor processor) {
    return new RowFunctions(processor).layerNorm();
  }

  private byte[] layerNorm() {
    int epsilon = 7;
    int n = 6;
    int mean = 5;
    code.broadcastArgument(epsilon, 0);
    code.broadcastArgument(n, 1);
    a.load(BIAS, BIAS_ON_STACK);
    code.zero(mean);
    forGroups(() -> code.op(VectorOp.ADDPS, mean, mean, at(X)));
    code.fold(mean, 1);
    code.op(VectorOp.DIVPS, mean, mean, n);
    code.zero(0);
    forGroups(() -> {
      code.load(1, at(X));
      code.op(VectorOp.SUBPS, 1, 1, mean);
      code.op(VectorOp.FMADD231PS, 0, 1, 1);
    });
    inverseRoot(0, n, epsilon, 1);
    forGroups(() -> {
      code.load(1, at(X));
      code.op(VectorOp.SUBPS, 1, 1, mean);
      code.op(VectorOp.MULPS, 1, 1, 0);
      code.load(2, at(BIAS));
      code.op(VectorOp.FMADD231PS, 2, 1, at(Y));
      code.store(2, at(Z));
    });
    return finish();
  }

  static byte[] softmax(Processor processor) {
    return new RowFunctions(processor).softmax();
  }

  private byte[] softmax() {
    int most = 4;
    int sum = 5;
    int mask = 7;
    Label noTail = new Label();
    Label noTailOfSum = new Label();
    Label end = new Label();
    code.tail(TAIL, SCRATCH, mask);
    code.constant(most, Float.NEGATIVE_INFINITY);
    forGroups(() -> code.op(VectorOp.MAXPS, most, most, at(X)));
    a.compare(TAIL, 0);
    a.jumpIf(Condition.EQUAL, noTail);
    code.loadTail(0, at(X), Float.NEGATIVE_INFINITY, mask, 1);
    code.op(VectorOp.MAXPS, most, most, 0);
    a.bind(noTail);
    code.reduce(VectorOp.MAXPS, most, 0);
    code.zero(sum);
    forGroups(() -> {
      code.load(0, at(X));
      code.op(VectorOp.SUBPS, 0, 0, most);
      code.exp(0, 1, 2, 3);
      code.store(0, at(X));
      code.op(VectorOp.ADDPS, sum, sum, 0);
    });
    a.compare(TAIL, 0);
    a.jumpIf(Condition.EQUAL, noTailOfSum);
    // Beyond the tail e^(−∞) = 0 is added, which changes no sum of positive numbers.
    code.loadTail(0, at(X), Float.NEGATIVE_INFINITY, mask, 1);
    code.op(VectorOp.SUBPS, 0, 0, most);
    code.exp(0, 1, 2, 3);
    code.storeTail(0, at(X), mask);
    code.op(VectorOp.ADDPS, sum, sum, 0);
    a.bind(noTailOfSum);
    code.fold(sum, 0);
    code.constant(0, 1f);
    code.op(VectorOp.DIVPS, sum, 0, sum);
    forGroups(() -> {
      code.op(VectorOp.MULPS, 0, sum, at(X));
      code.store(0, at(X));
    });
    a.compare(TAIL, 0);
    a.jumpIf(Condition.EQUAL, end);
    code.loadTail(0, at(X), 0, mask, 1);
    code.op(VectorOp.MULPS, 0, 0, sum);
    code.storeTail(0, at(X), mask);
    a.bind(end);
    return finish();
  }

  /** Whether there is code for {@link #gate} and {@link #activate} with this activation. */
  static boolean knows(Activation activation) {
    return activation == Activation.SILU || activation == Activation.GELU_TANH;
  }

  static byte[] gate(Processor processor, Activation activation) {
    return new RowFunctions(processor).gate(activation);
  }

  private byte[] gate(Activation activation) {
    forGroups(() -> {
      code.load(0, at(X));
      activation(activation);
      code.op(VectorOp.MULPS, 0, 0, at(Y));
      code.store(0, at(Z));
    });
    return finish();
  }

  static byte[] activate(Processor processor, Activation activation) {
    return new RowFunctions(processor).activate(activation);
  }

  private byte[] activate(Activation activation) {
    forGroups(() -> {
      code.load(0, at(X));
      activation(activation);
      code.store(0, at(X));
    });
    return finish();
  }

  /** Row 0 = activation(row 0). */
  private void activation(Activation activation) {
    if (activation == Activation.SILU) {
      code.silu(0, 1, 2, 3, 4);
    } else {
      gelu();
    }
  }

  static byte[] softplus(Processor processor) {
    return new RowFunctions(processor).softplus();
  }

  private byte[] softplus() {
    forGroups(() -> {
      code.load(0, at(X));
      code.op(VectorOp.ADDPS, 0, 0, at(Y));
      code.softplus();
      code.store(0, at(X));
    });
    return finish();
  }

  /** Row 0 = 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))). */
  private void gelu() {
    code.op(VectorOp.MULPS, 1, 0, 0);
    code.op(VectorOp.MULPS, 1, 1, ElementaryFunctions.GELU_CUBIC);
    code.op(VectorOp.FMADD213PS, 1, 0, 0);
    code.op(VectorOp.MULPS, 1, 1, ElementaryFunctions.SQRT_2_OVER_PI);
    code.tanh(1, 2, 3, 4, 5, 6);
    code.op(VectorOp.ADDPS, 1, 1, 1f);
    code.op(VectorOp.MULPS, 0, 0, 0.5f);
    code.op(VectorOp.MULPS, 0, 0, 1);
  }

  static byte[] addScaled(Processor processor) {
    return new RowFunctions(processor).addScaled();
  }

  private byte[] addScaled() {
    int scale = 7;
    code.broadcastArgument(scale, 0);
    forGroups(() -> {
      code.load(0, at(Y));
      code.op(VectorOp.FMADD231PS, 0, scale, at(X));
      code.store(0, at(Y));
    });
    return finish();
  }
}
