package dev.candor.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Many requests at once get what each would get alone, or are told that there are too many. */
class ManyAtOnceTest {

  private @TempDir Path folder;

  private static ServerSettings settings(int parallel, int waiting, long tokensPerMinute) {
    ServerLimits limits =
        new ServerLimits(
            parallel, waiting, 1 << 20, 1_024, tokensPerMinute, 0, Duration.ofSeconds(20));
    return new ServerSettings("127.0.0.1", 0, Optional.empty(), List.of(), List.of(), limits);
  }

  private static String question(int i) {
    return ServedHome.chat(
        "What is " + i + " + " + 3 * i + "?",
        "'max_tokens': 40, 'seed': " + i + ", 'temperature': " + (i % 3 == 0 ? "0" : "0.9"));
  }

  private static String text(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return ServedHome.json(response).at("/choices/0/message").toString();
  }

  @Test
  void eachGetsWhatItWouldGetAlone() throws InterruptedException, ExecutionException {
    try (ServedHome home = new ServedHome(folder, settings(8, 256, 0));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> running = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        String body = question(i);
        running.add(threads.submit(() -> home.post("/v1/chat/completions", body)));
      }
      for (int i = 0; i < 32; i++) {
        String together = text(running.get(i).get());
        assertThat(together).isEqualTo(text(home.post("/v1/chat/completions", question(i))));
      }
    }
  }

  /** Texts take their turns: neither their number nor a short queue turns them away. */
  @Test
  void manyTextsOfOneRequestTakeTheirTurns() throws InterruptedException, ExecutionException {
    String texts = "'text 1'" + ", 'text 2', 'text 1'".repeat(150);
    String body = "{'model': '" + ServedHome.MODEL + "', 'input': [" + texts + "]}";
    try (ServedHome home = new ServedHome(folder, settings(2, 1, 0));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> made = threads.submit(() -> home.post("/v1/embeddings", body));
      // Another caller's request finds its turn between them.
      text(home.post("/v1/chat/completions", question(1)));
      JsonNode data = ServedHome.json(made.get()).path("data");
      assertThat(data.size()).isEqualTo(301);
      assertThat(data.get(300).path("embedding")).isEqualTo(data.get(0).path("embedding"));
      assertThat(data.get(1).path("embedding")).isNotEqualTo(data.get(0).path("embedding"));
    }
  }

  @Test
  void whoComesWhenTooManyWaitIsTurnedAway() throws InterruptedException, ExecutionException {
    try (ServedHome home = new ServedHome(folder, settings(1, 1, 0));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> running = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        running.add(
            threads.submit(() -> home.post("/v1/chat/completions", ServedHome.endless(""))));
      }
      int away = 0;
      for (Future<HttpResponse<String>> each : running) {
        HttpResponse<String> response = each.get();
        if (response.statusCode() == 429) {
          away++;
          assertThat(response.headers().firstValueAsLong("retry-after").orElseThrow())
              .isBetween(1L, 60L);
          assertThat(ServedHome.json(response).at("/error/type").asString())
              .isEqualTo("rate_limit_error");
        } else {
          assertThat(response.statusCode()).isEqualTo(200);
        }
      }
      assertThat(away).isBetween(1, 6);
    }
  }

  @Test
  void whoSaysHowLongTheyWaitIsToldWhenItWouldTakeLonger()
      throws InterruptedException, ExecutionException {
    try (ServedHome home = new ServedHome(folder, settings(1, 8, 0));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(home.post("/v1/chat/completions", ServedHome.endless("")).statusCode())
          .isEqualTo(200);
      int entries = home.entries().size();
      Future<HttpResponse<String>> running =
          threads.submit(() -> home.post("/v1/chat/completions", ServedHome.endless("'n': 4")));
      while (home.entries().size() == entries) {
        Thread.sleep(5);
      }
      HttpResponse<String> hasty =
          home.post("/v1/chat/completions", question(3), "X-Stainless-Read-Timeout", "0.001");
      assertThat(hasty.statusCode()).as(hasty.body()).isEqualTo(429);
      assertThat(ServedHome.json(hasty).at("/error/code").asString()).isEqualTo("queue_too_slow");
      assertThat(
              home.post("/v1/chat/completions", question(3), "X-Stainless-Read-Timeout", "600.0")
                  .statusCode())
          .isEqualTo(200);
      assertThat(running.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whoHasUsedTheirTokensWaits() {
    try (ServedHome home = new ServedHome(folder, settings(4, 4, 20))) {
      assertThat(home.post("/v1/chat/completions", question(3)).statusCode()).isEqualTo(200);
      HttpResponse<String> second = home.post("/v1/chat/completions", question(3));
      assertThat(second.statusCode()).isEqualTo(429);
      assertThat(ServedHome.json(second).at("/error/code").asString())
          .isEqualTo("rate_limit_exceeded");
      // Looking costs nothing.
      assertThat(home.ask("/v1/models", Optional.empty()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whoWaitsWhileTheirTokensAreUsedIsTurnedAway()
      throws InterruptedException, ExecutionException {
    try (ServedHome home = new ServedHome(folder, settings(1, 8, 20));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> first =
          threads.submit(() -> home.post("/v1/chat/completions", ServedHome.endless("")));
      while (home.entries().isEmpty()) {
        Thread.sleep(5);
      }
      Future<HttpResponse<String>> second =
          threads.submit(() -> home.post("/v1/chat/completions", question(3)));
      HttpResponse<String> waited = second.get();
      assertThat(waited.statusCode()).as(waited.body()).isEqualTo(429);
      assertThat(ServedHome.json(waited).at("/error/code").asString())
          .isEqualTo("rate_limit_exceeded");
      assertThat(first.get().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aBodyBeyondTheLimitIsTooLargeOverHttp2Too() {
    try (ServedHome home = new ServedHome(folder, settings(1, 1, 0))) {
      // The first request upgrades the connection.
      assertThat(home.ask("/v1/models", Optional.empty()).version())
          .isEqualTo(HttpClient.Version.HTTP_2);
      HttpResponse<String> answer =
          home.post("/v1/chat/completions", ServedHome.chat("x".repeat(2 << 20), ""));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
      assertThat(ServedHome.json(answer).at("/error/type").asString())
          .isEqualTo("invalid_request_error");
    }
  }

  @Test
  void aStopLetsWhatHasBegunEnd() throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> running;
      try (ServedHome home = new ServedHome(folder, settings(2, 4, 0))) {
        running = threads.submit(() -> home.post("/v1/chat/completions", ServedHome.endless("")));
        while (home.entries().isEmpty()) {
          Thread.sleep(5);
        }
      }
      assertThat(running.get().statusCode()).isEqualTo(200);
    }
  }
}
