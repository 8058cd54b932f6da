package dev.candor.statistics;

/**
 * What this room throws when it refuses: a stable code for programs, what happened and what to do
 * next for people. A statistic that is not defined for its inputs is no error: see {@link
 * Quantity.Undefined}.
 */
public final class StatisticsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String code;
  private final String remedy;

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code
   *     lengths-differ}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public StatisticsException(String reason, String message, String remedy) {
    super(message);
    this.code = "statistics." + reason;
    this.remedy = remedy;
  }

  /** Stable, for programs: {@code statistics.} and the reason. */
  public String code() {
    return code;
  }

  /** One sentence: what to do next. */
  public String remedy() {
    return remedy;
  }
}
