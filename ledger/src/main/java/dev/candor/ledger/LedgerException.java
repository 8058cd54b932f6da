package dev.candor.ledger;

/**
 * What the ledger throws when it refuses: a stable code for programs, what happened and what to do
 * next for people.
 */
public final class LedgerException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String code;
  private final String remedy;

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code locked}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public LedgerException(String reason, String message, String remedy) {
    super(message);
    this.code = "ledger." + reason;
    this.remedy = remedy;
  }

  /** The same, with what it came from. */
  public LedgerException(String reason, String message, String remedy, Throwable cause) {
    super(message, cause);
    this.code = "ledger." + reason;
    this.remedy = remedy;
  }

  /** Stable, for programs: {@code ledger.} and the reason. */
  public String code() {
    return code;
  }

  /** One sentence: what to do next. */
  public String remedy() {
    return remedy;
  }
}
