package dev.candor.server.traces;

import dev.candor.server.ServerException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Is told of decisions that have ended; never of what was asked, what was answered, or whom it is
 * about. Called by many threads.
 */
public interface DecisionTraces extends AutoCloseable {

  /** Tells nobody. */
  DecisionTraces NONE = _ -> {};

  /**
   * A decision that has ended.
   *
   * @param operation as OpenTelemetry's conventions call it: {@code chat}, {@code text_completion}
   *     or {@code embeddings}
   * @param model as the request names it
   * @param parent the span that it belongs to, as the header {@code traceparent} has it
   * @param asked when the request was there
   * @param ended when it was over
   * @param decision its id, if it was made
   * @param outcome how it ended, or the code of the error
   * @param isFailed whether it was not made
   * @param read tokens of the prompt
   * @param written tokens of the answer
   * @param firstToken from the beginning of the decision to its first token
   */
  record Ended(
      String operation,
      String model,
      Optional<String> parent,
      Instant asked,
      Instant ended,
      Optional<String> decision,
      String outcome,
      boolean isFailed,
      int read,
      int written,
      Optional<Duration> firstToken) {}

  /** A decision has ended. */
  void ended(Ended decision);

  /** Sends what was not sent yet. */
  @Override
  default void close() {}

  /**
   * Where to send spans, by OpenTelemetry's own variables: {@code OTEL_EXPORTER_OTLP_ENDPOINT} or
   * {@code …_TRACES_ENDPOINT}, {@code OTEL_EXPORTER_OTLP_HEADERS}, {@code OTEL_SERVICE_NAME},
   * {@code OTEL_SDK_DISABLED}. Nothing of OpenTelemetry is loaded where none is set.
   *
   * @throws ServerException {@code server.traces-protocol} for another protocol than HTTP
   */
  static DecisionTraces of(Map<String, String> environment) {
    Optional<String> endpoint =
        set(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
            .or(() ->
                set(environment, "OTEL_EXPORTER_OTLP_ENDPOINT")
                    .map(base -> base.replaceFirst("/+$", "") + "/v1/traces"));
    if (endpoint.isEmpty()
        || set(environment, "OTEL_SDK_DISABLED").filter("true"::equalsIgnoreCase).isPresent()) {
      return NONE;
    }
    Optional<String> protocol =
        set(environment, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
            .or(() -> set(environment, "OTEL_EXPORTER_OTLP_PROTOCOL"));
    if (protocol.filter(it -> !it.equals("http/protobuf")).isPresent()) {
      throw new ServerException(
          "traces-protocol",
          "OTEL_EXPORTER_OTLP_PROTOCOL is " + protocol.get() + ", spoken here is http/protobuf",
          "Give the collector's HTTP endpoint, mostly port 4318, and set http/protobuf.");
    }
    return new OtlpTraces(
        endpoint.get(),
        set(environment, "OTEL_EXPORTER_OTLP_HEADERS").orElse(""),
        set(environment, "OTEL_SERVICE_NAME").orElse("candor"));
  }

  private static Optional<String> set(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .map(String::strip)
        .filter(it -> !it.isEmpty());
  }
}
