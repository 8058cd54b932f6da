package dev.candor.engine.tokenizers;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.candor.engine.EngineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs over its committed inputs in every build; searches for new ones with {@code JAZZER_FUZZ=1}.
 */
final class TokenizerFuzzTest {

  private static final List<Tokenizer> TOKENIZERS = new ArrayList<>();

  static {
    for (String name : TokenizerFixtures.NAMES) {
      try {
        TOKENIZERS.add(TokenizerFixtures.tokenizer(name));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Whatever the bytes, they make a tokenizer that works or a typed error. */
  @FuzzTest(maxDuration = "60s")
  void readsOrRefusesAnyDocument(byte[] document) {
    try {
      Tokenizer tokenizer = TokenizerJson.read(new ByteArrayInputStream(document));
      int[] ids = tokenizer.encode("Hello, <s> wörld 123\n\n", true, true);
      tokenizer.decode(ids, true);
    } catch (EngineException refused) {
      if (refused.code().isEmpty() || refused.remedy().isEmpty()) {
        throw new AssertionError(refused);
      }
    }
  }

  /** Encoding never fails on valid text, and byte-level tokenizers give it back. */
  @FuzzTest(maxDuration = "60s")
  void encodesAnyText(FuzzedDataProvider data) {
    Tokenizer tokenizer = TOKENIZERS.get(data.consumeInt(0, TOKENIZERS.size() - 1));
    String text = data.consumeRemainingAsString();
    int[] ids;
    try {
      ids = tokenizer.encode(text, false, false);
    } catch (EngineException refused) {
      if (refused.code().equals("tokenizer.malformed-text")) {
        return;
      }
      throw refused;
    }
    boolean byteLevel = tokenizer.id("Ġ").isPresent();
    if (byteLevel && !tokenizer.decode(ids, false).equals(text)) {
      throw new AssertionError("not given back: " + TokenizerLimits.quoted(text));
    }
  }
}
