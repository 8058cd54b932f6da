package dev.candor.engine;

/** A weights file is malformed, truncated, unsupported, or needs more memory than there is. */
public final class WeightsException extends EngineException {

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code truncated}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public WeightsException(String reason, String message, String remedy) {
    super("weights", reason, message, remedy);
  }
}
