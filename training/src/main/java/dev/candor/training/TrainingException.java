package dev.candor.training;

/**
 * What the training room throws when it refuses: a stable code for programs, what happened and what
 * to do next for people.
 */
public final class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String code;
  private final String remedy;

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code row-unfit}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public TrainingException(String reason, String message, String remedy) {
    super(message);
    this.code = "training." + reason;
    this.remedy = remedy;
  }

  /** Stable, for programs: {@code training.} and the reason. */
  public String code() {
    return code;
  }

  /** One sentence: what to do next. */
  public String remedy() {
    return remedy;
  }
}
