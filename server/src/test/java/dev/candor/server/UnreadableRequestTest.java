package dev.candor.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.server.connections.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What cannot be read is answered as clients read errors. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets it.
class UnreadableRequestTest {

  private ServedHome home;

  @BeforeAll
  void start(@TempDir Path folder) {
    home = new ServedHome(folder);
  }

  @AfterAll
  void stop() {
    home.close();
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid_request, GET /v1/models HTTP/1.1~~",
    "400, invalid_request, GET /v1/models HTTP/1.1~Host: a~Host: b~~",
    "400, invalid_request, GET /v1/models HTTP/1.1~Host: localhost~A b: c~~",
    "400, invalid_request, GET /v1/%zz HTTP/1.1~Host: localhost~~",
    "400, invalid_request, GET /v1/models?a=^ HTTP/1.1~Host: localhost~~",
    "400, invalid_request, POST /v1/completions HTTP/1.1~Host: localhost~Content-Length: x~~",
    "400, invalid_request, POST /v1/completions HTTP/1.1~Host: localhost~Content-Length: -1~~",
    "400, invalid_request, POST /v1/completions HTTP/1.1~Host: localhost"
        + "~Content-Length: 2~Transfer-Encoding: chunked~~0~~",
    "400, invalid_request, POST /v1/completions HTTP/1.1~Host: localhost"
        + "~Transfer-Encoding: chunked~~zz~~",
    "501, invalid_request, POST /v1/completions HTTP/1.1~Host: localhost"
        + "~Transfer-Encoding: gzip~Transfer-Encoding: chunked~~0~~",
    "413, request_too_large, POST /v1/completions HTTP/1.1~Host: localhost"
        + "~Content-Length: 99999999~~",
    "413, request_too_large, POST /v1/completions HTTP/1.1~Host: localhost"
        + "~Transfer-Encoding: chunked~~5f5e0ff~~",
  })
  void hasTheFormOfTheWire(int status, String code, String request) throws IOException {
    try (RawClient client = new RawClient(home)) {
      client.say(request.replace("~", "\r\n"));
      assertAnswered(status, code, client.hear("}}"));
    }
  }

  private static void assertAnswered(int status, String code, String answer) {
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    assertThat(answer.toLowerCase(Locale.ROOT)).contains("application/json");
    JsonNode error = JsonMapper.shared().readTree(answer.substring(answer.indexOf('{')));
    assertThat(error.at("/error/code").asString()).isEqualTo(code);
    assertThat(error.at("/error/message").asString()).endsWith(".");
  }

  @Test
  void soHaveHeadersWithoutEnd() throws IOException {
    try (RawClient client = new RawClient(home)) {
      client.say("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000));
      client.say("\r\n\r\n");
      assertAnswered(400, "invalid_request", client.hear("}}"));
    }
  }

  @Test
  void ollamaHasItsOwn() throws IOException {
    try (RawClient client = new RawClient(home)) {
      client.head("/api/chat", 99_999_999);
      assertThat(client.hear("\"}")).startsWith("HTTP/1.1 413").contains("{\"error\":\"The body");
    }
  }
}
