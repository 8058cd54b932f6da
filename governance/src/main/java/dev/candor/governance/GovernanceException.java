package dev.candor.governance;

/**
 * What the governance room throws when it refuses: a stable code for programs, what happened and
 * what to do next for people.
 */
public final class GovernanceException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String code;
  private final String remedy;

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code
   *     consent-missing}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public GovernanceException(String reason, String message, String remedy) {
    super(message);
    this.code = "governance." + reason;
    this.remedy = remedy;
  }

  /** The same, with what it came from. */
  public GovernanceException(String reason, String message, String remedy, Throwable cause) {
    super(message, cause);
    this.code = "governance." + reason;
    this.remedy = remedy;
  }

  /** Stable, for programs: {@code governance.} and the reason. */
  public String code() {
    return code;
  }

  /** One sentence: what to do next. */
  public String remedy() {
    return remedy;
  }
}
