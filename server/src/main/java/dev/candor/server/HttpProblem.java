package dev.candor.server;

import java.util.Map;
import java.util.Optional;

/** A request that is not answered as it was asked. Each wire writes it in its own form. */
public final class HttpProblem extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final transient Optional<String> field;
  private final transient Map<String, String> headers;

  private HttpProblem(
      int status,
      String code,
      Optional<String> field,
      String message,
      Map<String, String> headers,
      Optional<Throwable> cause) {
    super(message, cause.orElse(null));
    this.status = status;
    this.code = code;
    this.field = field;
    this.headers = Map.copyOf(headers);
  }

  /** A problem with the request as a whole. */
  public static HttpProblem of(int status, String code, String message) {
    return new HttpProblem(status, code, Optional.empty(), message, Map.of(), Optional.empty());
  }

  /** A problem with one field of the request: status 400. */
  public static HttpProblem ofField(String field, String code, String message) {
    return new HttpProblem(400, code, Optional.of(field), message, Map.of(), Optional.empty());
  }

  /** The same, with what it came from. */
  public HttpProblem causedBy(Throwable cause) {
    return new HttpProblem(
        status, code, field, String.valueOf(getMessage()), headers, Optional.of(cause));
  }

  /** The same, about this field. */
  public HttpProblem about(String name) {
    return new HttpProblem(
        status,
        code,
        Optional.of(name),
        String.valueOf(getMessage()),
        headers,
        Optional.ofNullable(getCause()));
  }

  /** The same, with a header. */
  public HttpProblem with(String header, String value) {
    return new HttpProblem(
        status,
        code,
        field,
        String.valueOf(getMessage()),
        Map.of(header, value),
        Optional.ofNullable(getCause()));
  }

  /** The status of the response. */
  public int status() {
    return status;
  }

  /** Stable, for programs. */
  public String code() {
    return code;
  }

  /** The field of the request that it is about, if it is one. */
  public Optional<String> field() {
    return field;
  }

  /** What the response says besides. */
  public Map<String, String> headers() {
    return headers;
  }
}
