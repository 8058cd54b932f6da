package dev.candor.governance.explanation;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Whether two lists of numbers put their places in the same order: Spearman's ρ. */
public final class RankCorrelation {

  private RankCorrelation() {}

  /**
   * ρ, the correlation of the ranks; equal numbers share theirs.
   *
   * @param first as many as the second
   * @return −1 to 1; 0 if all numbers of one list are equal
   */
  public static double of(List<Double> first, List<Double> second) {
    if (first.size() != second.size()) {
      throw new IllegalArgumentException(first.size() + " numbers and " + second.size());
    }
    double[] a = ranks(first);
    double[] b = ranks(second);
    double mean = (first.size() + 1) / 2.0;
    double products = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      products += (a[i] - mean) * (b[i] - mean);
      squaresOfA += (a[i] - mean) * (a[i] - mean);
      squaresOfB += (b[i] - mean) * (b[i] - mean);
    }
    double squares = squaresOfA * squaresOfB;
    return squares == 0 ? 0 : products / StrictMath.sqrt(squares);
  }

  private static double[] ranks(List<Double> numbers) {
    List<Integer> order =
        IntStream.range(0, numbers.size())
            .boxed()
            .sorted(Comparator.comparing(numbers::get))
            .toList();
    double[] ranks = new double[numbers.size()];
    for (int from = 0; from < order.size(); ) {
      int to = from + 1;
      while (to < order.size() && numbers.get(order.get(to)).equals(numbers.get(order.get(from)))) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order.get(i)] = (from + to + 1) / 2.0;
      }
      from = to;
    }
    return ranks;
  }
}
