package dev.candor.cli;

/** A command cannot do what was asked, for a reason outside the engine. */
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String code;
  private final String remedy;

  /**
   * @param code stable, for programs: what it is about and the reason, such as {@code
   *     input.too-large}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public CommandException(String code, String message, String remedy) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }

  /** Stable, for programs. */
  public String code() {
    return code;
  }

  /** One sentence: what to do next. */
  public String remedy() {
    return remedy;
  }
}
