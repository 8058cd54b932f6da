package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Processor;
import java.lang.foreign.MemorySegment;

/**
 * {@link GradientKernels} in machine code, as {@link EmittedKernels}; for what there is no code,
 * {@link ScalarGradientKernels}. Operands are checked before each call.
 */
final class EmittedGradientKernels implements GradientKernels {

  private final Processor processor;
  private final GradientKernels scalar = new ScalarGradientKernels();
  private final EmittedFloatMatrices matrices;

  EmittedGradientKernels(Processor processor) {
    this.processor = processor;
    matrices = new EmittedFloatMatrices(processor);
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
    scalar.gateGradient(
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
  }
}
