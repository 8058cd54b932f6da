package dev.candor.statistics.drift;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.Require;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** How far two samples are apart, without bins. */
public final class SampleDistance {

  /** Most rows of both samples together whose distances are all computed. */
  public static final int MOST_ROWS = 10_000;

  private SampleDistance() {}

  /** Wasserstein's W₁: the area between the two empirical distribution functions. */
  public static double wasserstein(double[] reference, double[] current) {
    Require.notFewer("reference", reference.length, 1);
    Require.notFewer("current", current.length, 1);
    double[] a = Require.allFinite("reference", reference).clone();
    double[] b = Require.allFinite("current", current).clone();
    Arrays.sort(a);
    Arrays.sort(b);
    double area = 0;
    double last = Math.min(a[0], b[0]);
    int i = 0;
    int k = 0;
    while (i < a.length || k < b.length) {
      double next = k == b.length || (i < a.length && a[i] <= b[k]) ? a[i] : b[k];
      area += Math.abs(i / (double) a.length - k / (double) b.length) * (next - last);
      last = next;
      while (i < a.length && a[i] == next) {
        i++;
      }
      while (k < b.length && b[k] == next) {
        k++;
      }
    }
    return area;
  }

  /** W₁ divided by the reference's standard deviation (of n, not of n − 1). */
  public static Quantity standardisedWasserstein(double[] reference, double[] current) {
    double distance = wasserstein(reference, current);
    double mean = Arrays.stream(reference).sum() / reference.length;
    double squares = 0;
    for (double value : reference) {
      squares += (value - mean) * (value - mean);
    }
    return Quantity.ratio(
        distance, Math.sqrt(squares / reference.length), "all values of the reference are equal");
  }

  /**
   * The squared maximum mean discrepancy with the kernel exp(−‖x − y‖² / (2 σ²)) (Gretton et al.,
   * Journal of Machine Learning Research 13, 2012, lemma 6).
   *
   * @param reference rows of numbers, all of one length; two or more rows
   * @param current likewise
   * @param sigma the kernel's width, more than 0
   * @param unbiased without the pairs of a row with itself; may be negative
   */
  public static double squaredMeanDiscrepancy(
      List<double[]> reference, List<double[]> current, double sigma, boolean unbiased) {
    check(reference, current);
    Require.inside("sigma", sigma, 0, 1e150);
    return within(reference, sigma, unbiased)
        + within(current, sigma, unbiased)
        - 2 * between(reference, current, sigma);
  }

  private static double within(List<double[]> rows, double sigma, boolean unbiased) {
    double sum = 0;
    for (int i = 0; i < rows.size(); i++) {
      for (int k = i + 1; k < rows.size(); k++) {
        sum += kernel(rows.get(i), rows.get(k), sigma);
      }
    }
    double n = rows.size();
    return unbiased ? 2 * sum / (n * (n - 1)) : (2 * sum + n) / (n * n);
  }

  private static double between(List<double[]> a, List<double[]> b, double sigma) {
    double sum = 0;
    for (double[] row : a) {
      for (double[] other : b) {
        sum += kernel(row, other, sigma);
      }
    }
    return sum / ((double) a.size() * b.size());
  }

  private static double kernel(double[] a, double[] b, double sigma) {
    return StrictMath.exp(-squaredDistance(a, b) / (2 * sigma * sigma));
  }

  private static double squaredDistance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum;
  }

  /**
   * The median of the distances of all pairs of rows, both samples taken together: the usual width
   * of the kernel (section 8 there).
   *
   * @return undefined where it is 0, for no kernel has that width
   */
  public static Quantity medianDistance(List<double[]> reference, List<double[]> current) {
    check(reference, current);
    List<double[]> rows = Stream.concat(reference.stream(), current.stream()).toList();
    Require.notMore("reference and current together", rows.size(), MOST_ROWS / 2);
    double[] distances = new double[rows.size() * (rows.size() - 1) / 2];
    int next = 0;
    for (int i = 0; i < rows.size(); i++) {
      for (int k = i + 1; k < rows.size(); k++) {
        distances[next++] = squaredDistance(rows.get(i), rows.get(k));
      }
    }
    Arrays.sort(distances);
    int half = distances.length / 2;
    double median =
        distances.length % 2 == 1
            ? Math.sqrt(distances[half])
            : (Math.sqrt(distances[half - 1]) + Math.sqrt(distances[half])) / 2;
    return median == 0
        ? Quantity.undefined("more than half of all rows are equal")
        : Quantity.of(median);
  }

  private static void check(List<double[]> reference, List<double[]> current) {
    Require.notFewer("reference", reference.size(), 2);
    Require.notFewer("current", current.size(), 2);
    Require.notMore("reference and current together", reference.size() + current.size(), MOST_ROWS);
    int length = reference.getFirst().length;
    for (double[] row : reference) {
      Require.sameLength("a row of reference", row.length, "its first row", length);
      Require.allFinite("reference", row);
    }
    for (double[] row : current) {
      Require.sameLength("a row of current", row.length, "a row of reference", length);
      Require.allFinite("current", row);
    }
  }
}
