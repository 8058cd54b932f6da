package dev.candor.training.runs;

import dev.candor.training.models.TokenBatch;
import java.util.List;

/** What each step of a run sees. Everything follows from the {@link Position}. */
public interface StepSource {

  /**
   * How far the drawing is.
   *
   * @param tokens seen in all steps so far
   * @param exercises drawn so far
   */
  record Position(long tokens, long exercises) {}

  /**
   * One step.
   *
   * @param shards at least one exercise each
   * @param tokens of all shards
   * @param targets of all shards, 1 or more
   */
  record Step(List<TokenBatch> shards, int tokens, int targets) {

    /** What all targets count together. */
    double weight() {
      double sum = 0;
      for (TokenBatch shard : shards) {
        sum += shard.weight();
      }
      return sum;
    }
  }

  /** Where the next step begins. */
  Position position();

  /** Goes on from a position. */
  void restore(Position position);

  /** The next step. */
  Step next();

  /** In which part of the run the next step is, from 0 on. */
  int stage();
}
