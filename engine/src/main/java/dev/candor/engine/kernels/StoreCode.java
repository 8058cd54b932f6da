package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.CodeBuffer.Condition;
import dev.candor.engine.kernels.x86.CodeBuffer.Label;
import dev.candor.engine.kernels.x86.Processor;
import dev.candor.engine.kernels.x86.Register;
import dev.candor.engine.kernels.x86.VectorOp;

/**
 * Code of {@link Kernels#storeRow}: (first block of the row, x, xBytes, –, –, blocks, bytes from
 * one block to the next, bytes from a block's scale to its quants), of the type {@link MatrixCall};
 * blocks from 1. A block of plain floats is an element.
 */
final class StoreCode {

  private static final Register BLOCK = Register.RDI;
  private static final Register X = Register.RSI;
  private static final Register BLOCKS = Register.R9;
  private static final Register STEP = Register.RAX;
  private static final Register QUANTS = Register.R10;

  /** Room on the stack for the quants of a block. */
  private static final int ROOM = 64;

  private final LaneCode code;
  private final Assembler a;

  private StoreCode(Processor processor) {
    code = new LaneCode(processor);
    a = code.a;
  }

  static byte[] code(Processor processor, BlockFormat format, Layout layout) {
    return new StoreCode(processor).assemble(format, layout);
  }

  private byte[] assemble(BlockFormat format, Layout layout) {
    Label loop = new Label();
    a.add(X, Register.RDX);
    a.load(STEP, Address.of(Register.RSP, 8));
    a.load(QUANTS, Address.of(Register.RSP, 16));
    a.subtract(Register.RSP, ROOM);
    a.add(QUANTS, BLOCK);
    a.bind(loop);
    switch (format) {
      case F32 -> element(false);
      case F16 -> element(true);
      default -> block(layout);
    }
    a.add(X, 4 * format.blockElements());
    a.add(BLOCK, STEP);
    a.add(QUANTS, STEP);
    a.subtract(BLOCKS, 1);
    a.jumpIf(Condition.NOT_EQUAL, loop);
    a.add(Register.RSP, ROOM);
    a.finish();
    return a.assemble();
  }

  /** One at a time, which serves both layouts: a token stores far less than it reads. */
  private void element(boolean half) {
    a.op(VectorOp.MOVD_LOAD, 128, 0, Address.of(X, 0));
    if (half) {
      code.storeFirstHalf(0, Address.of(BLOCK, 0));
    } else {
      code.storeFirst(0, Address.of(BLOCK, 0));
    }
  }

  /** A block of Q8_0. */
  private void block(Layout layout) {
    int scale = 3;
    int temporary = 5;
    RoundCode.roundBlock(code, X);
    code.storeFirstHalf(scale, Address.of(BLOCK, 0));
    Register to = layout == Layout.ROWS ? QUANTS : Register.RSP;
    code.storeBytes(0, Address.of(to, 0), temporary);
    code.storeBytes(1, Address.of(to, 16), temporary);
    if (layout == Layout.STRIPS) {
      scatter();
    }
  }

  /** The block's quants from the stack to their places in a strip, four at a time, as q + 128. */
  private void scatter() {
    for (int j = 0; j < Inputs.BLOCK; j += 4) {
      a.op(VectorOp.MOVD_LOAD, 128, 0, Address.of(Register.RSP, j));
      a.op(VectorOp.PXOR, 128, 0, 0, a.splat(CacheBlocks.OFFSETS));
      a.op(VectorOp.MOVSS_STORE, 128, 0, Address.of(QUANTS, CacheBlocks.pieceAt(j)));
    }
  }
}
