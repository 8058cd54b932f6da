package dev.candor.server.admin;

import dev.candor.server.HttpProblem;
import dev.candor.server.JsonText;
import dev.candor.server.access.Caller;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A line of JSON for each request: when, who, what kind, how it ended, how long it took, and which
 * decision. What was asked and answered is in none of them, nor are keys, queries or subjects: that
 * is in the ledger's payloads, encrypted.
 */
public final class RequestLog implements Filter {

  /** Paths that are named; any other is called {@code other}, for callers choose paths. */
  private static final Set<String> PATHS =
      Set.of(
          "/health",
          "/ready",
          "/metrics",
          "/openapi.yaml",
          "/v1/models",
          "/v1/chat/completions",
          "/v1/completions",
          "/v1/responses",
          "/v1/embeddings",
          "/api/chat",
          "/api/generate",
          "/api/tags",
          "/api/ps",
          "/api/version",
          "/api/show",
          "/api/embed");

  private final Consumer<String> lines;
  private final Measurements measurements;

  /**
   * @param lines takes each line
   * @param measurements counts each request
   */
  public RequestLog(Consumer<String> lines, Measurements measurements) {
    this.lines = lines;
    this.measurements = measurements;
  }

  @Override
  public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
    long began = System.nanoTime();
    boolean[] told = {false};
    response.whenSent(() -> {
      told[0] = true;
      tell(request, response.status().code(), response, began);
    });
    try {
      chain.proceed();
    } catch (RuntimeException e) {
      if (!told[0] && e instanceof CloseConnectionException) {
        tell(request, statusOf(e), response, began);
      }
      throw e;
    }
  }

  /**
   * 499, as nginx has it, where the client closed the connection; where the server did, for a reply
   * that had begun could not be ended, the status that it would have had.
   */
  private static int statusOf(Throwable closed) {
    for (Throwable each = closed; each != null; each = each.getCause()) {
      if (each instanceof HttpProblem problem) {
        return problem.status();
      }
    }
    return 499;
  }

  private void tell(RoutingRequest request, int status, RoutingResponse response, long began) {
    long nanos = System.nanoTime() - began;
    String path = request.path().path();
    String named = PATHS.contains(path) ? path : "other";
    measurements.request(named, status, nanos);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("at", Instant.now().toString());
    line.put("method", request.prologue().method().text());
    line.put("path", named);
    line.put("status", status);
    line.put("millis", nanos / 1_000_000);
    Optional<Caller> caller = request.context().get(Caller.class);
    caller.ifPresent(it -> line.put("principal", it.principal().name()));
    response
        .headers()
        .first(HeaderNames.create("Candor-Decision"))
        .ifPresent(decision -> line.put("decision", decision));
    lines.accept(JsonText.of(line));
  }
}
