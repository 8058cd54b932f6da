package dev.candor.engine;

/** A tokenizer definition is malformed or of an unsupported kind. */
public final class TokenizerException extends EngineException {

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code
   *     unsupported}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public TokenizerException(String reason, String message, String remedy) {
    super("tokenizer", reason, message, remedy);
  }
}
