package dev.candor.engine;

/** A JSON document or a hyperparameter is missing, malformed or outside its limits. */
public final class ConfigException extends EngineException {

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code
   *     out-of-range}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public ConfigException(String reason, String message, String remedy) {
    super("config", reason, message, remedy);
  }
}
