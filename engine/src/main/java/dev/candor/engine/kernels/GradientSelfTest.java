package dev.candor.engine.kernels;

import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Compares gradients with the scalar definition, bit by bit, on this machine, as {@link
 * KernelSelfTest} does for kernels. It runs whenever they are chosen.
 */
final class GradientSelfTest {

  /** Of rows and columns: every tile and tail of any processor. */
  private static final int[] SIZES = {1, 15, 16, 33, 47};

  /** More than a block of depth. */
  private static final int[] DEPTHS = {1, EmittedFloatMatrices.DEPTH + 3};

  /** A whole group of channels, and one with a tail. */
  private static final int[] CHANNELS = {16, 19};

  private static final int TOKENS = 3;

  /** Of a gate: more than one group of lanes, and a tail. */
  private static final int LENGTH = 32 + 5;

  private final GradientKernels definition = new ScalarGradientKernels();
  private final SplittableRandom random = new SplittableRandom(16);
  private final GradientKernels candidate;

  private GradientSelfTest(GradientKernels candidate) {
    this.candidate = candidate;
  }

  /** What differs, if anything. */
  static Optional<String> difference(GradientKernels candidate) {
    return new GradientSelfTest(candidate).difference();
  }

  private Optional<String> difference() {
    for (int rows : SIZES) {
      for (int columns : SIZES) {
        for (int depth : DEPTHS) {
          if (!multipliesAlike(rows, columns, depth, depth, 1)
              || !multipliesAlike(rows, columns, depth, 1, rows)) {
            return Optional.of(
                "a product of [" + rows + ", " + depth + "] and [" + depth + ", " + columns + "]");
          }
        }
      }
    }
    for (int channels : CHANNELS) {
      if (!scansAlike(channels)) {
        return Optional.of("the gradient of a selective scan of " + channels + " channels");
      }
    }
    for (Activation activation : new Activation[] {Activation.SILU, Activation.GELU_TANH}) {
      if (!gatesAlike(activation)) {
        return Optional.of("the gradient of a gate by " + activation);
      }
    }
    return Optional.empty();
  }

  private boolean gatesAlike(Activation activation) {
    float[] gate = normals(LENGTH);
    float[] up = normals(LENGTH);
    float[] g = normals(LENGTH);
    float[][] results = new float[2][];
    for (int i = 0; i < results.length; i++) {
      GradientKernels kernels = i == 0 ? definition : candidate;
      float[] gateGradient = gate.clone();
      float[] upGradient = up.clone();
      kernels.gateGradient(
          activation, gateGradient, 0, upGradient, 0, g, 0, LENGTH, gateGradient, 0, upGradient, 0);
      results[i] = joined(gateGradient, upGradient);
    }
    return KernelSelfTest.same(results[0], results[1]);
  }

  private boolean multipliesAlike(
      int rows, int columns, int depth, int aRowStride, int aDepthStride) {
    float[] a = normals(rows * depth);
    float[] b = normals(depth * columns);
    float[] expected = normals(rows * columns);
    float[] actual = expected.clone();
    definition.addProduct(
        rows, columns, depth, a, 0, aRowStride, aDepthStride, b, 0, columns, expected, 0, columns);
    candidate.addProduct(
        rows, columns, depth, a, 0, aRowStride, aDepthStride, b, 0, columns, actual, 0, columns);
    return KernelSelfTest.same(expected, actual);
  }

  private boolean scansAlike(int channels) {
    int states = ScanGradientCode.STATES;
    float[] a = normals(channels * states);
    float[] delta = normals(TOKENS * channels);
    float[] v = normals(TOKENS * channels);
    float[] bc = normals(TOKENS * 2 * states);
    float[] d = normals(channels);
    float[] g = normals(TOKENS * channels);
    float[][] results = new float[2][];
    for (int i = 0; i < results.length; i++) {
      GradientKernels kernels = i == 0 ? definition : candidate;
      float[] deltaGradient = new float[TOKENS * channels];
      float[] vGradient = new float[TOKENS * channels];
      float[] bcGradient = new float[TOKENS * 2 * states];
      float[] aGradient = new float[channels * states];
      float[] dGradient = new float[channels];
      kernels.scanGradient(
          a,
          0,
          delta,
          v,
          0,
          bc,
          0,
          2 * states,
          d,
          0,
          g,
          channels,
          states,
          TOKENS,
          deltaGradient,
          vGradient,
          bcGradient,
          0,
          aGradient,
          0,
          dGradient,
          0);
      results[i] = joined(deltaGradient, vGradient, bcGradient, aGradient, dGradient);
    }
    return KernelSelfTest.same(results[0], results[1]);
  }

  private static float[] joined(float[]... arrays) {
    int length = 0;
    for (float[] array : arrays) {
      length += array.length;
    }
    float[] all = new float[length];
    int at = 0;
    for (float[] array : arrays) {
      System.arraycopy(array, 0, all, at, array.length);
      at += array.length;
    }
    return all;
  }

  private float[] normals(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
