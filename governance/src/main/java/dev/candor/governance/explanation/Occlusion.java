package dev.candor.governance.explanation;

import java.util.ArrayList;
import java.util.List;

/**
 * Leave-one-span-out: φᵢ = f(x) − f(x without i). It misses what is said twice, as each copy alone
 * can be left out: therefore pairs are left out too.
 */
public final class Occlusion {

  /** Of more spans no pairs are left out: their number grows with the square. */
  public static final int MOST_SPANS_FOR_PAIRS = 40;

  private Occlusion() {}

  /** What each span carries alone: spans + 2 evaluations. */
  public static Attribution of(Scorer scorer, Target target) {
    int spans = scorer.spans();
    List<Subset> subsets = new ArrayList<>(List.of(Subset.all(spans), Subset.none(spans)));
    for (int i = 0; i < spans; i++) {
      subsets.add(Subset.all(spans).without(i));
    }
    List<double[]> each = scorer.logProbabilities(subsets);
    double whole = target.logOdds(each.get(0));
    List<Double> values =
        each.stream().skip(2).map(without -> whole - target.logOdds(without)).toList();
    return new Attribution(
        Attribution.Method.OCCLUSION, values, List.of(), whole, target.logOdds(each.get(1)));
  }

  /**
   * Two spans that carry more together than both alone: at least one of them says again what the
   * other says.
   *
   * @param first the earlier span
   * @param second the later one
   * @param together f(x) − f(x without both)
   * @param alone the sum of what each carries alone
   */
  public record Redundancy(int first, int second, double together, double alone) {}

  /**
   * Pairs whose excess over both alone is larger than what any span carries alone; the largest
   * excess first. Of more spans than {@value #MOST_SPANS_FOR_PAIRS} no pair is left out, and none
   * found.
   */
  public static List<Redundancy> redundancies(Scorer scorer, Target target, Attribution occlusion) {
    int spans = scorer.spans();
    if (spans > MOST_SPANS_FOR_PAIRS) {
      return List.of();
    }
    List<Subset> subsets = new ArrayList<>();
    for (int i = 0; i < spans; i++) {
      for (int j = i + 1; j < spans; j++) {
        subsets.add(Subset.all(spans).without(i).without(j));
      }
    }
    List<double[]> each = scorer.logProbabilities(subsets);
    double most = occlusion.values().stream().mapToDouble(Math::abs).max().orElse(0);
    List<Redundancy> found = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < spans; i++) {
      for (int j = i + 1; j < spans; j++) {
        double together = occlusion.whole() - target.logOdds(each.get(at++));
        double alone = occlusion.values().get(i) + occlusion.values().get(j);
        if (together - alone > most && together > 0) {
          found.add(new Redundancy(i, j, together, alone));
        }
      }
    }
    found.sort((a, b) -> Double.compare(b.together() - b.alone(), a.together() - a.alone()));
    return List.copyOf(found);
  }
}
