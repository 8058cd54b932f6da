package dev.candor.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.server.connections.RawClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Requests that mean harm: each is refused for what it is, and the next is answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets it.
class AbusiveRequestTest {

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

  private void assertRefused(HttpResponse<String> response, String parameter) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    JsonNode error = ServedHome.json(response).path("error");
    assertThat(error.path("param").asString("")).as(response.body()).startsWith(parameter);
    assertThat(error.path("message").asString()).isNotBlank();
  }

  /** Abuse case A23. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'max_tokens': -1 | max_tokens",
        "'max_tokens': 0 | max_tokens",
        "'max_tokens': 1e18 | max_tokens",
        "'max_tokens': 9999999999999999999999 | max_tokens",
        "'max_tokens': 1.5 | max_tokens",
        "'max_tokens': '1' | max_tokens",
        "'max_completion_tokens': -9223372036854775808 | max_completion_tokens",
        "'n': 0 | n",
        "'n': -1 | n",
        "'n': 2147483648 | n",
        "'seed': 1e400 | seed",
        "'seed': 9223372036854775808 | seed",
        "'temperature': -0.1 | temperature",
        "'temperature': 1e39 | temperature",
        "'temperature': 1e999 | temperature",
        "'top_p': 0 | top_p",
        "'top_p': 1.0001 | top_p",
        "'top_k': -1 | top_k",
        "'min_p': 2 | min_p",
        "'repetition_penalty': 0 | repetition_penalty",
        "'repetition_penalty': 1e38 | repetition_penalty",
        "'presence_penalty': -1e9 | presence_penalty",
        "'frequency_penalty': 1e9 | frequency_penalty",
        "'logit_bias': {'-1': 1} | logit_bias",
        "'logit_bias': {'4294967297': 1} | logit_bias",
        "'logit_bias': {'1': 1e30} | logit_bias",
        "'logprobs': true, 'top_logprobs': -1 | top_logprobs",
        "'logprobs': true, 'top_logprobs': 1000000 | top_logprobs",
        "'keep_alive': 1e300 | keep_alive",
      })
  void aNumberBeyondItsLimitsIsRefused(String fields, String parameter) {
    assertRefused(home.post(CHAT, ServedHome.chat("x", fields)), parameter);
  }

  /** Abuse case A23. */
  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "-Infinity", "0x10", "1e", "--1", "01"})
  void whatIsNoNumberOfJsonIsRefused(String number) {
    assertRefused(home.post(CHAT, ServedHome.chat("x", "'temperature': " + number)), "");
  }

  private static String schema(String schema) {
    return ServedHome.chat(
        "x",
        "'max_tokens': 4, 'response_format': {'type': 'json_schema', 'json_schema': {'name': 'n',"
            + " 'schema': "
            + schema
            + "}}");
  }

  private static String nested(String begin, String core, String end, int times) {
    return begin.repeat(times) + core + end.repeat(times);
  }

  /** Abuse case A24. */
  @Test
  void aSchemaThatGrowsWithoutEndIsRefused() {
    String many = String.join(",", Collections.nCopies(50_000, "{'type': 'string'}"));
    for (String bomb :
        new String[] {
          "{'type': 'string', 'pattern': '^((((a{99}){99}){99}){99})$'}",
          "{'type': 'string', 'pattern': '^(a|aa|aaa|b{500}c{500}){500}$'}",
          "{'type': 'string', 'minLength': 2000000000}",
          "{'type': 'array', 'items': {'type': 'integer'}, 'minItems': 2000000000}",
          "{'anyOf': [" + many + "]}",
          "{'$defs': {'a': {'$ref': '#/$defs/b'}, 'b': {'$ref': '#/$defs/a'}}, '$ref': '#/$defs/a'}",
          "{'$defs': {'a': {'type': 'object', 'properties': {'l': {'$ref': '#/$defs/a'}, 'r':"
              + " {'$ref': '#/$defs/a'}}, 'required': ['l', 'r'], 'additionalProperties': false}},"
              + " '$ref': '#/$defs/a'}",
        }) {
      long began = System.nanoTime();
      HttpResponse<String> response = home.post(CHAT, schema(bomb));
      String shown = bomb.substring(0, Math.min(60, bomb.length()));
      assertThat(response.statusCode()).as(shown + response.body()).isEqualTo(400);
      assertThat((System.nanoTime() - began) / 1_000_000_000).as(shown).isLessThan(60);
    }
    assertAnswers();
  }

  private void assertAnswers() {
    assertThat(home.post(CHAT, ServedHome.chat("x", "'max_tokens': 1")).statusCode())
        .isEqualTo(200);
  }

  /** Abuse case A24: nesting alone, of JSON and of what is in it. */
  @ParameterizedTest
  @ValueSource(ints = {100, 100_000})
  void aBodyWithoutBottomIsRefused(int depth) {
    assertRefused(
        home.post(CHAT, ServedHome.chat("x", "'metadata': " + nested("[", "", "]", depth))), "");
    assertRefused(home.post(CHAT, schema(nested("{'not': ", "{}", "}", depth))), "");
  }

  /** Abuse case A25. */
  @Test
  void moreThanTheContextHoldsIsRefusedWithBothNumbers() {
    HttpResponse<String> response = home.post(CHAT, ServedHome.chat("x ".repeat(50_000), ""));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(ServedHome.json(response).at("/error/code").asString())
        .isEqualTo("context_length_exceeded");
    assertThat(ServedHome.json(response).at("/error/message").asString()).contains("2048");
  }

  /** Abuse case A25. */
  @Test
  void tenThousandAtOnceAreRefused() {
    assertRefused(home.post(CHAT, ServedHome.chat("x", "'n': 10000")), "n");
    String texts = String.join(",", Collections.nCopies(10_000, "'x'"));
    assertRefused(
        home.post("/v1/completions", "{'model': 'candor-mini', 'prompt': [" + texts + "]}"),
        "prompt");
    assertRefused(
        home.post("/v1/embeddings", "{'model': 'candor-mini', 'input': [" + texts + "]}"), "input");
  }

  /** Abuse case A26. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/models/..%2f..%2f..%2fetc%2fpasswd",
        "/v1/models/../../../../etc/passwd",
        "/v1/models/%00",
        "/v1/models/candor-mini%00",
        "/v1/models/candor-mini/..",
        "/console/../v1/models/x",
        "/console/assets/../../CandorServer.class",
        "/console/assets/..%2f..%2fopenapi.yaml",
        "/console/assets/%2e%2e/%2e%2e/openapi.yaml",
        "/console/decisions/..%2f..%2fx",
        "/console/enter/%2e%2e",
        "/openapi.yaml/..%2fCandorServer.class",
        "/%2e%2e/%2e%2e/etc/passwd",
      })
  void aPathLeadsNowhereElse(String path) throws IOException {
    try (RawClient client = new RawClient(home)) {
      client.get(path);
      String head = client.hear("\r\n\r\n");
      assertThat(head).containsPattern("^HTTP/1.1 (303|400|401|404) ");
    }
    assertThat(home.lines().stream().filter(line -> line.contains("passwd"))).isEmpty();
  }

  /** Abuse case A28: what somebody calls a path or a header is no line of a log. */
  @Test
  void aRequestWritesNoLineOfItsOwn() throws InterruptedException {
    assertThat(home.ask("/v1/x%0a%7B%22forged%22:200%7D", Optional.empty()).statusCode())
        .isEqualTo(404);
    while (!home.lines().getLast().contains("\"path\":\"other\"")) {
      Thread.sleep(5);
    }
    assertThat(home.lines()).noneMatch(line -> line.contains("\n") || line.contains("forged"));
  }
}
