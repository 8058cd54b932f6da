package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.CodeBuffer.Condition;
import dev.candor.engine.kernels.x86.CodeBuffer.Label;
import dev.candor.engine.kernels.x86.Processor;
import dev.candor.engine.kernels.x86.Register;
import dev.candor.engine.kernels.x86.VectorOp;

/**
 * Code of {@link Kernels#rotate}: (groups, angles, anglesBytes, x, xBytes, heads, strideBytes,
 * sinesBytes), called by {@link MatrixCall}; groups and heads from 1.
 */
final class RotaryCode {

  private static final Register GROUPS = Register.RDI;
  private static final Register ANGLES = Register.RSI;
  private static final Register X = Register.RCX;
  private static final Register HEADS = Register.R9;
  private static final Register STRIDE = Register.R10;

  /** From a cosine to its sine: as far as from the first of a pair of halves to the second. */
  private static final Register SINES = Register.R11;

  private static final Register HEAD = Register.RAX;
  private static final Register LEFT = Register.RDX;

  private final LaneCode code;
  private final Assembler a;

  private RotaryCode(Processor processor) {
    code = new LaneCode(processor);
    a = code.a;
  }

  /** Pairs of a group, of which a head must have whole ones. */
  static int group(RotaryPairs pairs) {
    return pairs == RotaryPairs.HALVES ? 16 : 8;
  }

  static byte[] code(Processor processor, RotaryPairs pairs) {
    return new RotaryCode(processor).assemble(pairs);
  }

  private byte[] assemble(RotaryPairs pairs) {
    Label groups = new Label();
    Label heads = new Label();
    a.add(ANGLES, Register.RDX);
    a.add(X, Register.R8);
    a.load(STRIDE, Address.of(Register.RSP, 8));
    a.load(SINES, Address.of(Register.RSP, 16));
    a.bind(groups);
    loadAngles(pairs);
    a.move(HEAD, X);
    a.move(LEFT, HEADS);
    a.bind(heads);
    if (pairs == RotaryPairs.HALVES) {
      turnHalves();
    } else {
      turnNeighbours();
    }
    a.add(HEAD, STRIDE);
    a.subtract(LEFT, 1);
    a.jumpIf(Condition.NOT_EQUAL, heads);
    a.add(ANGLES, 4 * group(pairs));
    a.add(X, 64);
    a.subtract(GROUPS, 1);
    a.jumpIf(Condition.NOT_EQUAL, groups);
    a.finish();
    return a.assemble();
  }

  /** Row 0 = cosines, row 1 = sines; of neighbours for both of a pair, negative for the first. */
  private void loadAngles(RotaryPairs pairs) {
    Address cosines = Address.of(ANGLES, 0);
    Address sines = Address.of(ANGLES, SINES, 1, 0);
    if (pairs == RotaryPairs.HALVES) {
      code.load(0, cosines);
      code.load(1, sines);
    } else {
      byte[] signs = new byte[64];
      for (int first = 3; first < signs.length; first += 8) {
        signs[first] = (byte) 0x80;
      }
      code.loadTwice(0, cosines);
      code.loadTwice(1, sines);
      code.op(VectorOp.PXOR, 1, 1, a.constant(signs));
    }
  }

  private void turnHalves() {
    Address first = Address.of(HEAD, 0);
    Address second = Address.of(HEAD, SINES, 1, 0);
    code.load(2, first);
    code.load(3, second);
    code.op(VectorOp.MULPS, 4, 2, 0);
    code.op(VectorOp.MULPS, 5, 3, 1);
    code.op(VectorOp.SUBPS, 4, 4, 5);
    code.op(VectorOp.MULPS, 3, 3, 0);
    code.op(VectorOp.MULPS, 2, 2, 1);
    code.op(VectorOp.ADDPS, 3, 3, 2);
    code.store(4, first);
    code.store(3, second);
  }

  private void turnNeighbours() {
    Address both = Address.of(HEAD, 0);
    code.load(2, both);
    code.swapNeighbours(3, 2);
    code.op(VectorOp.MULPS, 2, 2, 0);
    code.op(VectorOp.MULPS, 3, 3, 1);
    code.op(VectorOp.ADDPS, 2, 2, 3);
    code.store(2, both);
  }
}
