package dev.candor.server;

import dev.candor.server.openai.ErrorBody;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers for requests that cannot be read, and so reach no endpoint. Clients read their errors as
 * those of any other: in the form of the wire.
 */
final class WireErrors implements DirectHandler {

  /** What Helidon says instead of what it does not tell. */
  private static final String UNSAID = "Bad request, see server log";

  private final long bodyBytes;

  private WireErrors(long bodyBytes) {
    this.bodyBytes = bodyBytes;
  }

  /** For all of them. */
  static DirectHandlers handlers(ServerLimits limits) {
    WireErrors handler = new WireErrors(limits.bodyBytes());
    DirectHandlers.Builder all = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      all.addHandler(type, handler);
    }
    return all.build();
  }

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType type,
      Status status,
      ServerResponseHeaders headers,
      @Nullable String message) {
    HttpProblem problem = problem(status.code(), message);
    Object body =
        request.path().startsWith("/api/")
            ? Map.of("error", String.valueOf(problem.getMessage()))
            : ErrorBody.of(problem);
    headers.set(HeaderNames.CONTENT_TYPE, "application/json");
    return TransportResponse.builder()
        .status(status)
        .headers(headers)
        .keepAlive(type.keepAlive())
        .entity(JsonText.of(body).getBytes(StandardCharsets.UTF_8))
        .build();
  }

  private HttpProblem problem(int status, @Nullable String message) {
    return switch (status) {
      case 413 ->
          HttpProblem.of(
              status,
              "request_too_large",
              "The body of the request has more than " + bodyBytes + " bytes, which is the limit.");
      case 500 -> HttpProblem.of(status, "internal", "Internal error.");
      default -> HttpProblem.of(status, "invalid_request", sentence(message));
    };
  }

  private static String sentence(@Nullable String message) {
    if (message == null || message.isBlank() || message.startsWith(UNSAID)) {
      return "The request is not one of HTTP/1.1 as RFC 9112 has it.";
    }
    return "The request cannot be read: " + message + (message.endsWith(".") ? "" : ".");
  }
}
