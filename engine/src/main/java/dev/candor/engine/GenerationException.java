package dev.candor.engine;

/** A request or a saved state cannot be honoured. */
public final class GenerationException extends EngineException {

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code
   *     context-exceeded}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public GenerationException(String reason, String message, String remedy) {
    super("generation", reason, message, remedy);
  }
}
