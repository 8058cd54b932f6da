package dev.candor.engine;

/** A chat template is malformed, unsupported, or exceeded its limits of steps, depth or output. */
public final class TemplateException extends EngineException {

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code
   *     too-many-steps}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public TemplateException(String reason, String message, String remedy) {
    super("template", reason, message, remedy);
  }
}
