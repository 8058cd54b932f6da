package dev.candor.server.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.candor.server.ServedHome;
import dev.candor.server.ServerException;
import dev.candor.server.ServerSettings;
import dev.candor.server.traces.DecisionTraces.Ended;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionTracesTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

  @Test
  void aSpanHasTheNamesOfTheConventions() throws IOException, InterruptedException {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          received.add(
              exchange.getRequestHeaders().getFirst("x-key")
                  + HexFormat.of().formatHex(exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    try (DecisionTraces traces =
        DecisionTraces.of(
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + collector.getAddress().getPort() + "/",
                "OTEL_EXPORTER_OTLP_HEADERS",
                "x-key=a%20b"))) {
      Instant now = Instant.now();
      traces.ended(
          new Ended(
              "chat",
              "candor-mini",
              Optional.of(PARENT),
              now.minusSeconds(2),
              now,
              Optional.of("01a2"),
              "end",
              false,
              12,
              34,
              Optional.of(Duration.ofMillis(250))));
    }
    String body = received.poll(20, TimeUnit.SECONDS);
    collector.stop(0);
    assertThat(body).startsWith("a b").contains(TRACE, "00f067aa0ba902b7");
    for (String name :
        new String[] {
          "chat candor-mini", "gen_ai.operation.name", "gen_ai.usage.output_tokens", "service.name"
        }) {
      assertThat(body)
          .as(name)
          .contains(HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Test
  void withoutAnEndpointNothingIsLoaded() {
    assertThat(DecisionTraces.of(Map.of())).isSameAs(DecisionTraces.NONE);
    assertThat(
            DecisionTraces.of(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318",
                    "OTEL_SDK_DISABLED", "true")))
        .isSameAs(DecisionTraces.NONE);
    assertThatThrownBy(() ->
            DecisionTraces.of(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317",
                    "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")))
        .isInstanceOf(ServerException.class);
  }

  @Test
  void eachDecisionIsOneAndTellsNothingOfWhatWasAsked(@TempDir Path folder)
      throws InterruptedException {
    BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    try (ServedHome home = new ServedHome(folder, ServerSettings.loopback(0), ended::add)) {
      String body = ServedHome.chat(ServedHome.QUESTION, "'temperature': 0");
      assertThat(home.post("/v1/chat/completions", body, "traceparent", PARENT).statusCode())
          .isEqualTo(200);
      Ended made = ended.poll(20, TimeUnit.SECONDS);
      assertThat(made).isNotNull();
      assertThat(made.operation()).isEqualTo("chat");
      assertThat(made.parent()).contains(PARENT);
      assertThat(made.outcome()).isEqualTo("end");
      assertThat(made.read()).isPositive();
      assertThat(made.written()).isPositive();
      assertThat(made.toString()).doesNotContain("What is", "Answer");
      String refused = ServedHome.chat("x", "'max_tokens': 1");
      assertThat(
              home.post("/v1/chat/completions", refused, "Candor-Purpose", "social-scoring")
                  .statusCode())
          .isEqualTo(403);
      Ended not = ended.poll(20, TimeUnit.SECONDS);
      assertThat(not).isNotNull();
      assertThat(not.isFailed()).isTrue();
      assertThat(not.outcome()).isEqualTo("governance.refused");
    }
  }
}
