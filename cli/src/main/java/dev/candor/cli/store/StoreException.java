package dev.candor.cli.store;

/** A model cannot be added, found or removed: a stable code, what happened, what to do next. */
public final class StoreException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String code;
  private final String remedy;

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}, such as {@code
   *     wrong-digest}
   * @param message what happened, naming the file and the limit
   * @param remedy one sentence: what to do next
   */
  public StoreException(String reason, String message, String remedy) {
    super(message);
    this.code = "store." + reason;
    this.remedy = remedy;
  }

  /** Stable, for programs, such as {@code store.wrong-digest}. */
  public String code() {
    return code;
  }

  /** One sentence: what to do next. */
  public String remedy() {
    return remedy;
  }
}
