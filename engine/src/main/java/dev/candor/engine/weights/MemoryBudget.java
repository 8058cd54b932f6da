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
 * @param availableBytes what the process can get; empty if the system does not say
 */
public record MemoryBudget(long weightBytes, long stateBytes, OptionalLong availableBytes) {

  /**
   * The budget of a file or folder, its state not counted.
   *
   * @throws dev.candor.engine.EngineException if it is not a model, or malformed
   */
  public static MemoryBudget of(Path model) {
    return new MemoryBudget(
        ContainerProbe.weightBytes(model), 0, new AvailableMemory(Path.of("/")).bytes());
  }

  /** The same with the state of a sequence. */
  public MemoryBudget withState(long bytes) {
    return new MemoryBudget(weightBytes, bytes, availableBytes);
  }

  /** Weights and state. */
  public long totalBytes() {
    return Math.addExact(weightBytes, stateBytes);
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
              + "), "
              + availableBytes.getAsLong()
              + " are available",
          "Use a smaller model or context (--context), or give the process more memory.");
    }
    return this;
  }
}
