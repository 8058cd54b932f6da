package dev.candor.training.models;

/**
 * Some sequences, one behind the other without padding.
 *
 * @param tokens ids of all sequences
 * @param targets of each token the id that should follow, or {@link #NO_TARGET}
 * @param weights of each token what the loss of its target counts; empty for 1 each
 * @param starts where each sequence begins, ascending from 0, and, last, the number of tokens
 */
public record TokenBatch(int[] tokens, int[] targets, float[] weights, int[] starts) {

  /** The loss does not ask what follows this token. */
  public static final int NO_TARGET = -1;

  public TokenBatch {
    if (targets.length != tokens.length
        || weights.length > 0 && weights.length != tokens.length
        || starts.length < 1
        || starts[0] != 0
        || starts[starts.length - 1] != tokens.length) {
      throw new IllegalArgumentException("a batch whose parts do not fit");
    }
    for (int i = 1; i < starts.length; i++) {
      if (starts[i] <= starts[i - 1]) {
        throw new IllegalArgumentException("sequence " + (i - 1) + " is empty");
      }
    }
  }

  /** All targets count the same. */
  public TokenBatch(int[] tokens, int[] targets, int[] starts) {
    this(tokens, targets, new float[0], starts);
  }

  public int sequences() {
    return starts.length - 1;
  }

  /** How many tokens have a target. */
  public int targetCount() {
    int count = 0;
    for (int target : targets) {
      count += target == NO_TARGET ? 0 : 1;
    }
    return count;
  }

  /** What all targets count together. */
  public double weight() {
    if (weights.length == 0) {
      return targetCount();
    }
    double sum = 0;
    for (int i = 0; i < targets.length; i++) {
      sum += targets[i] == NO_TARGET ? 0 : weights[i];
    }
    return sum;
  }
}
