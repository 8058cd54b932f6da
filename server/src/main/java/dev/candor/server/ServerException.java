package dev.candor.server;

/**
 * What the server throws when it refuses to start or to go on: a stable code for programs, what
 * happened and what to do next for people. What a request is answered with is an {@link
 * HttpProblem}.
 */
public final class ServerException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String code;
  private final String remedy;

  /**
   * @param reason stable, lower-dash, the second half of {@link #code()}
   * @param message what happened, naming the field and the limit
   * @param remedy one sentence: what to do next
   */
  public ServerException(String reason, String message, String remedy) {
    super(message);
    this.code = "server." + reason;
    this.remedy = remedy;
  }

  /** The same, with what it came from. */
  public ServerException(String reason, String message, String remedy, Throwable cause) {
    super(message, cause);
    this.code = "server." + reason;
    this.remedy = remedy;
  }

  /** Stable, for programs: {@code server.} and the reason. */
  public String code() {
    return code;
  }

  /** One sentence: what to do next. */
  public String remedy() {
    return remedy;
  }
}
