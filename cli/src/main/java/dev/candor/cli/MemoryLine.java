package dev.candor.cli;

import dev.candor.engine.weights.MemoryBudget;

/**
 * Says what memory a model and a sequence take before either is allocated, and refuses what does
 * not fit.
 */
final class MemoryLine {

  private MemoryLine() {}

  /**
   * Checks weights and state against the memory there is, then prints the line.
   *
   * @param weights the model's budget, as it was before opening
   * @param stateBytes of the sequence
   * @param contextTokens that the sequence may hold
   * @param silent whether to check only
   * @throws dev.candor.engine.WeightsException {@code weights.insufficient-memory}
   */
  static void require(
      Streams streams, MemoryBudget weights, long stateBytes, int contextTokens, boolean silent) {
    MemoryBudget budget = weights.withState(stateBytes).requireFits();
    if (!silent) {
      streams
          .err()
          .println(
              "memory: "
                  + ByteCount.text(budget.weightBytes())
                  + " weights (mapped), "
                  + ByteCount.text(stateBytes)
                  + " state for "
                  + contextTokens
                  + " tokens");
    }
  }
}
