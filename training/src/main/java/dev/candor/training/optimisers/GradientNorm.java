package dev.candor.training.optimisers;

/** The Euclidean length of all gradients together, and what is done about it. */
public final class GradientNorm {

  private static final int LANES = 8;

  private GradientNorm() {}

  /** The length of the whole array. */
  public static double of(float[] values) {
    return of(values, 0, values.length);
  }

  /**
   * The length of a part. Squares are summed as doubles: of whole groups of eight elements, element
   * i in partial sum i mod 8; the partial sums in ascending order; then the elements left over.
   */
  public static double of(float[] values, int offset, int size) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    double s5 = 0;
    double s6 = 0;
    double s7 = 0;
    int i = offset;
    for (; i <= offset + size - LANES; i += LANES) {
      s0 += (double) values[i] * values[i];
      s1 += (double) values[i + 1] * values[i + 1];
      s2 += (double) values[i + 2] * values[i + 2];
      s3 += (double) values[i + 3] * values[i + 3];
      s4 += (double) values[i + 4] * values[i + 4];
      s5 += (double) values[i + 5] * values[i + 5];
      s6 += (double) values[i + 6] * values[i + 6];
      s7 += (double) values[i + 7] * values[i + 7];
    }
    double sum = s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7;
    for (; i < offset + size; i++) {
      sum += (double) values[i] * values[i];
    }
    return Math.sqrt(sum);
  }

  /**
   * What a gradient of this length is multiplied with so that it is not longer than the limit
   * (Pascanu, Mikolov and Bengio, arXiv 1211.5063, algorithm 1).
   *
   * @param limit 0 for none
   */
  public static double clipping(double norm, double limit) {
    return limit > 0 && norm > limit ? limit / norm : 1;
  }
}
