package dev.candor.engine;

/** An architecture is unknown, or its tensors do not fit its hyperparameters. */
public final class ModelException extends EngineException {

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code shape}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public ModelException(String reason, String message, String remedy) {
    super("model", reason, message, remedy);
  }
}
