package dev.candor.training.optimisers;

import java.util.List;

/**
 * Learning rates one after another (Loshchilov and Hutter, arXiv 1608.03983, section 3): a run that
 * has come to its end is gone on with, and its first part stays what it was. Before a restart the
 * rate stays where the cycle before it ended.
 *
 * @param cycles ascending by the tokens they begin behind, the first behind 0
 */
public record WarmRestarts(List<Cycle> cycles) implements RateSchedule {

  /**
   * One rise and fall.
   *
   * @param fromTokens the last token that the cycle before it has
   * @param rate by the tokens from there on
   */
  public record Cycle(long fromTokens, LearningRate rate) {

    /** The first token of the run at which it falls. */
    public long decayStart() {
      return fromTokens + rate.decayStart();
    }

    /** The token of the run at which it has fallen. */
    public long untilTokens() {
      return fromTokens + rate.totalTokens();
    }
  }

  public WarmRestarts {
    cycles = List.copyOf(cycles);
    if (cycles.isEmpty() || cycles.getFirst().fromTokens() != 0) {
      throw new IllegalArgumentException("the first cycle begins behind 0 tokens");
    }
    for (int i = 1; i < cycles.size(); i++) {
      if (cycles.get(i).fromTokens() < cycles.get(i - 1).untilTokens()) {
        throw new IllegalArgumentException("a cycle begins before the one before it has ended");
      }
    }
  }

  @Override
  public double at(long tokens) {
    Cycle current = cycles.getFirst();
    for (Cycle cycle : cycles) {
      if (cycle.fromTokens() < tokens) {
        current = cycle;
      }
    }
    return current.rate().at(tokens - current.fromTokens());
  }
}
