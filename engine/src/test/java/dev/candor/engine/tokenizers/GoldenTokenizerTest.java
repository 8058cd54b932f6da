package dev.candor.engine.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small tokenizers of each kind against what the reference implementation gave for them. */
final class GoldenTokenizerTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gemma-tiny",
        "llama3-tiny",
        "llama-smol",
        "mistral-tiny",
        "mobilebert-tiny",
        "phi3-longrope"
      })
  void equalsTheReference(String name) throws IOException {
    Tokenizer tokenizer = tokenizer(name);
    List<?> cases = goldens(name);
    assertThat(cases).hasSizeGreaterThan(100);
    for (Object element : cases) {
      JsonObject golden = (JsonObject) element;
      String text = golden.string("text");
      int[] ids = ids(golden, "ids");
      assertThat(tokenizer.encode(text, false, true)).as("ids of %s", text).isEqualTo(ids);
      assertThat(tokenizer.encode(text, true, true))
          .as("ids with special of %s", text)
          .isEqualTo(ids(golden, "ids_with_special"));
      String decoded = golden.string("decoded");
      assertThat(tokenizer.decode(ids, false)).as("text of %s", text).isEqualTo(decoded);
      Tokenizer.StreamDecoder stream = tokenizer.streamDecoder(false);
      StringBuilder streamed = new StringBuilder();
      for (int id : ids) {
        streamed.append(stream.next(id));
      }
      assertThat(streamed.append(stream.finish()).toString()).isEqualTo(decoded);
    }
  }

  static Tokenizer tokenizer(String name) throws IOException {
    try (InputStream in = resource(name + "/tokenizer.json")) {
      return TokenizerJson.read(in);
    }
  }

  private static List<?> goldens(String name) throws IOException {
    try (InputStream in = resource(name + "/tokenizer_golden.json")) {
      return (List<?>) Json.parse(in, Json.Limits.CONFIG, name);
    }
  }

  private static InputStream resource(String path) {
    InputStream in = GoldenTokenizerTest.class.getResourceAsStream("/tokenizers/" + path);
    assertThat(in).as(path).isNotNull();
    return in;
  }

  private static int[] ids(JsonObject golden, String key) {
    return golden.list(key).orElseThrow().stream()
        .mapToInt(id -> Math.toIntExact((Long) id))
        .toArray();
  }
}
