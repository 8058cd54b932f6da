package dev.candor.engine.generation;

import dev.candor.engine.generation.GeneratedToken.Alternative;
import java.util.ArrayList;
import java.util.List;

/**
 * Natural logarithms of the probabilities that raw logits stand for. Computed in double precision,
 * ids ascending, with {@link StrictMath}, so that every machine gives the same bits.
 */
final class LogProbabilities {

  private LogProbabilities() {}

  /** ln Σ e^logit; the log-probability of a token is its logit minus this. */
  static double logSumExp(float[] logits, int n) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, logits[i]);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += StrictMath.exp((double) logits[i] - largest);
    }
    return largest + StrictMath.log(sum);
  }

  /** The most likely tokens, most likely first, the lower id first among equals. */
  static List<Alternative> top(float[] logits, int n, int count, double logSumExp) {
    int wanted = Math.min(count, n);
    int[] ids = new int[wanted];
    int found = 0;
    for (int id = 0; id < n; id++) {
      if (found == wanted && (wanted == 0 || logits[id] <= logits[ids[wanted - 1]])) {
        continue;
      }
      int at = found < wanted ? found++ : wanted - 1;
      while (at > 0 && logits[ids[at - 1]] < logits[id]) {
        ids[at] = ids[at - 1];
        at--;
      }
      ids[at] = id;
    }
    List<Alternative> top = new ArrayList<>(wanted);
    for (int id : ids) {
      top.add(new Alternative(id, (float) (logits[id] - logSumExp)));
    }
    return List.copyOf(top);
  }
}
