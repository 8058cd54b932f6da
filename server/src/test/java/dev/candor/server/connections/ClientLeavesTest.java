package dev.candor.server.connections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.server.ServedHome;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever leaves is noticed at once, whether or not anything is written to them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets it.
class ClientLeavesTest {

  /** Long before the first blank of an answer that takes long would be written. */
  private static final long SOON_MILLIS = 4_000;

  private static final String CHAT = "/v1/chat/completions";

  private ServedHome home;

  @BeforeAll
  void start(@TempDir Path folder) {
    home = new ServedHome(folder);
  }

  @AfterAll
  void stop() {
    home.close();
  }

  /** Many tokens for many choices. */
  private static String slow(boolean streams) {
    return ServedHome.endless("'n': 12, 'stream': " + streams);
  }

  private void awaitDecisions(int before) throws InterruptedException {
    while (home.entries().size() < before + 12) {
      Thread.sleep(5);
    }
  }

  private void assertNoticed(int linesBefore) throws InterruptedException {
    long began = System.nanoTime();
    while (home.lines().size() == linesBefore) {
      Thread.sleep(5);
      assertThat((System.nanoTime() - began) / 1_000_000).isLessThan(SOON_MILLIS);
    }
    assertThat(home.lines().getLast()).contains("\"status\":499");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoClosesTheConnection(boolean streams) throws IOException, InterruptedException {
    int lines = home.lines().size();
    int entries = home.entries().size();
    try (RawClient client = new RawClient(home)) {
      client.post(CHAT, slow(streams).replace('\'', '"'));
      awaitDecisions(entries);
    }
    assertNoticed(lines);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whoTakesBackTheirRequestOverHttp2(boolean streams) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      // The first request upgrades the connection.
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(home.at("/health")).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .version())
          .isEqualTo(HttpClient.Version.HTTP_2);
      while (!home.lines().getLast().contains("/health")) {
        Thread.sleep(5);
      }
      int lines = home.lines().size();
      int entries = home.entries().size();
      CompletableFuture<HttpResponse<Void>> asked =
          client.sendAsync(
              HttpRequest.newBuilder(home.at(CHAT))
                  .POST(HttpRequest.BodyPublishers.ofString(slow(streams).replace('\'', '"')))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      awaitDecisions(entries);
      asked.cancel(true);
      assertNoticed(lines);
      // The connection is as it was.
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(home.at("/health")).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void whoSendsTheNextRequestEarlyGetsTheAnswerToTheFirst()
      throws IOException, InterruptedException {
    int entries = home.entries().size();
    try (RawClient client = new RawClient(home)) {
      client.post(CHAT, ServedHome.endless("").replace('\'', '"'));
      while (home.entries().size() == entries) {
        Thread.sleep(5);
      }
      client.get("/health");
      String heard = client.hear("\"candor\":{");
      assertThat(heard).startsWith("HTTP/1.1 200").contains("chat.completion");
    }
  }
}
