package dev.candor.statistics.tests;

import dev.candor.statistics.Require;
import java.util.Optional;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;
import org.apache.commons.statistics.inference.TTest;

/** Tests of whether two samples of numbers come from the same law. */
public final class TwoSamples {

  /** Most values of either sample for an exact p-value of the Kolmogorov–Smirnov test. */
  public static final int MOST_EXACT = 5000;

  /** Most for one of the Mann–Whitney test, whose counts need more room. */
  public static final int MOST_EXACT_RANKS = 50;

  private TwoSamples() {}

  /**
   * How the p-value is computed.
   *
   * <p>The asymptotic one of the Kolmogorov–Smirnov test can say the opposite of the exact one:
   * samples of 8 with D = 0.625 have 0.049 and 0.087.
   */
  public enum Method {
    /** By counting. */
    EXACT,
    /** By the law of large samples. */
    ASYMPTOTIC
  }

  /**
   * The two-sided Kolmogorov–Smirnov test: D, the largest distance between the two empirical
   * distribution functions. Exact: of all orders of the values of both samples. Asymptotic: the law
   * of D of one sample of n·k / (n + k), rounded (as in SciPy).
   */
  public static TestResult kolmogorovSmirnov(double[] a, double[] b, Method method) {
    check(a, b, 2);
    checkExact(a, b, method, MOST_EXACT);
    KolmogorovSmirnovTest.TwoResult result =
        KolmogorovSmirnovTest.withDefaults().with(library(method)).test(a, b);
    return new TestResult(result.getStatistic(), Math.clamp(result.getPValue(), 0, 1));
  }

  /** D alone; see {@link #kolmogorovSmirnov}. */
  public static double kolmogorovSmirnovDistance(double[] a, double[] b) {
    check(a, b, 1);
    return KolmogorovSmirnovTest.withDefaults().statistic(a, b);
  }

  /**
   * The two-sided Mann–Whitney test: U, the number of pairs in which the first sample's value is
   * larger, equal ones counted as one half. Exact: without equal values only. Asymptotic: normal,
   * with the corrections for equal values and for continuity.
   *
   * @return nothing where equal values allow no p-value: some with the exact method, all of them
   *     with the asymptotic one
   */
  public static Optional<TestResult> mannWhitney(double[] a, double[] b, Method method) {
    check(a, b, 1);
    checkExact(a, b, method, MOST_EXACT_RANKS);
    boolean exact = method == Method.EXACT;
    if (exact ? Ties.any(a, b) : Ties.all(a, b)) {
      return Optional.empty();
    }
    MannWhitneyUTest.Result result =
        MannWhitneyUTest.withDefaults().with(library(method)).test(a, b);
    return Optional.of(new TestResult(result.getStatistic(), Math.clamp(result.getPValue(), 0, 1)));
  }

  /**
   * The two-sided t-test of two means.
   *
   * @param sameVariance whether both laws have the same variance (Student), otherwise Welch
   * @return t and its p-value; nothing where neither sample varies
   */
  public static Optional<TestResult> t(double[] a, double[] b, boolean sameVariance) {
    check(a, b, 2);
    if (Ties.all(a, a) && Ties.all(b, b)) {
      return Optional.empty();
    }
    TTest.Result result =
        TTest.withDefaults()
            .with(sameVariance ? DataDispersion.HOMOSCEDASTIC : DataDispersion.HETEROSCEDASTIC)
            .test(a, b);
    return Optional.of(new TestResult(result.getStatistic(), result.getPValue()));
  }

  private static PValueMethod library(Method method) {
    return method == Method.EXACT ? PValueMethod.EXACT : PValueMethod.ASYMPTOTIC;
  }

  private static void check(double[] a, double[] b, int least) {
    Require.notFewer("reference", a.length, least);
    Require.notFewer("current", b.length, least);
    Require.allFinite("reference", a);
    Require.allFinite("current", b);
  }

  private static void checkExact(double[] a, double[] b, Method method, int most) {
    if (method == Method.EXACT) {
      Require.notMore("reference, for an exact test,", a.length, most);
      Require.notMore("current, for an exact test,", b.length, most);
    }
  }
}
