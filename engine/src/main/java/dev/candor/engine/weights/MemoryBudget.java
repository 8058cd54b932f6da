package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The memory that a model needs, known from the headers of its files alone: before anything is
 * mapped or allocated.
 *
 * @param weightBytes of all weights
 * @param stateBytes of one sequence's state at its context length ({@code CausalModel.stateBytes});
 *     0 as long as it is unknown
 * @param workingBytes of the buffers that it is computed with ({@code CausalModel.workingBytes}); 0
 *     as long as they are unknown
 * @param availableBytes what the process can get; empty if the system does not say
 */
public record MemoryBudget(
    long weightBytes, long stateBytes, long workingBytes, OptionalLong availableBytes) {

  /**
   * The budget of a file or folder, its state not counted.
   *
   * @throws dev.candor.engine.EngineException if it is not a model, or malformed
   */
  public static MemoryBudget of(Path model) {
    return new MemoryBudget(
        ContainerProbe.weightBytes(model), 0, 0, new AvailableMemory(Path.of("/")).bytes());
  }

  /** The same with a sequence: its state, and the buffers that it is computed with. */
  public MemoryBudget withSequence(long state, long working) {
    return new MemoryBudget(weightBytes, state, working, availableBytes);
  }

  /** Weights, state and buffers. */
  public long totalBytes() {
    return Math.addExact(Math.addExact(weightBytes, stateBytes), workingBytes);
  }

  /**
   * Refuses what does not fit.
   *
   * @throws WeightsException {@code weights.insufficient-memory}
   */
  public MemoryBudget requireFits() {
    if (availableBytes.isPresent() && totalBytes() > availableBytes.getAsLong()) {
      throw new WeightsException(
          "insufficient-memory",
          "the model needs "
              + totalBytes()
              + " bytes (weights "
              + weightBytes
              + ", state "
              + stateBytes
              + ", working buffers "
              + workingBytes
              + "), "
              + availableBytes.getAsLong()
              + " are available",
          "Use a smaller model or context (--context), or give the process more memory.");
    }
    return this;
  }
}
