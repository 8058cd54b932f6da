package dev.candor.engine.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.EngineException;
import dev.candor.engine.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same tokenizers, once as tokenizer.json and once as the metadata of a GGUF file. */
final class GgufTokenizerTest {

  private final Map<String, Object> metadata = new HashMap<>();

  @Test
  void byteLevelEqualsTokenizerJson() throws IOException {
    JsonObject root = TokenizerFixtures.document("phi3-longrope");
    Tokenizer reference = TokenizerFixtures.tokenizer("phi3-longrope");
    tokens("gpt2", reference);
    metadata.put("tokenizer.ggml.pre", "gpt-4o");
    metadata.put("tokenizer.ggml.merges", merges(root));
    compare(reference, "phi3-longrope");
  }

  @Test
  void sentencePieceEqualsTokenizerJson() throws IOException {
    JsonObject root = TokenizerFixtures.document("mistral-tiny");
    Tokenizer reference = TokenizerFixtures.tokenizer("mistral-tiny");
    tokens("llama", reference);
    float[] scores = new float[reference.vocabularySize()];
    List<String> merges = merges(root);
    for (int rank = merges.size() - 1; rank >= 0; rank--) {
      scores[reference.id(merges.get(rank).replace(" ", "")).orElseThrow()] = -rank;
    }
    metadata.put("tokenizer.ggml.scores", scores);
    metadata.put("tokenizer.ggml.bos_token_id", 1L);
    metadata.put("tokenizer.ggml.unknown_token_id", 0L);
    compare(reference, "mistral-tiny");
  }

  @Test
  void wordPieceEqualsTokenizerJson() throws IOException {
    Tokenizer reference = TokenizerFixtures.tokenizer("mobilebert-tiny");
    tokens("bert", reference);
    List<String> phantom = new ArrayList<>();
    for (int id = 0; id < reference.vocabularySize(); id++) {
      String token = reference.token(id);
      phantom.add(
          token.startsWith("##")
              ? token.substring(2)
              : token.startsWith("[") && token.length() > 1 ? token : "▁" + token);
    }
    metadata.put("tokenizer.ggml.tokens", phantom);
    metadata.put("tokenizer.ggml.cls_token_id", 2L);
    metadata.put("tokenizer.ggml.seperator_token_id", 3L);
    compare(reference, "mobilebert-tiny");
  }

  @Test
  void anEmbeddedTokenizerJsonComesFirst() throws IOException {
    Tokenizer reference = TokenizerFixtures.tokenizer("phi3-longrope");
    metadata.put(
        "tokenizer.huggingface.json",
        new String(
            TokenizerFixtures.bytes("phi3-longrope/tokenizer.json"), StandardCharsets.UTF_8));
    metadata.put("tokenizer.ggml.model", "gpt2");
    assertThat(GgufTokenizer.of(metadata).encode("<|user|>  hi", false, true))
        .isEqualTo(reference.encode("<|user|>hi", false, true));
  }

  @Test
  void aCharacterThatIsNoTokenMayBePartOfOne() {
    metadata.put("tokenizer.ggml.model", "llama");
    metadata.put("tokenizer.ggml.tokens", List.of("<unk>", "a", "éa", "b", "<0xC3>", "<0xA9>"));
    metadata.put("tokenizer.ggml.scores", new float[] {0, -1, -2, -3, 0, 0});
    metadata.put("tokenizer.ggml.token_type", new int[] {2, 1, 1, 1, 6, 6});
    metadata.put("tokenizer.ggml.unknown_token_id", 0);
    metadata.put("tokenizer.ggml.add_bos_token", false);
    metadata.put("tokenizer.ggml.add_space_prefix", false);
    Tokenizer tokenizer = GgufTokenizer.of(metadata);
    assertThat(tokenizer.encode("béa", true, true)).containsExactly(3, 2);
    assertThat(tokenizer.encode("bé", true, true)).containsExactly(3, 4, 5);
    assertThat(tokenizer.encode("bx", true, true)).containsExactly(3, 0);
    assertThat(tokenizer.decode(new int[] {3, 4, 5}, true)).isEqualTo("bé");
    assertThat(tokenizer.decode(new int[] {4, 3}, true)).isEqualTo("\uFFFDb");
  }

  @Test
  void refusesWhatDoesNotFit() {
    metadata.put("tokenizer.ggml.model", "llama");
    metadata.put("tokenizer.ggml.tokens", List.of("<unk>", "a"));
    refused("tokenizer.malformed", "scores is missing");
    metadata.put("tokenizer.ggml.scores", new float[] {0});
    refused("tokenizer.malformed", "1 elements for 2 tokens");
    metadata.put("tokenizer.ggml.scores", new float[] {0, Float.NaN});
    refused("tokenizer.malformed", "score of token 1");
    metadata.put("tokenizer.ggml.scores", new float[] {0, 1});
    refused("tokenizer.malformed", "bos_token_id is missing");
    metadata.put("tokenizer.ggml.bos_token_id", 4294967295L);
    refused("tokenizer.out-of-range", "bos_token_id is 4294967295");
    metadata.put("tokenizer.ggml.bos_token_id", 1L);
    metadata.put("tokenizer.ggml.token_type", new int[] {1});
    refused("tokenizer.malformed", "token_type has 1 elements");
    metadata.put("tokenizer.ggml.token_type", new long[] {1, 1});
    refused("tokenizer.malformed", "token_type is not whole numbers");
    metadata.remove("tokenizer.ggml.token_type");
    metadata.put("tokenizer.ggml.tokens", List.of("a", "a"));
    refused("tokenizer.malformed", "there twice");
    metadata.put("tokenizer.ggml.model", "gpt2");
    metadata.put("tokenizer.ggml.tokens", List.of("a", "b", "ab"));
    refused("tokenizer.unsupported", "'default'");
    metadata.put("tokenizer.ggml.pre", "gpt-2");
    refused("tokenizer.malformed", "merges is missing");
    metadata.put("tokenizer.ggml.merges", List.of("a b", "b c"));
    refused("tokenizer.out-of-vocabulary", "'c'");
    metadata.put("tokenizer.ggml.merges", List.of("ab"));
    refused("tokenizer.malformed", "not two tokens");
    metadata.put("tokenizer.ggml.model", "t5");
    refused("tokenizer.unsupported", "'t5'");
    metadata.clear();
    refused("tokenizer.malformed", "tokens is missing");
  }

  private void refused(String code, String message) {
    assertThatThrownBy(() -> GgufTokenizer.of(metadata))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  private void tokens(String model, Tokenizer reference) {
    List<String> tokens = new ArrayList<>();
    int[] types = new int[reference.vocabularySize()];
    for (int id = 0; id < types.length; id++) {
      tokens.add(reference.token(id));
      types[id] = reference.isSpecial(id) ? 3 : reference.token(id).startsWith("<0x") ? 6 : 1;
    }
    metadata.put("tokenizer.ggml.model", model);
    metadata.put("tokenizer.ggml.tokens", tokens);
    metadata.put("tokenizer.ggml.token_type", types);
  }

  private static List<String> merges(JsonObject root) {
    return root.object("model").orElseThrow().list("merges").orElseThrow().stream()
        .map(pair -> ((List<?>) pair).get(0) + " " + ((List<?>) pair).get(1))
        .toList();
  }

  private void compare(Tokenizer reference, String name) throws IOException {
    Tokenizer tokenizer = GgufTokenizer.of(metadata);
    assertThat(tokenizer.vocabularySize()).isEqualTo(reference.vocabularySize());
    for (JsonObject golden : TokenizerFixtures.goldens(name)) {
      String text = golden.string("text");
      int[] ids = TokenizerFixtures.ids(golden, "ids");
      if (!text.contains("<|")) {
        assertThat(tokenizer.encode(text, false, true)).as(text).isEqualTo(ids);
        assertThat(tokenizer.encode(text, true, true))
            .as(text)
            .isEqualTo(TokenizerFixtures.ids(golden, "ids_with_special"));
      }
      assertThat(tokenizer.decode(ids, false)).isEqualTo(golden.string("decoded"));
    }
  }
}
