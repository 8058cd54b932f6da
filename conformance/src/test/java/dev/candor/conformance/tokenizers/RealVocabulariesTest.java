package dev.candor.conformance.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.conformance.TestData;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.tokenizers.GgufTokenizer;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.tokenizers.TokenizerJson;
import dev.candor.engine.weights.GgufFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Published vocabularies against what the reference implementations gave for them, both ways. */
@Tag("real-data")
final class RealVocabulariesTest {

  @Test
  void llama3() throws IOException {
    compare(TokenizerJson.open(TestData.tokenizer("llama3_1")), "llama3", 278);
  }

  @Test
  void gemma3() throws IOException {
    compare(TokenizerJson.open(TestData.tokenizer("gemma3")), "gemma3", 279);
  }

  @Test
  void phi4(@TempDir Path folder) throws IOException {
    Tokenizer tokenizer = TokenizerJson.open(TokenizerFolders.phi4(folder));
    compare(tokenizer, "o200k_phi4", 290);
    assertThat(tokenizer.vocabularySize()).isEqualTo(200029);
    assertThat(tokenizer.decode(new int[] {200021, 200023, 200022}, true)).isEqualTo("<|tool|>");
  }

  @Test
  void smollm2(@TempDir Path folder) throws IOException {
    compare(TokenizerJson.open(TokenizerFolders.smollm2(folder)), "smollm2", 278);
  }

  @Test
  void smollm2FromGguf() throws IOException {
    Tokenizer tokenizer = gguf("SmolLM2-135M-Instruct.Q4_1.gguf");
    compare(tokenizer, "smollm2", 278);
    compareWithLlamaCpp(tokenizer, "smollm2-135m-q4_1", false);
  }

  @Test
  void gemma3FromGguf() throws IOException {
    Tokenizer tokenizer = gguf("gemma-3-270m-q4_k_m.gguf");
    compareWithLlamaCpp(tokenizer, "gemma3-270m-q4_k_m", true);
  }

  private static Tokenizer gguf(String name) {
    try (GgufFile file = GgufFile.open(TestData.model(name))) {
      return GgufTokenizer.of(file.values().plain(GgufTokenizer.KEYS));
    }
  }

  private static void compare(Tokenizer tokenizer, String name, int count) throws IOException {
    List<Object> cases = golden("tokenizers/" + name + ".json").list("cases").orElseThrow();
    assertThat(cases).hasSize(count);
    for (Object element : cases) {
      JsonObject golden = (JsonObject) element;
      String text = golden.string("text");
      int[] ids = ids(golden, "ids");
      assertThat(tokenizer.encode(text, false, true)).as(text).isEqualTo(ids);
      assertThat(tokenizer.decode(ids, false))
          .isEqualTo(golden.optionalString("decoded").orElse(text));
    }
  }

  private static void compareWithLlamaCpp(Tokenizer tokenizer, String name, boolean opens)
      throws IOException {
    JsonObject golden = golden("real-models/" + name + ".json");
    List<Object> cases = golden.list("tokenisation").orElseThrow();
    assertThat(cases).hasSize(20);
    for (Object element : cases) {
      JsonObject one = (JsonObject) element;
      String text = one.string("text");
      assertThat(tokenizer.encode(text, false, false)).as(text).isEqualTo(ids(one, "tokens"));
      assertThat(tokenizer.encode(text, false, true))
          .as(text)
          .isEqualTo(ids(one, "tokens_parse_special"));
      assertThat(tokenizer.decode(ids(one, "tokens"), false)).isEqualTo(one.string("detokenised"));
    }
    List<Object> prompts = golden.list("prompts").orElseThrow();
    assertThat(prompts).isNotEmpty();
    for (Object element : prompts) {
      JsonObject prompt = (JsonObject) element;
      String text = prompt.string("prompt_text");
      int[] ids = ids(prompt, "prompt_tokens");
      assertThat(tokenizer.encode(text, true, true)).as(text).isEqualTo(ids);
      assertThat(tokenizer.encode(text, false, true)).hasSize(opens ? ids.length - 1 : ids.length);
      assertThat(tokenizer.decode(ids(prompt, "continuation_tokens"), true))
          .isEqualTo(prompt.string("continuation_text"));
    }
  }

  private static JsonObject golden(String name) throws IOException {
    try (InputStream in = Files.newInputStream(TestData.fixture(name))) {
      return Json.parseObject(in, Json.Limits.CONFIG, name);
    }
  }

  private static int[] ids(JsonObject golden, String key) {
    return golden.list(key).orElseThrow().stream()
        .mapToInt(id -> Math.toIntExact((Long) id))
        .toArray();
  }
}
