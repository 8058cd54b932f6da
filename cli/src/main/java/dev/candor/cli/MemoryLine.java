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
   * @param workingBytes of the buffers that it is computed with
   * @param contextTokens that the sequence may hold
   * @param silent whether to check only
   * @throws dev.candor.engine.WeightsException {@code weights.insufficient-memory}
   */
  static void require(
      Streams streams,
      MemoryBudget weights,
      long stateBytes,
      long workingBytes,
      int contextTokens,
      boolean silent) {
    MemoryBudget budget = weights.withSequence(stateBytes, workingBytes).requireFits();
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
                  + " tokens, "
                  + ByteCount.text(workingBytes)
                  + " working buffers");
    }
  }
}
