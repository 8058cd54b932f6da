package dev.candor.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.governance.access.ApiKeys;
import dev.candor.governance.access.Role;
import dev.candor.server.ServedHome;
import dev.candor.server.ServerException;
import dev.candor.server.ServerLimits;
import dev.candor.server.ServerSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatekeeperTest {

  private @TempDir Path folder;

  private static ServerSettings settings(String host, List<String> hosts, List<String> origins) {
    return new ServerSettings(host, 0, Optional.empty(), hosts, origins, ServerLimits.USUAL);
  }

  /** Java's client does not send another host: this writes the request itself. */
  private static String statusOf(ServedHome home, String method, String path, String... headers)
      throws IOException {
    try (Socket socket = new Socket("127.0.0.1", home.at("/").getPort())) {
      OutputStream out = socket.getOutputStream();
      String head = method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers);
      out.write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      out.flush();
      socket.setSoTimeout(10_000);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      return Objects.requireNonNull(in.readLine()).split(" ", 3)[1];
    }
  }

  @Test
  void aNameOfSomebodyElseIsNotServed() throws IOException {
    try (ServedHome home =
        new ServedHome(folder, settings("127.0.0.1", List.of("models.example"), List.of()))) {
      for (String host : List.of("localhost", "127.0.0.1:80", "[::1]:9", "models.example")) {
        assertThat(statusOf(home, "GET", "/health", "Host: " + host)).as(host).isEqualTo("200");
      }
      for (String host :
          List.of("evil.example", "localhost.evil.example", "127.0.0.1.evil.example")) {
        assertThat(statusOf(home, "GET", "/v1/models", "Host: " + host)).as(host).isEqualTo("421");
        assertThat(statusOf(home, "GET", "/health", "Host: " + host)).as(host).isEqualTo("421");
      }
    }
  }

  @Test
  void aPageOfAnotherOriginMayNotAsk() throws IOException {
    String allowed = "https://app.example";
    try (ServedHome home =
        new ServedHome(folder, settings("127.0.0.1", List.of(), List.of(allowed)))) {
      String host = "Host: 127.0.0.1:" + home.at("/").getPort();
      String own = "Origin: http://127.0.0.1:" + home.at("/").getPort();
      assertThat(statusOf(home, "GET", "/v1/models", host, own)).isEqualTo("200");
      assertThat(statusOf(home, "GET", "/v1/models", host, "Origin: " + allowed)).isEqualTo("200");
      assertThat(statusOf(home, "OPTIONS", "/v1/chat/completions", host, "Origin: " + allowed))
          .isEqualTo("204");
      for (String other :
          List.of(
              "Origin: http://evil.example",
              "Origin: null",
              "Origin: http://127.0.0.1:1",
              "Sec-Fetch-Site: cross-site")) {
        assertThat(statusOf(home, "GET", "/v1/models", host, other)).as(other).isEqualTo("403");
        assertThat(statusOf(home, "OPTIONS", "/v1/chat/completions", host, other))
            .as(other)
            .isEqualTo("403");
      }
    }
  }

  @Test
  void anAddressThatOthersReachNeedsKeys() {
    assertThatThrownBy(() -> new ServedHome(folder, settings("0.0.0.0", List.of(), List.of())))
        .isInstanceOfSatisfying(
            ServerException.class, e -> assertThat(e.code()).isEqualTo("server.open"));
    ApiKeys.Created key = ServedHome.createKey(folder, "desk", Role.INVOKE);
    try (ServedHome home = new ServedHome(folder, settings("0.0.0.0", List.of(), List.of()))) {
      assertThat(home.ask("/health", Optional.empty()).statusCode()).isEqualTo(200);
      assertThat(home.ask("/v1/models", Optional.empty()).statusCode()).isEqualTo(401);
      assertThat(
              home.ask("/v1/models", Optional.empty(), "Authorization", "Bearer " + key.key())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void aKeyCountsFromItsEntryOnAndUntilAnother() {
    try (ServedHome home = new ServedHome(folder)) {
      // A client that must send some key sends any, as long as none was made.
      assertThat(statusWith(home, "sk-anything")).isEqualTo(200);
      ApiKeys.Created key = ServedHome.createKey(folder, "desk", Role.INVOKE);
      assertThat(statusWith(home, "sk-anything")).isEqualTo(401);
      assertThat(statusWith(home, key.key())).isEqualTo(200);
      assertThat(statusWith(home, key.key().substring(1))).isEqualTo(401);
      HttpResponse<String> answer =
          home.post(
              "/v1/chat/completions",
              ServedHome.chat("x", "'max_tokens': 3"),
              "Authorization",
              "Bearer " + key.key());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(home.entries().getLast().kind()).isEqualTo("decision-finished");
      assertThat(home.entries().get(1).required("principal")).isEqualTo("desk");
      ServedHome.revokeKey(folder, key.id());
      assertThat(statusWith(home, key.key())).isEqualTo(401);
      // That the last key was taken back opens nothing to those without one.
      assertThat(statusWith(home, "sk-anything")).isEqualTo(401);
      assertThat(home.ask("/v1/models", Optional.empty()).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aKeyWithoutTheRoleMayNotAsk() {
    ApiKeys.Created key = ServedHome.createKey(folder, "auditor", Role.AUDIT);
    try (ServedHome home = new ServedHome(folder)) {
      HttpResponse<String> answer =
          home.post(
              "/v1/chat/completions",
              ServedHome.chat("x", ""),
              "Authorization",
              "Bearer " + key.key());
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(ServedHome.json(answer).at("/error/code").asString())
          .isEqualTo("governance.not-permitted");
      // Nor brings it a model into memory.
      String bearer = "Bearer " + key.key();
      for (String path : List.of("/api/generate", "/api/show")) {
        assertThat(
                home.post(path, "{'model': 'candor-mini'}", "Authorization", bearer).statusCode())
            .as(path)
            .isEqualTo(403);
      }
      assertThat(home.ask("/api/ps", Optional.empty(), "Authorization", bearer).body())
          .isEqualTo("{\"models\":[]}");
    }
  }

  private static int statusWith(ServedHome home, String key) {
    return home.ask("/v1/models", Optional.empty(), "Authorization", "Bearer " + key).statusCode();
  }
}
