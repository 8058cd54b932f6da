package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/** {@link Kernels#rotate} of one head by vectors. Callers have checked the operands. */
final class VectorRotation {

  /** Lanes 2i and 2i + 1 take each other's element. */
  private static final VectorShuffle<Float> SWAPPED =
      VectorShuffle.fromOp(FLOATS, lane -> lane ^ 1);

  /** Lanes 2i and 2i + 1 take element i of the first half, or of the second. */
  private static final VectorShuffle<Float> LOWER = VectorShuffle.fromOp(FLOATS, lane -> lane / 2);

  private static final VectorShuffle<Float> UPPER =
      VectorShuffle.fromOp(FLOATS, lane -> LANES / 2 + lane / 2);

  /** −1 in the lanes of the first of a pair: a·cos + b·(−sin) has the bits of a·cos − b·sin. */
  private static final FloatVector SIGNS = FloatVector.fromArray(FLOATS, signs(), 0);

  private VectorRotation() {}

  private static float[] signs() {
    float[] signs = new float[LANES];
    for (int j = 0; j < LANES; j++) {
      signs[j] = j % 2 == 0 ? -1 : 1;
    }
    return signs;
  }

  /** Turns whole vectors of pairs, n of them. */
  static void halves(float[] angles, int cosines, int sines, int n, float[] x, int a, int b) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector cos = FloatVector.fromArray(FLOATS, angles, cosines + i);
      FloatVector sin = FloatVector.fromArray(FLOATS, angles, sines + i);
      FloatVector first = FloatVector.fromArray(FLOATS, x, a + i);
      FloatVector second = FloatVector.fromArray(FLOATS, x, b + i);
      first.mul(cos).sub(second.mul(sin)).intoArray(x, a + i);
      second.mul(cos).add(first.mul(sin)).intoArray(x, b + i);
    }
  }

  /** The same of pairs of neighbours. */
  static void neighbours(float[] angles, int cosines, int sines, int n, float[] x, int at) {
    for (int i = 0; i < n; i += LANES) {
      FloatVector cos = FloatVector.fromArray(FLOATS, angles, cosines + i);
      FloatVector sin = FloatVector.fromArray(FLOATS, angles, sines + i);
      int first = at + 2 * i;
      int second = first + LANES;
      FloatVector lower = FloatVector.fromArray(FLOATS, x, first);
      FloatVector upper = FloatVector.fromArray(FLOATS, x, second);
      lower
          .mul(cos.rearrange(LOWER))
          .add(lower.rearrange(SWAPPED).mul(sin.rearrange(LOWER).mul(SIGNS)))
          .intoArray(x, first);
      upper
          .mul(cos.rearrange(UPPER))
          .add(upper.rearrange(SWAPPED).mul(sin.rearrange(UPPER).mul(SIGNS)))
          .intoArray(x, second);
    }
  }
}
