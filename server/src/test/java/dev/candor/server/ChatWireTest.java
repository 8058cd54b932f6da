package dev.candor.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.entries.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The wire of chats, byte by byte where clients depend on it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class ChatWireTest {

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

  private static List<String> events(HttpResponse<String> response) {
    List<String> events = new ArrayList<>();
    for (String block : response.body().split("\n\n")) {
      if (!block.startsWith(":")) {
        assertThat(block).startsWith("data: ");
        events.add(block.substring("data: ".length()));
      }
    }
    return events;
  }

  @Test
  void anAnswerHasItsReceipt() {
    HttpResponse<String> response =
        home.post(CHAT, ServedHome.chat(ServedHome.QUESTION, "'user': 'u', 'metadata': {}"));
    JsonNode body = ServedHome.json(response);
    assertThat(response.statusCode()).isEqualTo(200);
    JsonNode choice = body.path("choices").get(0);
    assertThat(choice.path("message").path("content").asString()).isEqualTo(ServedHome.ANSWER);
    assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
    assertThat(body.path("object").asString()).isEqualTo("chat.completion");
    assertThat(body.path("created").asLong()).isPositive();
    assertThat(body.path("usage").path("total_tokens").asInt())
        .isEqualTo(
            body.path("usage").path("prompt_tokens").asInt()
                + body.path("usage").path("completion_tokens").asInt());
    JsonNode receipt = body.path("candor").path("receipts").get(0);
    String decision = receipt.path("decision").asString();
    assertThat(response.headers().firstValue("candor-decision")).contains(decision);
    Entry started = home.entries().get(receipt.path("started").asInt());
    assertThat(started.required("decision")).isEqualTo(decision);
    assertThat(started.required("principal")).isEqualTo("tester");
    assertThat(home.entries().get(receipt.path("finished").asInt()).required("outcome"))
        .isEqualTo("end");
    // What changes nothing is told.
    assertThat(body.path("candor").path("not_honoured").toString())
        .isEqualTo("[\"user\",\"metadata\"]");
  }

  @Test
  void aStreamIsWhatClientsPutTogether() {
    HttpResponse<String> response =
        home.post(
            CHAT,
            ServedHome.chat(
                ServedHome.QUESTION, "'stream': true, 'stream_options': {'include_usage': true}"));
    assertThat(response.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/event-stream");
    List<String> events = events(response);
    assertThat(events.getLast()).isEqualTo("[DONE]");
    StringBuilder text = new StringBuilder();
    List<String> reasons = new ArrayList<>();
    JsonNode first = JsonMapper.shared().readTree(events.getFirst());
    assertThat(first.at("/choices/0/delta/role").asString()).isEqualTo("assistant");
    for (String event : events.subList(0, events.size() - 1)) {
      JsonNode chunk = JsonMapper.shared().readTree(event);
      for (String same : List.of("id", "created", "model", "object")) {
        assertThat(chunk.get(same)).isEqualTo(first.get(same));
      }
      text.append(chunk.at("/choices/0/delta/content").asString(""));
      if (chunk.at("/choices/0/finish_reason").isString()) {
        reasons.add(chunk.at("/choices/0/finish_reason").asString());
        assertThat(chunk.path("candor").path("receipts").size()).isEqualTo(1);
      }
    }
    assertThat(text).hasToString(ServedHome.ANSWER);
    assertThat(reasons).containsExactly("stop");
    JsonNode last = JsonMapper.shared().readTree(events.get(events.size() - 2));
    assertThat(last.path("choices").size()).isZero();
    assertThat(last.path("usage").path("completion_tokens").asInt()).isPositive();
  }

  @Test
  void eachIdAndNameOfACallComesOnce() {
    HttpResponse<String> response =
        home.post(
            CHAT,
            ServedHome.chat(
                "add 1 and 2",
                "'stream': true, 'max_tokens': 300, 'tool_choice': 'required', 'tools': [{'type':"
                    + " 'function', 'function': {'name': 'add', 'strict': true, 'parameters':"
                    + " {'$schema': 'x', 'type': 'object', 'properties': {'a': {'type': 'integer',"
                    + " 'minimum': 1, 'maximum': 9}}, 'required': ['a'], 'additionalProperties':"
                    + " false}}}]"));
    List<String> ids = new ArrayList<>();
    List<StringBuilder> arguments = new ArrayList<>();
    String reason = "";
    List<String> events = events(response);
    for (String event : events.subList(0, events.size() - 1)) {
      JsonNode chunk = JsonMapper.shared().readTree(event);
      reason = chunk.at("/choices/0/finish_reason").asString(reason);
      for (JsonNode call : chunk.at("/choices/0/delta/tool_calls")) {
        if (call.has("id")) {
          assertThat(call.path("index").asInt()).isEqualTo(ids.size());
          assertThat(call.path("type").asString()).isEqualTo("function");
          assertThat(call.at("/function/name").asString()).isEqualTo("add");
          ids.add(call.path("id").asString());
          arguments.add(new StringBuilder());
        } else {
          assertThat(call.path("function").has("name")).isFalse();
        }
        arguments.get(call.path("index").asInt()).append(call.at("/function/arguments").asString());
      }
    }
    assertThat(reason).isEqualTo("tool_calls");
    assertThat(ids).isNotEmpty().doesNotHaveDuplicates();
    for (StringBuilder each : arguments) {
      assertThat(JsonMapper.shared().readTree(each.toString()).path("a").asInt()).isBetween(1, 9);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'temprature': 1 | temprature | unknown_parameter",
        "'temperature': 'hot' | temperature | invalid_type",
        "'temperature': -1 | temperature | invalid_value",
        "'top_p': 0 | top_p | invalid_value",
        "'max_tokens': 0 | max_tokens | invalid_value",
        "'max_tokens': 1.5 | max_tokens | invalid_type",
        "'max_tokens': 5, 'max_completion_tokens': 6 | max_tokens | invalid_value",
        "'max_tokens': 3000 | messages | context_length_exceeded",
        "'n': 17 | n | invalid_value",
        "'seed': 1e30 | seed | invalid_type",
        "'logit_bias': {'99999': 1} | logit_bias | invalid_value",
        "'logit_bias': {'a': 1} | logit_bias.a | invalid_value",
        "'top_logprobs': 2 | top_logprobs | invalid_value",
        "'stop': ['a', ''] | stop | invalid_value",
        "'stream_options': {'include_usage': true} | stream_options | invalid_value",
        "'response_format': {'type': 'xml'} | response_format.type | invalid_value",
        "'functions': [] | functions | unsupported_value",
        "'modalities': ['audio'] | modalities | unsupported_value",
        "'tool_choice': 'required' | tool_choice | invalid_value",
        "'tools': [{'type': 'function', 'function': {'name': 'a b'}}] | tools.0.function.name |"
            + " invalid_value",
        "'candor': {'purpouse': 'x'} | candor.purpouse | unknown_parameter",
      })
  void whatIsNotHonouredIsRefusedByName(String field, String parameter, String code) {
    HttpResponse<String> response = home.post(CHAT, ServedHome.chat("x", field));
    JsonNode error = ServedHome.json(response).path("error");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(error.path("param").asString()).isEqualTo(parameter);
    assertThat(error.path("code").asString()).isEqualTo(code);
    assertThat(error.path("type").asString()).isEqualTo("invalid_request_error");
    assertThat(error.path("message").asString()).isNotBlank();
  }

  @Test
  void anUnsupportedKeywordIsNamed() {
    String schema = "{'type': 'object', 'patternProperties': {}}";
    JsonNode error =
        ServedHome.json(
                home.post(
                    CHAT,
                    ServedHome.chat(
                        "x",
                        "'response_format': {'type': 'json_schema', 'json_schema': {'name': 'n',"
                            + " 'schema': "
                            + schema
                            + "}}")))
            .path("error");
    assertThat(error.path("message").asString()).contains("patternProperties");
    assertThat(error.path("param").asString()).isEqualTo("response_format.json_schema.schema");
  }

  @Test
  void otherStatusesHaveOpenAisForm() {
    HttpResponse<String> missing =
        home.post(CHAT, ServedHome.chat("x", "").replace(ServedHome.MODEL, "gpt-4"));
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(ServedHome.json(missing).at("/error/code").asString()).isEqualTo("model_not_found");
    HttpResponse<String> refused =
        home.post(CHAT, ServedHome.chat("x", "'stream': true"), "candor-purpose", "social-scoring");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(ServedHome.json(refused).at("/error/type").asString()).isEqualTo("permission_error");
    assertThat(home.post("/v1/images/generations", "{}").statusCode()).isEqualTo(404);
    HttpResponse<String> malformed = home.post(CHAT, "{");
    assertThat(malformed.statusCode()).isEqualTo(400);
    assertThat(ServedHome.json(malformed).at("/error/code").asString()).isEqualTo("invalid_json");
  }

  @Test
  void theSameSeedDrawsTheSame() {
    String drawn = "'temperature': 5, 'seed': 5, 'max_tokens': 30, 'n': 3";
    JsonNode first = ServedHome.json(home.post(CHAT, ServedHome.chat("Tell me.", drawn)));
    JsonNode second = ServedHome.json(home.post(CHAT, ServedHome.chat("Tell me.", drawn)));
    assertThat(first.path("choices")).isEqualTo(second.path("choices"));
    assertThat(first.at("/choices/0/message")).isNotEqualTo(first.at("/choices/1/message"));
    assertThat(first.at("/candor/receipts").size()).isEqualTo(3);
  }

  @Test
  void requestsThatAClientRepeatsAreOneDecision() {
    String body = ServedHome.chat("Tell me more.", "'temperature': 1.5, 'max_tokens': 20");
    JsonNode first = ServedHome.json(home.post(CHAT, body, "x-stainless-retry-count", "0"));
    JsonNode again = ServedHome.json(home.post(CHAT, body, "x-stainless-retry-count", "1"));
    JsonNode anew = ServedHome.json(home.post(CHAT, body, "x-stainless-retry-count", "0"));
    assertThat(again.path("choices")).isEqualTo(first.path("choices"));
    assertThat(again.path("id")).isEqualTo(first.path("id"));
    assertThat(again.at("/candor/receipts/0/repeated").asBoolean()).isTrue();
    assertThat(anew.path("id")).isNotEqualTo(first.path("id"));
    JsonNode keyed = ServedHome.json(home.post(CHAT, body, "idempotency-key", "k"));
    JsonNode same = ServedHome.json(home.post(CHAT, body, "idempotency-key", "k"));
    assertThat(same.path("id")).isEqualTo(keyed.path("id"));
    HttpResponse<String> other =
        home.post(CHAT, ServedHome.chat("Something else.", ""), "idempotency-key", "k");
    assertThat(other.statusCode()).isEqualTo(422);
  }

  @Test
  void whoLeavesEndsTheDecision() throws IOException, InterruptedException {
    int before = home.entries().size();
    try (HttpClient leaving = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> response =
          leaving.send(
              HttpRequest.newBuilder(home.at(CHAT))
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          ServedHome.endless("'stream': true").replace('\'', '"')))
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      assertThat(response.body().read()).isEqualTo('d');
      response.body().close();
      leaving.shutdownNow();
    }
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (home.entries().size() < before + 2 && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    Entry finished = home.entries().get(before + 1);
    assertThat(finished.required("outcome")).isEqualTo("stopped");
    assertThat(Integer.parseInt(finished.required("tokens"))).isLessThan(600);
  }

  /** Java's client asks for an upgrade with its first request, a POST with a body. */
  @Test
  void aPostMayAskForHttp2() throws IOException, InterruptedException {
    try (HttpClient upgrading =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      String body = ServedHome.chat("x ".repeat(100_000), "'max_tokens': 5").replace('\'', '"');
      HttpResponse<String> response =
          upgrading.send(
              HttpRequest.newBuilder(URI.create(home.at(CHAT).toString()))
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(ServedHome.json(response).at("/error/code").asString())
          .isEqualTo("context_length_exceeded");
      assertThat(ServedHome.json(response).at("/error/message").asString())
          .contains("2048")
          .contains("200003");
    }
  }

  @Test
  void whatWasReadBeforeIsCounted() {
    String question = "What is the sum of 1234 and 4321, and of 17 and 71, and of 5 and 50?";
    JsonNode first =
        ServedHome.json(home.post(CHAT, ServedHome.chat(question, "'temperature': 0")));
    assertThat(first.at("/usage/prompt_tokens_details/cached_tokens").asInt()).isZero();
    String turns =
        "'temperature': 0, 'messages': [{'role': 'user', 'content': '"
            + question
            + "'}, {'role': 'assistant', 'content': "
            + first.at("/choices/0/message/content").toString().replace('"', '\'')
            + "}, {'role': 'user', 'content': 'And 2 + 2?'}]";
    JsonNode second =
        ServedHome.json(
            home.post(CHAT, "{'model': '" + ServedHome.MODEL + "', " + turns + ", 'n': 2}"));
    assertThat(second.at("/usage/prompt_tokens_details/cached_tokens").asInt())
        .isBetween(32, second.at("/usage/prompt_tokens").asInt());
  }

  @Test
  void aModelStaysNoLongerThanCanBeCounted() {
    HttpResponse<String> response =
        home.post(CHAT, ServedHome.chat("x", "'max_tokens': 1, 'keep_alive': '9999999h'"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(ServedHome.json(response).at("/error/param").asString()).isEqualTo("keep_alive");
  }

  @Test
  void aTokenBeyondTheVocabularyIsNoOther() {
    HttpResponse<String> response =
        home.post("/v1/embeddings", "{'model': '" + ServedHome.MODEL + "', 'input': [4294967301]}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(ServedHome.json(response).at("/error/param").asString()).isEqualTo("input");
  }

  @Test
  void aFieldBesideALoadIsNotDropped() {
    String load = "{'model': '" + ServedHome.MODEL + "'";
    assertThat(home.post("/api/generate", load + ", 'bogus': 1}").statusCode()).isEqualTo(400);
    HttpResponse<String> loaded = home.post("/api/generate", load + ", 'options': {}}");
    assertThat(loaded.statusCode()).isEqualTo(200);
    assertThat(ServedHome.json(loaded).at("/candor/not_honoured/0").asString())
        .isEqualTo("options");
    assertThat(
            home.post("/api/generate", load + ", 'prompt': 'x', 'raw': true, 'system': 'y'}")
                .statusCode())
        .isEqualTo(400);
  }
}
