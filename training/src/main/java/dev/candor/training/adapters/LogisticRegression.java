package dev.candor.training.adapters;

import java.util.Arrays;

/**
 * Multinomial logistic regression: the mean of −ln softmax(W x + b)[label] plus λ/2 ‖W‖², which has
 * one minimum if λ is positive. It is found by Newton's method, each step by conjugate gradients as
 * far as it pays (Nocedal and Wright, Numerical Optimization, algorithm 7.1), in float64 and in one
 * order of operations, so that every machine finds the same.
 */
final class LogisticRegression {

  private static final int MOST_STEPS = 100;
  private static final int MOST_CONJUGATE_STEPS = 200;
  private static final int MOST_HALVINGS = 40;

  /** A gradient so many times shorter than the first ends the search. */
  private static final double TOLERANCE = 1e-6;

  /** Share of the expected gain that a step must bring (Armijo). */
  private static final double SUFFICIENT = 1e-4;

  /**
   * What is known.
   *
   * @param x [rows, width]
   * @param labels of each row, in [0, classes)
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Rows(double[] x, int width, int[] labels, int classes) {
    int count() {
      return labels.length;
    }
  }

  private final Rows rows;
  private final double penalty;
  private final int size; // of all parameters: W, [classes, width], then b
  private final double[] probabilities; // [rows, classes]
  private final double[] products; // [rows, classes]

  private LogisticRegression(Rows rows, double penalty) {
    this.rows = rows;
    this.penalty = penalty;
    size = rows.classes * (rows.width + 1);
    probabilities = new double[rows.count() * rows.classes];
    products = new double[rows.count() * rows.classes];
  }

  /**
   * The minimum.
   *
   * @param penalty λ, more than 0
   * @param start where the search begins, laid out as the result; not changed
   * @return W, [classes, width], then b
   */
  static double[] fit(Rows rows, double penalty, double[] start) {
    return new LogisticRegression(rows, penalty).search(start.clone());
  }

  /** Mean −ln p of the labels. */
  static double loss(Rows rows, double[] parameters) {
    LogisticRegression regression = new LogisticRegression(rows, 0);
    return regression.value(parameters);
  }

  /** W x + b of all rows, [rows, classes]. */
  static double[] scores(Rows rows, double[] parameters) {
    double[] scores = new double[rows.count() * rows.classes];
    multiply(rows, parameters, scores);
    return scores;
  }

  private double[] search(double[] at) {
    double[] gradient = new double[size];
    double[] step = new double[size];
    double value = value(at);
    double first = 0;
    for (int i = 0; i < MOST_STEPS; i++) {
      gradient(at, gradient);
      double length = Math.sqrt(dot(gradient, gradient));
      first = i == 0 ? Math.max(1, length) : first;
      if (length <= TOLERANCE * first) {
        break;
      }
      direction(gradient, length, step);
      double slope = dot(gradient, step);
      double share = 1;
      double[] next = moved(at, step, share);
      double found = value(next);
      for (int h = 0; h < MOST_HALVINGS && !(found <= value + SUFFICIENT * share * slope); h++) {
        share /= 2;
        next = moved(at, step, share);
        found = value(next);
      }
      if (!(found < value)) {
        // As low as float64 can tell; the probabilities must be those of what is returned.
        break;
      }
      at = next;
      value = found;
    }
    return at;
  }

  private static double[] moved(double[] at, double[] step, double share) {
    double[] moved = at.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += share * step[i];
    }
    return moved;
  }

  /** The value; leaves the probabilities of all classes behind. */
  private double value(double[] at) {
    multiply(rows, at, probabilities);
    int classes = rows.classes;
    double sum = 0;
    for (int n = 0; n < rows.count(); n++) {
      int row = n * classes;
      double most = probabilities[row];
      for (int k = 1; k < classes; k++) {
        most = Math.max(most, probabilities[row + k]);
      }
      double own = probabilities[row + rows.labels[n]] - most;
      double total = 0;
      for (int k = 0; k < classes; k++) {
        probabilities[row + k] = StrictMath.exp(probabilities[row + k] - most);
        total += probabilities[row + k];
      }
      for (int k = 0; k < classes; k++) {
        probabilities[row + k] /= total;
      }
      sum += StrictMath.log(total) - own;
    }
    double squares = 0;
    for (int i = 0; i < classes * rows.width; i++) {
      squares += at[i] * at[i];
    }
    return sum / rows.count() + penalty / 2 * squares;
  }

  private void gradient(double[] at, double[] gradient) {
    System.arraycopy(probabilities, 0, products, 0, products.length);
    for (int n = 0; n < rows.count(); n++) {
      products[n * rows.classes + rows.labels[n]] -= 1;
    }
    gather(at, gradient);
  }

  /** The curvature along a direction: the Hessian times it. */
  private void curvature(double[] direction, double[] out) {
    multiply(rows, direction, products);
    int classes = rows.classes;
    for (int n = 0; n < rows.count(); n++) {
      int row = n * classes;
      double mean = 0;
      for (int k = 0; k < classes; k++) {
        mean += probabilities[row + k] * products[row + k];
      }
      for (int k = 0; k < classes; k++) {
        products[row + k] = probabilities[row + k] * (products[row + k] - mean);
      }
    }
    gather(direction, out);
  }

  /** out = Σ_n products[n] ⊗ [x, 1] / rows + λ · [W, 0]. */
  private void gather(double[] w, double[] out) {
    Arrays.fill(out, 0);
    int width = rows.width;
    int biases = rows.classes * width;
    for (int n = 0; n < rows.count(); n++) {
      for (int k = 0; k < rows.classes; k++) {
        double factor = products[n * rows.classes + k];
        addScaled(factor, rows.x, n * width, out, k * width, width);
        out[biases + k] += factor;
      }
    }
    for (int i = 0; i < size; i++) {
      out[i] /= rows.count();
    }
    addScaled(penalty, w, 0, out, 0, biases);
  }

  /** out[n, k] = W[k]·x[n] + b[k]. */
  private static void multiply(Rows rows, double[] parameters, double[] out) {
    int width = rows.width;
    for (int n = 0; n < rows.count(); n++) {
      for (int k = 0; k < rows.classes; k++) {
        double bias = parameters[rows.classes * width + k];
        out[n * rows.classes + k] = bias + dot(parameters, k * width, rows.x, n * width, width);
      }
    }
  }

  /** Newton's step, solved as exactly as the distance to the minimum deserves. */
  private void direction(double[] gradient, double length, double[] step) {
    Arrays.fill(step, 0);
    double[] rest = new double[size];
    for (int i = 0; i < size; i++) {
      rest[i] = -gradient[i];
    }
    double[] along = rest.clone();
    double[] bent = new double[size];
    double square = dot(rest, rest);
    double goal = Math.min(0.5, Math.sqrt(length)) * length;
    for (int i = 0; i < MOST_CONJUGATE_STEPS && Math.sqrt(square) > goal; i++) {
      curvature(along, bent);
      double share = square / dot(along, bent);
      addScaled(share, along, 0, step, 0, size);
      addScaled(-share, bent, 0, rest, 0, size);
      double next = dot(rest, rest);
      double turn = next / square;
      for (int j = 0; j < size; j++) {
        along[j] = rest[j] + turn * along[j];
      }
      square = next;
    }
  }

  private static void addScaled(
      double factor, double[] from, int fromOffset, double[] to, int toOffset, int n) {
    for (int j = 0; j < n; j++) {
      to[toOffset + j] += factor * from[fromOffset + j];
    }
  }

  private static double dot(double[] a, double[] b) {
    return dot(a, 0, b, 0, a.length);
  }

  /** Element i in partial sum i mod 4; then the sums, and what is left over. */
  private static double dot(double[] a, int aOffset, double[] b, int bOffset, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int j = 0;
    for (; j <= n - 4; j += 4) {
      s0 += a[aOffset + j] * b[bOffset + j];
      s1 += a[aOffset + j + 1] * b[bOffset + j + 1];
      s2 += a[aOffset + j + 2] * b[bOffset + j + 2];
      s3 += a[aOffset + j + 3] * b[bOffset + j + 3];
    }
    double sum = s0 + s1 + s2 + s3;
    for (; j < n; j++) {
      sum += a[aOffset + j] * b[bOffset + j];
    }
    return sum;
  }
}
