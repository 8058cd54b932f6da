package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.Processor;
import dev.candor.engine.kernels.x86.Register;

/**
 * Code that reads a matrix once for up to {@link #TILE} rows of float32 inputs, each of which has
 * its row of outputs: the registers that point at them, and how they get there. {@link MatrixCall}
 * calls it: (data, x, xBytes, y, yBytes, rows of data from 1, xStrideBytes, yStrideBytes, scale).
 */
abstract class RowTileCode {

  /** Most rows of inputs of one call. */
  static final int TILE = 4;

  /** Where each row of inputs and of outputs is, one register each. */
  static final Register[] INPUTS = {Register.RSI, Register.R10, Register.R11, Register.RBX};

  static final Register[] OUTPUTS = {Register.RCX, Register.R12, Register.R13, Register.R14};

  static final Register DATA = Register.RDI;
  static final Register COUNT = Register.R9;
  static final Register AT = Register.RAX;
  static final Register LEFT = Register.RDX;
  static final Register DATA_AT = Register.RBP;

  /**
   * What is read after this, see {@link #askForNext}; where nothing is counted in {@link #LEFT}.
   */
  static final Register NEXT = LEFT;

  private static final Register[] SAVED = {
    Register.RBX, Register.RBP, Register.R12, Register.R13, Register.R14, Register.R15
  };

  final LaneCode code;
  final Assembler a;

  RowTileCode(Processor processor) {
    this.code = new LaneCode(processor);
    this.a = code.a;
  }

  /** Saves registers, and points one at each row of inputs and outputs. */
  final void enter(int tile) {
    for (Register register : SAVED) {
      a.push(register);
    }
    a.add(INPUTS[0], Register.RDX);
    a.add(OUTPUTS[0], Register.R8);
    // The arguments on the stack lie above what was saved and the return address.
    int arguments = 8 * SAVED.length + 8;
    a.load(Register.RAX, Address.of(Register.RSP, arguments));
    a.load(Register.RDX, Address.of(Register.RSP, arguments + 8));
    for (int i = 1; i < tile; i++) {
      a.move(INPUTS[i], INPUTS[i - 1]);
      a.add(INPUTS[i], Register.RAX);
      a.move(OUTPUTS[i], OUTPUTS[i - 1]);
      a.add(OUTPUTS[i], Register.RDX);
    }
  }

  /**
   * A turn reads a little of each of some rows or strips, in an order that the processor does not
   * guess: it asks for as much of those that follow, in the order of their addresses.
   */
  final void askForNext(int bytes) {
    a.prefetch(1, Address.of(NEXT, 0), bytes);
    a.add(NEXT, bytes);
  }

  final byte[] leave() {
    for (int i = SAVED.length - 1; i >= 0; i--) {
      a.pop(SAVED[i]);
    }
    a.finish();
    return a.assemble();
  }
}
