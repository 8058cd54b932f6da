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

  /** (x, xBytes, weight, y, yBytes, groups, epsilon, n). */
  static final FunctionDescriptor RMS_NORM =
      FunctionDescriptor.ofVoid(
          ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_FLOAT, JAVA_FLOAT);

  /** (x, xBytes, weight, bias, y, yBytes, groups, epsilon, n). */
  static final FunctionDescriptor LAYER_NORM =
      FunctionDescriptor.ofVoid(
          ADDRESS,
          JAVA_LONG,
          ADDRESS,
          ADDRESS,
          ADDRESS,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_FLOAT,
          JAVA_FLOAT);

  /** (x, xBytes, groups, tail): the tail has 0 to 15 elements. */
  static final FunctionDescriptor SOFTMAX =
      FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  /** (gate, gateBytes, up, upBytes, out, outBytes, groups). */
  static final FunctionDescriptor GATE =
      FunctionDescriptor.ofVoid(
          ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

  /** (x, xBytes, y, yBytes, groups, scale). */
  static final FunctionDescriptor ADD_SCALED =
      FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_FLOAT);

  /** (x, xBytes, groups). */
  static final FunctionDescriptor ACTIVATE =
      FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG);

  /** (x, xBytes, bias, biasBytes, groups). */
  static final FunctionDescriptor SOFTPLUS =
      FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

  private static final Register FIRST = Register.RDI;
  private static final Register SECOND = Register.RSI;
  private static final Register THIRD = Register.RDX;
  private static final Register FOURTH = Register.RCX;
  private static final Register FIFTH = Register.R8;
  private static final Register SIXTH = Register.R9;
  private static final Register AT = Register.RAX;
  private static final Register LEFT = Register.R10;

  /** Where the first argument is that has no register. */
  private static final Address ON_STACK = Address.of(Register.RSP, 8);

  private final LaneCode code;
  private final Assembler a;

  private RowFunctions(Processor processor) {
    code = new LaneCode(processor);
    a = code.a;
  }

  /** What a loop does with the 16 elements at byte offset {@link #AT}. */
  private interface Body {
    void emit();
  }

  /** Runs the body for each of so many groups; none is fine. */
  private void forGroups(Register groups, Body body) {
    Label loop = new Label();
    Label end = new Label();
    a.set(AT, 0);
    a.move(LEFT, groups);
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
    a.add(FIRST, SECOND);
    a.add(FOURTH, FIFTH);
    code.zero(0);
    forGroups(
        SIXTH,
        () -> {
          code.load(1, at(FIRST));
          code.op(VectorOp.FMADD231PS, 0, 1, 1);
        });
    inverseRoot(0, n, epsilon, 1);
    forGroups(
        SIXTH,
        () -> {
          code.load(1, at(FIRST));
          code.op(VectorOp.MULPS, 1, 1, 0);
          code.op(VectorOp.MULPS, 1, 1, at(THIRD));
          code.store(1, at(FOURTH));
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
    Register groups = Register.R11;
    code.broadcastArgument(epsilon, 0);
    code.broadcastArgument(n, 1);
    a.load(groups, ON_STACK);
    a.add(FIRST, SECOND);
    a.add(FIFTH, SIXTH);
    code.zero(mean);
    forGroups(groups, () -> code.op(VectorOp.ADDPS, mean, mean, at(FIRST)));
    code.fold(mean, 1);
    code.op(VectorOp.DIVPS, mean, mean, n);
    code.zero(0);
    forGroups(
        groups,
        () -> {
          code.load(1, at(FIRST));
          code.op(VectorOp.SUBPS, 1, 1, mean);
          code.op(VectorOp.FMADD231PS, 0, 1, 1);
        });
    inverseRoot(0, n, epsilon, 1);
    forGroups(
        groups,
        () -> {
          code.load(1, at(FIRST));
          code.op(VectorOp.SUBPS, 1, 1, mean);
          code.op(VectorOp.MULPS, 1, 1, 0);
          code.load(2, at(FOURTH));
          code.op(VectorOp.FMADD231PS, 2, 1, at(THIRD));
          code.store(2, at(FIFTH));
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
    a.add(FIRST, SECOND);
    code.tail(FOURTH, Register.R11, mask);
    code.constant(most, Float.NEGATIVE_INFINITY);
    forGroups(THIRD, () -> code.op(VectorOp.MAXPS, most, most, at(FIRST)));
    a.compare(FOURTH, 0);
    a.jumpIf(Condition.EQUAL, noTail);
    code.loadTail(0, at(FIRST), Float.NEGATIVE_INFINITY, mask, 1);
    code.op(VectorOp.MAXPS, most, most, 0);
    a.bind(noTail);
    code.reduce(VectorOp.MAXPS, most, 0);
    code.zero(sum);
    forGroups(
        THIRD,
        () -> {
          code.load(0, at(FIRST));
          code.op(VectorOp.SUBPS, 0, 0, most);
          code.exp(0, 1, 2, 3);
          code.store(0, at(FIRST));
          code.op(VectorOp.ADDPS, sum, sum, 0);
        });
    a.compare(FOURTH, 0);
    a.jumpIf(Condition.EQUAL, noTailOfSum);
    // Beyond the tail e^(−∞) = 0 is added, which changes no sum of positive numbers.
    code.loadTail(0, at(FIRST), Float.NEGATIVE_INFINITY, mask, 1);
    code.op(VectorOp.SUBPS, 0, 0, most);
    code.exp(0, 1, 2, 3);
    code.storeTail(0, at(FIRST), mask);
    code.op(VectorOp.ADDPS, sum, sum, 0);
    a.bind(noTailOfSum);
    code.fold(sum, 0);
    code.constant(0, 1f);
    code.op(VectorOp.DIVPS, sum, 0, sum);
    forGroups(
        THIRD,
        () -> {
          code.op(VectorOp.MULPS, 0, sum, at(FIRST));
          code.store(0, at(FIRST));
        });
    a.compare(FOURTH, 0);
    a.jumpIf(Condition.EQUAL, end);
    code.loadTail(0, at(FIRST), 0, mask, 1);
    code.op(VectorOp.MULPS, 0, 0, sum);
    code.storeTail(0, at(FIRST), mask);
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
    Register groups = Register.R11;
    a.load(groups, ON_STACK);
    a.add(FIRST, SECOND);
    a.add(THIRD, FOURTH);
    a.add(FIFTH, SIXTH);
    forGroups(
        groups,
        () -> {
          code.load(0, at(FIRST));
          activation(activation);
          code.op(VectorOp.MULPS, 0, 0, at(THIRD));
          code.store(0, at(FIFTH));
        });
    return finish();
  }

  static byte[] activate(Processor processor, Activation activation) {
    return new RowFunctions(processor).activate(activation);
  }

  private byte[] activate(Activation activation) {
    a.add(FIRST, SECOND);
    forGroups(
        THIRD,
        () -> {
          code.load(0, at(FIRST));
          activation(activation);
          code.store(0, at(FIRST));
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
    a.add(FIRST, SECOND);
    a.add(THIRD, FOURTH);
    forGroups(
        FIFTH,
        () -> {
          code.load(0, at(FIRST));
          code.op(VectorOp.ADDPS, 0, 0, at(THIRD));
          code.softplus();
          code.store(0, at(FIRST));
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
    a.add(FIRST, SECOND);
    a.add(THIRD, FOURTH);
    forGroups(
        FIFTH,
        () -> {
          code.load(0, at(THIRD));
          code.op(VectorOp.FMADD231PS, 0, scale, at(FIRST));
          code.store(0, at(THIRD));
        });
    return finish();
  }
}
