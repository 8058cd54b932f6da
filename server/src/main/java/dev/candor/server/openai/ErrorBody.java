package dev.candor.server.openai;

import dev.candor.server.HttpProblem;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error as OpenAI's clients read it. */
public final class ErrorBody {

  private ErrorBody() {}

  /** The body of a response, or of an event in a stream. */
  public static Map<String, Object> of(HttpProblem problem) {
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("message", problem.getMessage());
    error.put("type", type(problem.status()));
    error.put("param", problem.field().orElse(null));
    error.put("code", problem.code());
    return Map.of("error", Collections.unmodifiableMap(error));
  }

  private static String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 429 -> "rate_limit_error";
      default -> status >= 500 ? "server_error" : "invalid_request_error";
    };
  }
}
