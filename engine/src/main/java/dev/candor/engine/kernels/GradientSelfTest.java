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
    return Optional.empty();
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

  private float[] normals(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
