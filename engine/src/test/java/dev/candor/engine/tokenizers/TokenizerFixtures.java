package dev.candor.engine.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The small tokenizers among the test resources, with what the reference gave for them. */
final class TokenizerFixtures {

  /** One of each kind. */
  static final List<String> NAMES =
      List.of(
          "gemma-tiny",
          "llama3-tiny",
          "llama-smol",
          "mistral-tiny",
          "mobilebert-tiny",
          "phi3-longrope");

  private TokenizerFixtures() {}

  static Tokenizer tokenizer(String name) throws IOException {
    return TokenizerJson.read(new ByteArrayInputStream(bytes(name + "/tokenizer.json")));
  }

  static Tokenizer read(String json) {
    return TokenizerJson.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }

  static JsonObject document(String name) throws IOException {
    return Json.parseObject(
        new ByteArrayInputStream(bytes(name + "/tokenizer.json")), Json.Limits.TOKENIZER, name);
  }

  static List<JsonObject> goldens(String name) throws IOException {
    List<?> cases =
        (List<?>)
            Json.parse(
                new ByteArrayInputStream(bytes(name + "/tokenizer_golden.json")),
                Json.Limits.CONFIG,
                name);
    assertThat(cases).hasSizeGreaterThan(100);
    return cases.stream().map(JsonObject.class::cast).toList();
  }

  static byte[] bytes(String path) throws IOException {
    try (InputStream in = TokenizerFixtures.class.getResourceAsStream("/tokenizers/" + path)) {
      assertThat(in).as(path).isNotNull();
      return in.readAllBytes();
    }
  }

  static int[] ids(JsonObject golden, String key) {
    return golden.list(key).orElseThrow().stream()
        .mapToInt(id -> Math.toIntExact((Long) id))
        .toArray();
  }
}
