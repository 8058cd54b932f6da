package dev.candor.engine.kernels;

import java.util.Arrays;

/** The definition of {@link GradientKernels} in plain Java, one operation after another. */
final class ScalarGradientKernels implements GradientKernels {

  private static final int LANES = 16;

  @Override
  public String name() {
    return "scalar";
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
    for (int i = 0; i < rows; i++) {
      int out = cOffset + i * cStride;
      for (int k = 0; k < depth; k++) {
        float factor = a[aOffset + i * aRowStride + k * aDepthStride];
        int row = bOffset + k * bStride;
        for (int j = 0; j < columns; j++) {
          c[out + j] = Math.fma(factor, b[row + j], c[out + j]);
        }
      }
    }
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
    for (int j = 0; j < n; j++) {
      float x = gate[gateOffset + j];
      float y = up[upOffset + j];
      float g = outGradient[outGradientOffset + j];
      float value;
      float slope;
      if (activation == Activation.SILU) {
        float sigmoid = 1 / (1 + ElementaryFunctions.exp(-x));
        value = x * sigmoid;
        slope = Math.fma(value, 1 - sigmoid, sigmoid);
      } else {
        float cubic = ElementaryFunctions.GELU_CUBIC * (x * x);
        float tanh =
            ElementaryFunctions.tanh(ElementaryFunctions.SQRT_2_OVER_PI * Math.fma(cubic, x, x));
        float half = 0.5f * (1 + tanh);
        value = x * half;
        float inner = ElementaryFunctions.SQRT_2_OVER_PI * Math.fma(3, cubic, 1);
        slope = Math.fma(0.5f * x * (1 - tanh * tanh), inner, half);
      }
      upGradient[upGradientOffset + j] = g * value;
      gateGradient[gateGradientOffset + j] = g * y * slope;
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
    float[] states = new float[tokens * stateSize];
    float[] decays = new float[tokens * stateSize];
    float[] gamma = new float[stateSize];
    float[] inputLanes = new float[LANES];
    float[] decayLanes = new float[LANES];
    for (int e = 0; e < channels; e++) {
      int rate = aOffset + e * stateSize;
      for (int t = 0; t < tokens; t++) {
        int at = offset + t * channels + e;
        float step = delta[at];
        float scaled = step * v[at];
        for (int n = 0; n < stateSize; n++) {
          int s = t * stateSize + n;
          decays[s] = ElementaryFunctions.exp(step * a[rate + n]);
          float before = t == 0 ? 0 : states[s - stateSize];
          states[s] = Math.fma(decays[s], before, scaled * bc[bcOffset + t * bcStride + n]);
        }
      }
      Arrays.fill(gamma, 0);
      for (int t = tokens - 1; t >= 0; t--) {
        int at = offset + t * channels + e;
        float step = delta[at];
        float scaled = step * v[at];
        float g = mGradient[at];
        int b = bcOffset + t * bcStride;
        int bGradient = bcGradientOffset + t * bcStride;
        Arrays.fill(inputLanes, 0);
        Arrays.fill(decayLanes, 0);
        for (int n = 0; n < stateSize; n++) {
          int s = t * stateSize + n;
          float output = g * bc[b + stateSize + n];
          gamma[n] = t == tokens - 1 ? output : Math.fma(gamma[n], decays[s + stateSize], output);
          float before = t == 0 ? 0 : states[s - stateSize];
          float q = gamma[n] * before * decays[s];
          int lane = n & (LANES - 1);
          inputLanes[lane] = Math.fma(gamma[n], bc[b + n], inputLanes[lane]);
          decayLanes[lane] = Math.fma(q, a[rate + n], decayLanes[lane]);
          bcGradient[bGradient + n] = Math.fma(gamma[n], scaled, bcGradient[bGradient + n]);
          bcGradient[bGradient + stateSize + n] =
              Math.fma(g, states[s], bcGradient[bGradient + stateSize + n]);
          int slope = aGradientOffset + e * stateSize + n;
          aGradient[slope] = Math.fma(q, step, aGradient[slope]);
        }
        float beta = ScalarKernels.fold(inputLanes);
        deltaGradient[at] = Math.fma(v[at], beta, ScalarKernels.fold(decayLanes));
        vGradient[at] = Math.fma(step, beta, g * d[dOffset + e]);
        dGradient[dGradientOffset + e] = Math.fma(g, v[at], dGradient[dGradientOffset + e]);
      }
    }
  }
}
