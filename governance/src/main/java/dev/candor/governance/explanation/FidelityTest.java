package dev.candor.governance.explanation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Beat chance or stay silent. An order of spans is held against random orders: it is faithful if
 * its score is higher than that of 95 % of them, counted so that an order which is itself drawn at
 * random passes in at most 5 % of cases (a Monte Carlo test: (1 + as good) / (1 + orders) ≤ 0.05).
 */
public final class FidelityTest {

  /** Shares of ERASER's area over the perturbation curve (AOPC). */
  static final List<Double> SHARES = List.of(0.01, 0.05, 0.10, 0.20, 0.50);

  /** Of fewer spans there are too few orders: the best one comes by chance in more than 5 %. */
  public static final int FEWEST_SPANS = 5;

  /** How many random orders there are at least. */
  public static final int FEWEST_ORDERINGS = 200;

  private static final double CHANCE = 0.05;

  private final int orderings;
  private final long seed;

  /**
   * @param orderings {@value #FEWEST_ORDERINGS} or more
   * @param seed of them
   */
  public FidelityTest(int orderings, long seed) {
    if (orderings < FEWEST_ORDERINGS) {
      throw new IllegalArgumentException(
          orderings + " random orders, at least " + FEWEST_ORDERINGS + " are needed");
    }
    this.orderings = orderings;
    this.seed = seed;
  }

  /** How many spans a share has: rounded up, at least one. */
  static int spans(double share, int spans) {
    return Math.max(1, (int) Math.ceil(share * spans - 1e-9));
  }

  /**
   * Tests an order.
   *
   * @param order all spans, the most important first
   */
  public Fidelity of(Scorer scorer, Target target, List<Integer> order) {
    int spans = scorer.spans();
    SplittableRandom random = new SplittableRandom(seed);
    List<int[]> orders = new ArrayList<>();
    orders.add(order.stream().mapToInt(Integer::intValue).toArray());
    for (int i = 0; i < orderings; i++) {
      orders.add(RandomOrder.of(spans, random));
    }
    List<Subset> subsets = new ArrayList<>(List.of(Subset.all(spans)));
    for (int[] each : orders) {
      for (double share : SHARES) {
        Subset reasons = first(each, spans(share, spans));
        subsets.add(reasons);
        subsets.add(reasons.complement());
      }
    }
    double[] p =
        scorer.logProbabilities(subsets).stream().mapToDouble(target::probability).toArray();
    double own = score(p, 0);
    int asGood =
        (int) IntStream.rangeClosed(1, orderings).filter(at -> score(p, at) >= own).count();
    List<Fidelity.Bin> bins = new ArrayList<>();
    for (int i = 0; i < SHARES.size(); i++) {
      double share = SHARES.get(i);
      bins.add(
          new Fidelity.Bin(share, spans(share, spans), p[0] - p[2 + 2 * i], p[0] - p[1 + 2 * i]));
    }
    boolean faithful = (1.0 + asGood) / (1.0 + orderings) <= CHANCE;
    return new Fidelity(
        bins,
        bins.stream().mapToDouble(Fidelity.Bin::comprehensiveness).average().orElse(0),
        bins.stream().mapToDouble(Fidelity.Bin::sufficiency).average().orElse(0),
        orderings,
        asGood,
        faithful);
  }

  private static Subset first(int[] order, int count) {
    return Subset.of(order.length, IntStream.range(0, count).map(i -> order[i]).toArray());
  }

  /** Of the order at a place: what is with the reasons alone less what is without them. */
  private static double score(double[] p, int at) {
    double sum = 0;
    int first = 1 + 2 * at * SHARES.size();
    for (int i = 0; i < SHARES.size(); i++) {
      sum += p[first + 2 * i] - p[first + 2 * i + 1];
    }
    return sum / SHARES.size();
  }
}
