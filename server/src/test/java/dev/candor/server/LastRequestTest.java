package dev.candor.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.access.ApiKeys;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A connection ends behind a request that says that it is the last, and behind no other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets it.
class LastRequestTest {

  private ServedHome home;

  @BeforeAll
  void start(@TempDir Path folder) {
    home = new ServedHome(folder);
  }

  @AfterAll
  void stop() {
    home.close();
  }

  /** Sends requests on one connection, and reads until it ends. */
  private String untilTheEnd(String requests) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", home.server().port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(requests.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private String request(String line, String header, String body) {
    return line
        + " HTTP/1.1\r\nHost: 127.0.0.1:"
        + home.server().port()
        + "\r\n"
        + header
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  @Test
  void theConnectionEndsBehindTheLast() throws IOException {
    String first = request("GET /health", "", "");
    String last = request("GET /ready", "Connection: close\r\n", "");
    assertThat(untilTheEnd(first + last)).contains("\"alive\"").endsWith("{\"status\":\"ready\"}");
  }

  @Test
  void soItDoesBehindARefusal() throws IOException {
    String refused = request("POST /v1/completions", "Connection: close\r\n", "{}");
    assertThat(untilTheEnd(refused)).startsWith("HTTP/1.1 400").contains("model");
  }

  /** What the gatekeeper refuses reaches no endpoint, and its body is read by nobody. */
  @Test
  void soItDoesBehindWhatIsNotLetIn() throws IOException {
    String close = "Connection: close\r\n";
    String noKey = "Authorization: Bearer " + ApiKeys.PREFIX + "none\r\n";
    String body = ServedHome.chat(ServedHome.QUESTION, "").replace('\'', '"');
    for (String refused :
        List.of(
            request("GET /v1/models", noKey + close, ""),
            request("POST /v1/chat/completions", noKey + close, body),
            request("POST /api/chat", noKey + close, body))) {
      assertThat(untilTheEnd(refused)).startsWith("HTTP/1.1 401").containsOnlyOnce("HTTP/1.1");
    }
    String foreign = "Origin: http://evil.example\r\n";
    for (String refused :
        List.of(
            request("GET /v1/models", foreign + close, ""),
            request("POST /v1/completions", foreign + close, "{}"))) {
      assertThat(untilTheEnd(refused)).startsWith("HTTP/1.1 403").containsOnlyOnce("HTTP/1.1");
    }
  }

  /** Nor is a body read that an endpoint does not want. */
  @Test
  void soItDoesBehindABodyThatNobodyReads() throws IOException {
    String refused = request("POST /v1/nothing", "Connection: close\r\n", "x".repeat(100_000));
    assertThat(untilTheEnd(refused)).startsWith("HTTP/1.1 404").containsOnlyOnce("HTTP/1.1");
  }

  @Test
  void theConnectionStaysOpenBehindARefusalOfAnother() throws IOException {
    String foreign = request("POST /v1/completions", "Origin: http://evil.example\r\n", "{}");
    String last = request("GET /ready", "Connection: close\r\n", "");
    assertThat(untilTheEnd(foreign + last))
        .startsWith("HTTP/1.1 403")
        .endsWith("{\"status\":\"ready\"}");
  }

  @Test
  void soItDoesBehindAStream() throws IOException {
    String body = ServedHome.chat(ServedHome.QUESTION, "'stream': true").replace('\'', '"');
    String streamed = request("POST /v1/chat/completions", "Connection: close\r\n", body);
    assertThat(untilTheEnd(streamed))
        .startsWith("HTTP/1.1 200")
        .contains("data: [DONE]")
        .endsWith("0\r\n\r\n");
  }
}
