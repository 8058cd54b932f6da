package dev.candor.engine.generation;

/**
 * The weights e^((logit − largest) / temperature) of a vocabulary, nearly. They cost a fraction of
 * the defined ones, and whoever asks is told where they do not decide: how near they are is known,
 * so that what they do decide is what the defined ones would have. Allocates nothing once it is
 * there. Not safe for use by many threads.
 *
 * <h2>How near</h2>
 *
 * Each weight is within {@link #RELATIVE_ERROR} of the defined one, or within {@link
 * #ABSOLUTE_ERROR} where it is smaller than that; the largest is 1. The sum of n doubles, in
 * whatever order, is within n · 2⁻⁵³ of the true one, as a share (Higham, Accuracy and Stability of
 * Numerical Algorithms, 4.2). {@link #margin} is more than all of it together.
 */
final class NearWeights {

  /** Of a weight. */
  static final double RELATIVE_ERROR = 1e-12;

  /** e⁻⁴⁰, where the exponent is cut. */
  static final double ABSOLUTE_ERROR = 4.3e-18;

  private static final double LOWEST = -40;

  /** Logits whose largest is remembered, and whose weights are added up. */
  private static final int BLOCK = 256;

  /** The exponential of x is that of x / 2¹⁰, squared so often. */
  private static final double SCALE = 1.0 / (1 << 10);

  private final int vocabulary;
  private final double inverse;

  /** The largest logit of each block. */
  private final float[] maxima;

  /** Of the weights of each block. */
  private final double[] sums;

  /** Of one block. */
  private final double[] weights = new double[BLOCK];

  private float largest;
  private double total;

  /**
   * Nothing is weighed yet.
   *
   * @param temperature more than 0
   */
  NearWeights(int vocabulary, double temperature) {
    this.vocabulary = vocabulary;
    this.inverse = 1 / temperature;
    int blocks = (vocabulary + BLOCK - 1) / BLOCK;
    maxima = new float[blocks];
    sums = new double[blocks];
  }

  /**
   * Looks at logits: everything else is about them.
   *
   * @return the id of the largest, the lowest among equals; −1 if they are not all finite numbers
   *     or −Infinity, or all of them are −Infinity
   */
  int largest(float[] logits) {
    int best = 0;
    for (int block = 0; block < maxima.length; block++) {
      float most = largest(logits, block * BLOCK, end(block));
      if (!(most < Float.POSITIVE_INFINITY)) {
        return -1;
      }
      maxima[block] = most;
      if (most > maxima[best]) {
        best = block;
      }
    }
    largest = maxima[best];
    if (largest == Float.NEGATIVE_INFINITY) {
      return -1;
    }
    int id = best * BLOCK;
    while (logits[id] != largest) {
      id++;
    }
    return id;
  }

  private static float largest(float[] logits, int from, int to) {
    float most = Float.NEGATIVE_INFINITY;
    for (int id = from; id < to; id++) {
      most = Math.max(most, logits[id]);
    }
    return most;
  }

  private int end(int block) {
    return Math.min(vocabulary, (block + 1) * BLOCK);
  }

  /** How many blocks there are. */
  int blocks() {
    return maxima.length;
  }

  /** The largest logit of each block; nobody changes them. */
  float[] maxima() {
    return maxima;
  }

  /**
   * Writes the ids of the logits that are at least a lower bound and less than an upper one, in
   * ascending order.
   *
   * @return how many there are
   */
  int between(float[] logits, float lower, float upper, int[] ids) {
    int count = 0;
    for (int block = 0; block < maxima.length; block++) {
      if (maxima[block] < lower) {
        continue;
      }
      int end = end(block);
      for (int id = block * BLOCK; id < end; id++) {
        float logit = logits[id];
        if (logit >= lower && logit < upper) {
          ids[count++] = id;
        }
      }
    }
    return count;
  }

  /** Weighs all of them. */
  void weigh(float[] logits) {
    double sum = 0;
    for (int block = 0; block < maxima.length; block++) {
      sums[block] = 0;
      if (((double) maxima[block] - largest) * inverse > LOWEST) {
        weigh(logits, block);
        sums[block] = sum(end(block) - block * BLOCK);
      }
      sum += sums[block];
    }
    total = sum;
  }

  private void weigh(float[] logits, int block) {
    int from = block * BLOCK;
    exponentials(logits, from, end(block) - from, largest, inverse, weights);
  }

  /** Written so that the JIT makes vectors of it: no table, no branch, no call. */
  static void exponentials(
      float[] logits, int from, int count, double largest, double inverse, double[] out) {
    for (int i = 0; i < count; i++) {
      double x = Math.max((logits[from + i] - largest) * inverse, LOWEST) * SCALE;
      // Taylor's series: the next term is less than 2e-16 of the sum.
      double e = x * (1.0 / 5_040) + 1.0 / 720;
      e = e * x + 1.0 / 120;
      e = e * x + 1.0 / 24;
      e = e * x + 1.0 / 6;
      e = e * x + 0.5;
      e = e * x + 1;
      e = e * x + 1;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      e *= e;
      out[i] = e;
    }
  }

  /** Four sums at once: additions that wait for each other take four times as long. */
  private double sum(int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      a += weights[i];
      b += weights[i + 1];
      c += weights[i + 2];
      d += weights[i + 3];
    }
    for (; i < count; i++) {
      a += weights[i];
    }
    return (a + b) + (c + d);
  }

  /** Of what was weighed. */
  double total() {
    return total;
  }

  /**
   * What is further from a bound than this, of sums of weights and shares of the total, is on the
   * same side of it by the defined weights, in whatever order they are added.
   */
  double margin() {
    return total * (4 * RELATIVE_ERROR + 1e-15 * vocabulary);
  }

  /**
   * The first token whose weight, together with all before it, is more than a share of the total.
   *
   * @param unit the share, in [0, 1)
   * @return −1 if that is too near to say
   */
  int draw(float[] logits, double unit) {
    double margin = margin();
    double rest = unit * total;
    int block = 0;
    while (block < sums.length && rest >= sums[block]) {
      rest -= sums[block++];
    }
    if (block == sums.length || sums[block] == 0) {
      return -1;
    }
    weigh(logits, block);
    int from = block * BLOCK;
    int count = end(block) - from;
    for (int i = 0; i < count; i++) {
      double before = rest;
      rest -= weights[i];
      if (rest < 0) {
        boolean isClear = rest < -margin && (before > margin || from + i == 0);
        return isClear ? from + i : -1;
      }
    }
    return -1;
  }
}
