package dev.candor.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** openapi.yaml has every endpoint and every field of the server, and no others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets them.
class OpenApiTest {

  private ServedHome home;
  private JsonNode api;

  @BeforeAll
  void start(@TempDir Path folder) {
    home = new ServedHome(folder);
    api = new YAMLMapper().readTree(home.ask("/openapi.yaml", Optional.empty()).body());
  }

  @AfterAll
  void stop() {
    home.close();
  }

  private void assertFits(String schema, String json) {
    ObjectNode whole = JsonMapper.shared().createObjectNode();
    whole.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    whole.put("$ref", "#/components/schemas/" + schema);
    whole.set("components", api.path("components"));
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole.toString())
                .validate(json, InputFormat.JSON))
        .as(json)
        .isEmpty();
  }

  @Test
  void hasTheEndpointsOfTheServer() throws IOException {
    String source =
        Files.readString(
            Path.of("src", "main", "java", "dev", "candor", "server", "CandorServer.java"));
    TreeSet<String> served = new TreeSet<>();
    Matcher route = Pattern.compile("\\.(get|post)\\(\"([^\"]+)\"").matcher(source);
    while (route.find()) {
      served.add(route.group(1) + " " + route.group(2));
    }
    TreeSet<String> described = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : api.path("paths").properties()) {
      path.getValue()
          .propertyNames()
          .forEach(method -> described.add(method + " " + path.getKey()));
    }
    assertThat(described).isEqualTo(served).hasSizeGreaterThan(12);
  }

  /** What is there with another method says with which. */
  @Test
  void anotherMethodIsAnsweredWithTheOneThatIsThere() {
    HttpResponse<String> got = home.ask("/v1/chat/completions", Optional.empty());
    assertThat(got.statusCode()).isEqualTo(405);
    assertThat(got.headers().firstValue("allow")).contains("POST");
    assertFits("Error", got.body());
    HttpResponse<String> posted = home.post("/api/tags", "{}");
    assertThat(posted.statusCode()).isEqualTo(405);
    assertThat(posted.headers().firstValue("allow")).contains("GET");
    assertThat(ServedHome.json(posted).path("error").asString()).contains("GET");
  }

  @ParameterizedTest
  @CsvSource({
    "OllamaChatRequest, /api/chat",
    "OllamaGenerateRequest, /api/generate",
    "OllamaEmbedRequest, /api/embed",
    "OllamaEmbeddingsRequest, /api/embeddings",
    "OllamaShowRequest, /api/show"
  })
  void hasTheFieldsOfOllamasRequests(String schema, String path) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    JsonNode fields = api.path("components").path("schemas").path(schema).path("properties");
    fields.propertyNames().forEach(body::putNull);
    body.put("model", "none");
    for (String text : new String[] {"prompt", "input"}) {
      if (fields.has(text)) {
        body.put(text, "x");
      }
    }
    if (fields.has("messages")) {
      body.set(
          "messages", JsonMapper.shared().readTree("[{\"role\": \"user\", \"content\": \"x\"}]"));
    }
    HttpResponse<String> response = home.ask(path, Optional.of(body.toString()));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
    body.put("one_more", 1);
    HttpResponse<String> refused = home.ask(path, Optional.of(body.toString()));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(ServedHome.json(refused).path("error").asString()).contains("one_more");
  }

  /** Each field that is described is known, whatever is said of its value. */
  @ParameterizedTest
  @CsvSource({
    "ChatRequest, /v1/chat/completions",
    "CompletionRequest, /v1/completions",
    "ResponseRequest, /v1/responses",
    "EmbeddingRequest, /v1/embeddings"
  })
  void hasTheFieldsOfRequests(String schema, String path) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", "none");
    body.put("prompt", "x");
    body.put("input", "x");
    body.set(
        "messages", JsonMapper.shared().readTree("[{\"role\": \"user\", \"content\": \"x\"}]"));
    JsonNode fields = api.path("components").path("schemas").path(schema).path("properties");
    assertThat(fields.size()).isGreaterThan(5);
    // Absent for the server, and so taken without a look at the value.
    fields
        .propertyNames()
        .forEach(name -> {
          if (!body.has(name)) {
            body.putNull(name);
          }
        });
    body.propertyStream()
        .map(Map.Entry::getKey)
        .filter(name -> !fields.has(name))
        .toList()
        .forEach(body::remove);
    if (schema.equals("ResponseRequest")) {
      body.putNull("prompt");
    }
    HttpResponse<String> response = home.ask(path, Optional.of(body.toString()));
    assertThat(ServedHome.json(response).at("/error/code").asString())
        .as(response.body())
        .isEqualTo("model_not_found");
    body.put("one_more", 1);
    assertThat(
            ServedHome.json(home.ask(path, Optional.of(body.toString())))
                .at("/error/param")
                .asString())
        .isEqualTo("one_more");
  }

  @Test
  void describesReplies() {
    String more =
        "'logprobs': true, 'top_logprobs': 2, 'n': 2, 'temperature': 1, 'max_tokens': 20,"
            + " 'metadata': {}";
    assertFits(
        "ChatReply",
        home.post("/v1/chat/completions", ServedHome.chat(ServedHome.QUESTION, more)).body());
    String tools =
        "'tool_choice': 'required', 'max_tokens': 300, 'tools': [{'type': 'function', 'function':"
            + " {'name': 'f', 'parameters': {'type': 'object', 'properties': {}}}}]";
    assertFits("ChatReply", home.post("/v1/chat/completions", ServedHome.chat("x", tools)).body());
    for (String body : new String[] {more, tools}) {
      String streamed =
          ServedHome.chat(
              "x", body + ", 'stream': true, 'stream_options': {'include_usage': true}");
      for (String event : home.post("/v1/chat/completions", streamed).body().split("\n\n")) {
        if (event.startsWith("data: {")) {
          assertFits("ChatChunk", event.substring("data: ".length()));
        }
      }
    }
    String model = "{'model': '" + ServedHome.MODEL + "', ";
    assertFits(
        "CompletionReply",
        home.post("/v1/completions", model + "'prompt': 'x', 'logprobs': 2}").body());
    assertFits("ResponseReply", home.post("/v1/responses", model + "'input': 'x'}").body());
    assertFits(
        "EmbeddingReply",
        home.post("/v1/embeddings", model + "'input': ['x', 'y'], 'dimensions': 3}").body());
    assertFits(
        "EmbeddingReply",
        home.post("/v1/embeddings", model + "'input': 'x', 'encoding_format': 'base64'}").body());
    assertFits("ModelList", home.ask("/v1/models", Optional.empty()).body());
    assertFits("Model", home.ask("/v1/models/" + ServedHome.MODEL, Optional.empty()).body());
    assertFits("Error", home.post("/v1/chat/completions", "{}").body());
    assertFits("Error", home.post("/v1/nothing", "{}").body());
  }

  /** What is logged and measured holds nothing of what was asked. */
  @Test
  void logsTellNothingOfWhatWasAsked() {
    String secret = "xyzzy17";
    home.post("/v1/chat/completions?q=" + secret, ServedHome.chat(secret, "'max_tokens': 5"));
    home.post("/" + secret, "{}");
    String metrics = home.ask("/metrics", Optional.empty()).body();
    assertThat(home.lines()).isNotEmpty();
    assertThat(String.join("\n", home.lines())).doesNotContain(secret);
    assertThat(metrics)
        .doesNotContain(secret)
        .contains("gen_ai_server_time_to_first_token_seconds");
    assertThat(ServedHome.json(home.ask("/ready", Optional.empty())).path("status").asString())
        .isEqualTo("ready");
  }
}
