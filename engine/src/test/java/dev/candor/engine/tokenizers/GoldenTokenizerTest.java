package dev.candor.engine.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small tokenizers of each kind against what the reference implementation gave for them. */
final class GoldenTokenizerTest {

  static List<String> names() {
    return TokenizerFixtures.NAMES;
  }

  @ParameterizedTest
  @MethodSource("names")
  void equalsTheReference(String name) throws IOException {
    Tokenizer tokenizer = TokenizerFixtures.tokenizer(name);
    for (JsonObject golden : TokenizerFixtures.goldens(name)) {
      String text = golden.string("text");
      int[] ids = TokenizerFixtures.ids(golden, "ids");
      assertThat(tokenizer.encode(text, false, true)).as("ids of %s", text).isEqualTo(ids);
      assertThat(tokenizer.encode(text, true, true))
          .as("ids with special of %s", text)
          .isEqualTo(TokenizerFixtures.ids(golden, "ids_with_special"));
      String decoded = golden.string("decoded");
      assertThat(tokenizer.decode(ids, false)).as("text of %s", text).isEqualTo(decoded);
    }
  }
}
