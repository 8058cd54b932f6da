package dev.candor.engine.generation;

import dev.candor.engine.models.TokenSpan;
import java.util.Arrays;

/**
 * Decides how many drafts to verify, from what drafts have been worth and what they have cost: with
 * a chance of a that a draft is right, k drafts give 1 + a + … + aᵏ tokens for the time of one
 * token and k times what a further one adds to it.
 *
 * <p>The chance is learnt for each length of recurrence, also from suggestions that were not
 * verified: what the model says instead tells whether they would have been right. The cost is
 * learnt from passes with drafts, and drifts back to a cautious guess while there are none.
 */
final class DraftLength {

  /** Weight of what is older by one observation; some 20 observations count. */
  private static final double MEMORY = 0.95;

  /** What a further token adds to the time of one, until it is known; measured are 0.1 to 0.5. */
  private static final double USUAL_COST = 0.3;

  /** So much the cost drifts back with every pass without drafts. */
  private static final double DRIFT = 0.01;

  private final double[] right = new double[PromptLookup.LONGEST + 1];
  private final double[] judged = new double[PromptLookup.LONGEST + 1];
  private double nanosOfOne;
  private double cost = USUAL_COST;

  DraftLength() {
    // Begins with the belief that two of three drafts are right: that is soon found out.
    Arrays.fill(right, 2);
    Arrays.fill(judged, 3);
  }

  /**
   * The best number of drafts.
   *
   * @param recurring length of the recurrence that suggests them
   * @param suggested how many there are
   */
  int choose(int recurring, int suggested) {
    if (nanosOfOne == 0) {
      return 0;
    }
    double chance = right[recurring] / judged[recurring];
    int best = 0;
    double bestRate = 1;
    double tokens = 1;
    double power = 1;
    for (int k = 1; k <= Math.min(TokenSpan.MOST_DRAFTS, suggested); k++) {
      power *= chance;
      tokens += power;
      double rate = tokens / (1 + cost * k);
      if (rate > bestRate) {
        best = k;
        bestRate = rate;
      }
    }
    return best;
  }

  /** A pass with so many drafts took so long. */
  void timed(int drafts, long nanos) {
    if (drafts == 0) {
      nanosOfOne = nanosOfOne == 0 ? nanos : nanosOfOne + (nanos - nanosOfOne) / 8;
      cost += (USUAL_COST - cost) * DRIFT;
    } else if (nanosOfOne > 0) {
      double now = Math.clamp((nanos / nanosOfOne - 1) / drafts, 0, 2);
      cost += (now - cost) / 4;
    }
  }

  /** The model said whether a suggested token is right. */
  void judge(int recurring, boolean isRight) {
    right[recurring] = right[recurring] * MEMORY + (isRight ? 1 : 0);
    judged[recurring] = judged[recurring] * MEMORY + 1;
  }
}
