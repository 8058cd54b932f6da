package dev.candor.governance.explanation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Asks another scorer about each subset once. Not safe for use by many threads. */
public final class RememberingScorer implements Scorer {

  private final Scorer scorer;
  private final Map<Subset, double[]> known = new HashMap<>();

  public RememberingScorer(Scorer scorer) {
    this.scorer = scorer;
  }

  @Override
  public int spans() {
    return scorer.spans();
  }

  @Override
  public double[] logProbabilities(Subset kept) {
    return logProbabilities(List.of(kept)).getFirst();
  }

  @Override
  public List<double[]> logProbabilities(List<Subset> each) {
    LinkedHashSet<Subset> unknown = new LinkedHashSet<>(each);
    unknown.removeAll(known.keySet());
    List<Subset> asked = new ArrayList<>(unknown);
    List<double[]> answers = asked.isEmpty() ? List.of() : scorer.logProbabilities(asked);
    for (int i = 0; i < asked.size(); i++) {
      known.put(asked.get(i), answers.get(i));
    }
    return each.stream().map(kept -> Objects.requireNonNull(known.get(kept)).clone()).toList();
  }

  /** How many different subsets have been asked about. */
  public int evaluations() {
    return known.size();
  }
}
