package dev.candor.engine.fuzzing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.candor.engine.EngineException;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.tokenizers.TokenizerJson;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;

@Tag("fuzz")
class TokenizerFuzzTest {

  /**
   * @param input tokenizer.json, and after its last line break a text to encode with it
   */
  @FuzzTest(maxDuration = "30s")
  void refusesOrReads(byte[] input) {
    String whole = new String(input, StandardCharsets.UTF_8);
    int end = Math.max(0, whole.lastIndexOf(10));
    byte[] document = whole.substring(0, end).getBytes(StandardCharsets.UTF_8);
    try {
      Tokenizer tokenizer = TokenizerJson.read(new ByteArrayInputStream(document));
      for (int id : tokenizer.encode(whole.substring(end), true, true)) {
        assertThat(id).isBetween(0, tokenizer.vocabularySize() - 1);
      }
    } catch (EngineException refused) {
      Refusals.requireTyped(refused);
    }
  }
}
