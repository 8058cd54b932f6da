package dev.candor.governance.explanation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Shapley values: what a span adds to f on average over all orders in which spans could come
 * (Castro et al. 2009). Up to {@value #MOST_EXACT} spans all subsets are asked about; of more,
 * random orders are, each with its reverse (Mitchell et al., arXiv 2104.12199, antithetic), and the
 * pairs give an interval. The values add up to f(x) − f(nothing), whichever way.
 */
public final class ShapleySampling {

  /** All 2ⁿ subsets of so many spans take no longer than a sample. */
  static final int MOST_EXACT = 8;

  private final int pairs;
  private final long seed;

  /**
   * @param pairs of orders, 2 or more
   * @param seed of the orders
   */
  public ShapleySampling(int pairs, long seed) {
    if (pairs < 2) {
      throw new IllegalArgumentException(pairs + " pairs of orders give no interval");
    }
    this.pairs = pairs;
    this.seed = seed;
  }

  /** What each span carries. */
  public Attribution of(Scorer scorer, Target target) {
    return scorer.spans() <= MOST_EXACT ? exact(scorer, target) : sampled(scorer, target);
  }

  private static Attribution exact(Scorer scorer, Target target) {
    int spans = scorer.spans();
    List<Subset> subsets = new ArrayList<>();
    for (int bits = 0; bits < 1 << spans; bits++) {
      Subset subset = Subset.none(spans);
      for (int i = 0; i < spans; i++) {
        subset = (bits >> i & 1) == 1 ? subset.with(i) : subset;
      }
      subsets.add(subset);
    }
    double[] f = logOdds(scorer, target, subsets);
    double[] weights = weights(spans);
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < spans; i++) {
      double value = 0;
      for (int bits = 0; bits < f.length; bits++) {
        if ((bits >> i & 1) == 0) {
          value += weights[Integer.bitCount(bits)] * (f[bits | 1 << i] - f[bits]);
        }
      }
      values.add(value);
    }
    List<Attribution.Interval> intervals =
        values.stream().map(value -> new Attribution.Interval(value, value)).toList();
    return new Attribution(Attribution.Method.SHAPLEY, values, intervals, f[f.length - 1], f[0]);
  }

  /** Of a span that joins so many others: s! (n − s − 1)! / n!. */
  private static double[] weights(int spans) {
    double[] weights = new double[Math.max(1, spans)];
    weights[0] = 1.0 / Math.max(1, spans);
    for (int s = 1; s < spans; s++) {
      weights[s] = weights[s - 1] * s / (spans - s);
    }
    return weights;
  }

  private Attribution sampled(Scorer scorer, Target target) {
    int spans = scorer.spans();
    SplittableRandom random = new SplittableRandom(seed);
    List<int[]> orders = new ArrayList<>();
    List<Subset> subsets = new ArrayList<>(List.of(Subset.none(spans)));
    for (int pair = 0; pair < pairs; pair++) {
      int[] order = RandomOrder.of(spans, random);
      for (int[] each : List.of(order, reversed(order))) {
        orders.add(each);
        Subset subset = Subset.none(spans);
        for (int span : each) {
          subset = subset.with(span);
          subsets.add(subset);
        }
      }
    }
    double[] f = logOdds(scorer, target, subsets);
    double[] sums = new double[spans];
    double[] squares = new double[spans];
    for (int pair = 0; pair < pairs; pair++) {
      double[] mean = new double[spans];
      for (int half = 0; half < 2; half++) {
        int at = 2 * pair + half;
        double before = f[0];
        int[] order = orders.get(at);
        for (int i = 0; i < spans; i++) {
          double after = f[1 + at * spans + i];
          mean[order[i]] += (after - before) / 2;
          before = after;
        }
      }
      for (int i = 0; i < spans; i++) {
        sums[i] += mean[i];
        squares[i] += mean[i] * mean[i];
      }
    }
    return attribution(sums, squares, f[spans], f[0]);
  }

  private Attribution attribution(double[] sums, double[] squares, double whole, double nothing) {
    double quantile = TDistribution.of(pairs - 1).inverseCumulativeProbability(0.975);
    List<Double> values = new ArrayList<>();
    List<Attribution.Interval> intervals = new ArrayList<>();
    for (int i = 0; i < sums.length; i++) {
      double mean = sums[i] / pairs;
      double variance = Math.max(0, (squares[i] - sums[i] * mean) / (pairs - 1));
      double half = quantile * StrictMath.sqrt(variance / pairs);
      values.add(mean);
      intervals.add(new Attribution.Interval(mean - half, mean + half));
    }
    return new Attribution(Attribution.Method.SHAPLEY, values, intervals, whole, nothing);
  }

  private static int[] reversed(int[] order) {
    int[] reversed = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      reversed[i] = order[order.length - 1 - i];
    }
    return reversed;
  }

  private static double[] logOdds(Scorer scorer, Target target, List<Subset> subsets) {
    return scorer.logProbabilities(subsets).stream().mapToDouble(target::logOdds).toArray();
  }
}
