package dev.candor.engine;

/** An adapter or a head is malformed, unsupported, or not made for the model. */
public final class AdapterException extends EngineException {

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code
   *     other-base}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public AdapterException(String reason, String message, String remedy) {
    super("adapter", reason, message, remedy);
  }
}
