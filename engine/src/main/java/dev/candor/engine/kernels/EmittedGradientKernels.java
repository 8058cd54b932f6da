package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.ExecutableMemory;
import dev.candor.engine.kernels.x86.Processor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@link GradientKernels} in machine code, as {@link EmittedKernels}; for what there is no code,
 * {@link ScalarGradientKernels}. Operands are checked before each call.
 */
final class EmittedGradientKernels implements GradientKernels {

  private static final MethodHandle GATE = ExecutableMemory.caller(GateGradientCode.TYPE);

  /** Floats of a group. */
  private static final int LANES = 16;

  private final Processor processor;
  private final GradientKernels scalar = new ScalarGradientKernels();
  private final EmittedFloatMatrices matrices;
  private final EmittedScanGradient scans;
  private final MemorySegment siluGate;
  private final MemorySegment geluGate;

  EmittedGradientKernels(Processor processor) {
    this.processor = processor;
    matrices = new EmittedFloatMatrices(processor);
    scans = new EmittedScanGradient(processor);
    siluGate = ExecutableMemory.place(GateGradientCode.code(processor, Activation.SILU));
    geluGate = ExecutableMemory.place(GateGradientCode.code(processor, Activation.GELU_TANH));
  }

  @Override
  public String name() {
    return EmittedKernels.name(processor);
  }

  @Override
  public void addProduct(
      int rows,
      int columns,
      int depth,
      float[] a,
      int aOffset,
      int aRowStride,
      int aDepthStride,
      float[] b,
      int bOffset,
      int bStride,
      float[] c,
      int cOffset,
      int cStride) {
    GradientOperands.checkProduct(
        rows,
        columns,
        depth,
        a,
        aOffset,
        aRowStride,
        aDepthStride,
        b,
        bOffset,
        bStride,
        c,
        cOffset,
        cStride);
    matrices.addProduct(
        rows,
        columns,
        depth,
        MemorySegment.ofArray(a),
        4L * aOffset,
        4L * aRowStride,
        4L * aDepthStride,
        MemorySegment.ofArray(b),
        4L * bOffset,
        4L * bStride,
        MemorySegment.ofArray(c),
        4L * cOffset,
        4L * cStride);
  }

  @Override
  public void gateGradient(
      Activation activation,
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      float[] outGradient,
      int outGradientOffset,
      int n,
      float[] gateGradient,
      int gateGradientOffset,
      float[] upGradient,
      int upGradientOffset) {
    GradientOperands.checkGate(
        activation,
        gate,
        gateOffset,
        up,
        upOffset,
        outGradient,
        outGradientOffset,
        n,
        gateGradient,
        gateGradientOffset,
        upGradient,
        upGradientOffset);
    MemorySegment code = activation == Activation.SILU ? siluGate : geluGate;
    try {
      GATE.invokeExact(
          code,
          MemorySegment.ofArray(gate),
          4L * gateOffset,
          MemorySegment.ofArray(up),
          4L * upOffset,
          MemorySegment.ofArray(outGradient),
          4L * outGradientOffset,
          MemorySegment.ofArray(gateGradient),
          4L * gateGradientOffset,
          MemorySegment.ofArray(upGradient),
          4L * upGradientOffset,
          (long) n / LANES,
          (long) n % LANES);
    } catch (Throwable e) {
      throw EmittedKernels.thrown(e);
    }
  }

  @Override
  public void scanGradient(
      float[] a,
      int aOffset,
      float[] delta,
      float[] v,
      int offset,
      float[] bc,
      int bcOffset,
      int bcStride,
      float[] d,
      int dOffset,
      float[] mGradient,
      int channels,
      int stateSize,
      int tokens,
      float[] deltaGradient,
      float[] vGradient,
      float[] bcGradient,
      int bcGradientOffset,
      float[] aGradient,
      int aGradientOffset,
      float[] dGradient,
      int dGradientOffset) {
    if (stateSize != ScanGradientCode.STATES) {
      scalar.scanGradient(
          a,
          aOffset,
          delta,
          v,
          offset,
          bc,
          bcOffset,
          bcStride,
          d,
          dOffset,
          mGradient,
          channels,
          stateSize,
          tokens,
          deltaGradient,
          vGradient,
          bcGradient,
          bcGradientOffset,
          aGradient,
          aGradientOffset,
          dGradient,
          dGradientOffset);
      return;
    }
    GradientOperands.checkScan(
        a,
        aOffset,
        delta,
        v,
        offset,
        bc,
        bcOffset,
        bcStride,
        d,
        dOffset,
        mGradient,
        channels,
        stateSize,
        tokens,
        deltaGradient,
        vGradient,
        bcGradient,
        bcGradientOffset,
        aGradient,
        aGradientOffset,
        dGradient,
        dGradientOffset);
    if (tokens == 0) {
      return;
    }
    scans.scanGradient(
        MemorySegment.ofArray(a),
        4L * aOffset,
        MemorySegment.ofArray(delta),
        MemorySegment.ofArray(v),
        4L * offset,
        MemorySegment.ofArray(bc),
        4L * bcOffset,
        4L * bcStride,
        MemorySegment.ofArray(d),
        4L * dOffset,
        MemorySegment.ofArray(mGradient),
        channels,
        tokens,
        MemorySegment.ofArray(deltaGradient),
        MemorySegment.ofArray(vGradient),
        MemorySegment.ofArray(bcGradient),
        4L * bcGradientOffset,
        MemorySegment.ofArray(aGradient),
        4L * aGradientOffset,
        MemorySegment.ofArray(dGradient),
        4L * dGradientOffset);
  }
}
