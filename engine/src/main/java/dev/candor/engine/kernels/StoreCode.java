package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.Assembler;
import dev.candor.engine.kernels.x86.CodeBuffer.Condition;
import dev.candor.engine.kernels.x86.CodeBuffer.Label;
import dev.candor.engine.kernels.x86.Register;
import dev.candor.engine.kernels.x86.VectorOp;

/**
 * Code of {@link Kernels#storeRow}: (first element of the row, x, xBytes, –, –, columns, bytes from
 * one element to the next, –), of the type {@link CacheCall#TYPE}; columns from 1.
 *
 * <p>One element at a time, which serves both layouts: a token stores far less than it reads.
 */
final class StoreCode {

  private static final Register ELEMENT = Register.RDI;
  private static final Register X = Register.RSI;
  private static final Register COLUMNS = Register.R9;
  private static final Register STEP = Register.RAX;

  private StoreCode() {}

  /**
   * @param halves whether elements are F16 and not F32
   */
  static byte[] code(boolean halves) {
    Assembler a = new Assembler();
    Label loop = new Label();
    a.add(X, Register.RDX);
    a.load(STEP, Address.of(Register.RSP, 8));
    a.bind(loop);
    a.op(VectorOp.MOVD_LOAD, 128, 0, Address.of(X, 0));
    if (halves) {
      a.convert(VectorOp.CVTPS2PH, 128, 0, 0, 0);
      a.convert(VectorOp.PEXTRW_STORE, 128, 0, Address.of(ELEMENT, 0), 0);
    } else {
      a.op(VectorOp.MOVSS_STORE, 128, 0, Address.of(ELEMENT, 0));
    }
    a.add(X, 4);
    a.add(ELEMENT, STEP);
    a.subtract(COLUMNS, 1);
    a.jumpIf(Condition.NOT_EQUAL, loop);
    a.finish();
    return a.assemble();
  }
}
