package dev.candor.engine.kernels;

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
 * Code that does nothing but what {@link MachinePeaks} measures: loads, or multiply-adds into sums
 * that do not wait for each other.
 */
final class PeakCode {

  /**
   * (address, steps), from one step: reads {@link #STEP_BYTES} for each step; multiply-adds read
   * nothing.
   */
  static final FunctionDescriptor TYPE = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG);

  /** Bytes that a step reads. */
  static final int STEP_BYTES = 512;

  private static final Register AT = Register.RDI;
  private static final Register STEPS = Register.RSI;

  /** Lanes of float32 in a row, and of int8. */
  private static final int FLOATS = 16;

  private static final int BYTES = 64;

  private final LaneCode code;
  private final Assembler a;

  private PeakCode(Processor processor) {
    code = new LaneCode(processor);
    a = code.a;
  }

  static byte[] read(Processor processor) {
    PeakCode peak = new PeakCode(processor);
    return peak.loop(peak::readStep);
  }

  static byte[] int8(Processor processor) {
    PeakCode peak = new PeakCode(processor);
    int inputs = peak.int8Sums();
    peak.code.constant(inputs, Float.intBitsToFloat(0x0101_0101));
    peak.code.constant(inputs + 1, Float.intBitsToFloat(0x0001_0001));
    return peak.loop(peak::int8Step);
  }

  static byte[] float32(Processor processor) {
    PeakCode peak = new PeakCode(processor);
    peak.code.constant(peak.floatSums(), 1f);
    return peak.loop(peak::floatStep);
  }

  /** Multiply-adds of a step of {@link #int8}. */
  static int int8PerStep(Processor processor) {
    return BYTES * new PeakCode(processor).int8Sums();
  }

  /** Multiply-adds of a step of {@link #float32}. */
  static int floatsPerStep(Processor processor) {
    return FLOATS * new PeakCode(processor).floatSums();
  }

  /** Rows that are sums; three of the rest are needed: the inputs, ones and a product. */
  private int int8Sums() {
    return code.rows() - 3;
  }

  private int floatSums() {
    return code.rows() - 1;
  }

  private byte[] loop(Runnable step) {
    Label loop = new Label();
    a.alignLoop();
    a.bind(loop);
    step.run();
    a.subtract(STEPS, 1);
    a.jumpIf(Condition.NOT_EQUAL, loop);
    a.finish();
    return a.assemble();
  }

  private void readStep() {
    for (int at = 0; at < STEP_BYTES; at += 64) {
      code.load(at / 64, Address.of(AT, at));
    }
    a.add(AT, STEP_BYTES);
  }

  /** Any unsigned byte with any signed one: with AVX2 pairs, then pairs of pairs, then the sum. */
  private void int8Step() {
    int inputs = int8Sums();
    int product = inputs + 2;
    for (int sum = 0; sum < inputs; sum++) {
      if (code.rows() > 8) {
        code.op(VectorOp.PDPBUSD, sum, inputs, inputs);
      } else {
        code.op(VectorOp.PMADDUBSW, product, inputs, inputs);
        code.op(VectorOp.PMADDWD, product, product, inputs + 1);
        code.op(VectorOp.PADDD, sum, sum, product);
      }
    }
  }

  private void floatStep() {
    for (int sum = 0; sum < floatSums(); sum++) {
      code.op(VectorOp.FMADD231PS, sum, floatSums(), floatSums());
    }
  }
}
