package dev.candor.server.connections;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.server.ServedHome;
import dev.candor.server.ServerLimits;
import dev.candor.server.ServerSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Abuse case A25: clients that are slow on purpose hold nothing for long. */
class SlowClientTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofMinutes(10);

  private @TempDir Path folder;

  private ServedHome home(Duration head, Duration idle, Duration body, Duration write, int most) {
    ServerLimits limits =
        new ServerLimits(
            4,
            4,
            1 << 20,
            1_024,
            0,
            0,
            Duration.ofSeconds(20),
            new ClientLimits(head, idle, body, write, most));
    return new ServedHome(
        folder, new ServerSettings("127.0.0.1", 0, Optional.empty(), List.of(), List.of(), limits));
  }

  @Test
  void whoSendsNothingIsNotWaitedFor() throws IOException {
    try (ServedHome home = home(SECOND, LONG, LONG, LONG, 10);
        RawClient client = new RawClient(home)) {
      assertThat(client.isEndedWithin(SOON)).isTrue();
    }
  }

  @Test
  void aHeadThatComesByteByByteIsNotWaitedFor() throws IOException {
    try (ServedHome home = home(SECOND, LONG, LONG, LONG, 10);
        RawClient client = new RawClient(home)) {
      client.say("GET /health HTTP/1.1\r\n");
      boolean ended = false;
      for (int i = 0; i < 200 && !ended; i++) {
        try {
          client.say("X-" + i + ": 1\r\n");
        } catch (IOException e) {
          ended = true;
        }
        ended |= client.isEndedWithin(Duration.ofMillis(100));
      }
      assertThat(ended).isTrue();
    }
  }

  @Test
  void whoAsksNothingMoreIsLetGo() throws IOException {
    try (ServedHome home = home(LONG, SECOND, LONG, LONG, 10);
        RawClient client = new RawClient(home)) {
      client.get("/health");
      assertThat(client.hear("\r\n\r\n")).startsWith("HTTP/1.1 200");
      assertThat(client.isEndedWithin(SOON)).isTrue();
    }
  }

  @Test
  void aBodyThatComesByteByByteIsAnswered408() throws IOException {
    try (ServedHome home = home(LONG, LONG, SECOND, LONG, 10);
        RawClient client = new RawClient(home)) {
      client.head("/v1/chat/completions", 100_000);
      for (int i = 0; i < 10; i++) {
        client.say(" ");
        sleep();
      }
      String answer = client.hear("}}");
      assertThat(answer).startsWith("HTTP/1.1 408").contains("\"code\":\"request_timeout\"");
      assertThat(client.isEndedWithin(SOON)).isTrue();
      assertThat(home.lines().getLast()).contains("\"status\":408");
    }
  }

  @Test
  void aBodyThatNobodyReadsIsNotWaitedForEither() throws IOException {
    try (ServedHome home = home(LONG, LONG, SECOND, LONG, 10);
        RawClient client = new RawClient(home)) {
      client.head("/v1/nothing", 100_000);
      assertThat(client.hear("}}")).startsWith("HTTP/1.1 404");
      assertThat(client.isEndedWithin(SOON)).isTrue();
    }
  }

  @Test
  void aBodyOverHttp2ThatDoesNotComeHoldsNothing() throws Exception {
    try (ServedHome home = home(LONG, LONG, SECOND, LONG, 10);
        HttpClient client = HttpClient.newHttpClient()) {
      assertThat(
              client
                  .send(
                      HttpRequest.newBuilder(home.at("/health")).build(),
                      HttpResponse.BodyHandlers.ofString())
                  .version())
          .isEqualTo(HttpClient.Version.HTTP_2);
      CompletableFuture<HttpResponse<String>> asked =
          client.sendAsync(
              HttpRequest.newBuilder(home.at("/v1/chat/completions"))
                  .POST(HttpRequest.BodyPublishers.fromPublisher(new SubmissionPublisher<>()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      // Java's client looks for no answer before it has sent all, so the server's log is asked.
      long end = System.nanoTime() + SOON.toNanos();
      while (home.lines().size() < 2 && System.nanoTime() < end) {
        sleep();
      }
      asked.cancel(true);
      assertThat(home.lines()).hasSize(2);
      assertThat(home.lines().getLast()).contains("\"status\":408");
    }
  }

  @Test
  void whoTakesNoAnswersIsCutOff() throws IOException {
    try (ServedHome home = home(LONG, LONG, LONG, SECOND, 10);
        RawClient client = new RawClient(home)) {
      // Far more than the machine keeps for a connection.
      for (int i = 0; i < 2_000; i++) {
        client.get("/openapi.yaml");
      }
      long end = System.nanoTime() + SOON.toNanos();
      while (connections(home) > 1 && System.nanoTime() < end) {
        sleep();
      }
      // Its own, by which it asks.
      assertThat(connections(home)).isEqualTo(1);
    }
  }

  private static double connections(ServedHome home) {
    return home.ask("/metrics", Optional.empty())
        .body()
        .lines()
        .filter(line -> line.startsWith("candor_connections "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  private static void sleep() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anAddressHasNoMoreConnectionsThanItMay() throws IOException {
    try (ServedHome home = home(LONG, LONG, LONG, LONG, 3)) {
      try (RawClient one = new RawClient(home);
          RawClient two = new RawClient(home);
          RawClient three = new RawClient(home);
          RawClient four = new RawClient(home)) {
        for (RawClient each : List.of(one, two, three)) {
          each.get("/health");
          assertThat(each.hear("alive")).startsWith("HTTP/1.1 200");
        }
        assertThat(four.isEndedWithin(SOON)).isTrue();
      }
      long end = System.nanoTime() + SOON.toNanos();
      String answer = "";
      while (!answer.startsWith("HTTP/1.1 200") && System.nanoTime() < end) {
        try (RawClient five = new RawClient(home)) {
          five.get("/health");
          answer = five.hear("alive");
        } catch (IOException e) {
          sleep();
        }
      }
      assertThat(answer).startsWith("HTTP/1.1 200");
    }
  }
}
