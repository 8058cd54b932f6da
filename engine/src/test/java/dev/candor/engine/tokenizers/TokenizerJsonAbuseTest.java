package dev.candor.engine.tokenizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.candor.engine.EngineException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Abuse cases A9 and A18: hostile definitions are refused by name, at once. */
final class TokenizerJsonAbuseTest {

  private static final String BPE =
      "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},\"merges\":[\"a b\"]}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]} | tokenizer.out-of-range",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":2147483648},\"merges\":[]} | tokenizer.out-of-range",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":2097152},\"merges\":[]} | tokenizer.out-of-range",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":1e99},\"merges\":[]} | tokenizer.malformed",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":\"0\"},\"merges\":[]} | tokenizer.malformed",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]} | tokenizer.malformed",
        "{\"type\":\"BPE\",\"vocab\":{\"\\ud800\":0},\"merges\":[]} | config.malformed",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]} | tokenizer.out-of-vocabulary",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a a\"]} | tokenizer.out-of-vocabulary",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a\"]} | tokenizer.malformed",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a a a\"]} | tokenizer.malformed",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[[\"a\"]]} | tokenizer.malformed",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[3]} | tokenizer.malformed",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"dropout\":0.1} | tokenizer.unsupported",
        "{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"unk_token\":\"u\"} | tokenizer.out-of-vocabulary",
        "{\"type\":\"BPE\",\"vocab\":[]} | config.wrong-type",
        "{\"type\":\"BPE\"} | tokenizer.malformed",
        "{\"type\":\"Unigram\",\"vocab\":[]} | tokenizer.unsupported",
        "{\"type\":\"WordPiece\",\"vocab\":{\"a\":0}} | tokenizer.out-of-vocabulary",
        "{\"type\":\"WordPiece\",\"vocab\":{\"[UNK]\":0},\"max_input_chars_per_word\":2147483647} |"
            + " config.out-of-range"
      })
  void aHostileModelIsRefused(String model, String code) {
    refused("{\"model\":" + model + "}", code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"added_tokens\":[{\"id\":4294967296,\"content\":\"x\"}] | config.out-of-range",
        "\"added_tokens\":[{\"id\":-1,\"content\":\"x\"}] | config.out-of-range",
        "\"added_tokens\":[{\"id\":2147483647,\"content\":\"x\"}] | tokenizer.out-of-range",
        "\"added_tokens\":[{\"id\":7,\"content\":\"a\"}] | tokenizer.malformed",
        "\"added_tokens\":[7] | tokenizer.malformed",
        "\"normalizer\":{\"type\":\"Precompiled\"} | tokenizer.unsupported",
        "\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(a+)+$\"},\"content\":\"\"} |"
            + " tokenizer.unsupported-pattern",
        "\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"x\"} |"
            + " tokenizer.malformed",
        "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a+)+$\"},"
            + "\"behavior\":\"Isolated\"} | tokenizer.unsupported-pattern",
        "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"\"},"
            + "\"behavior\":\"Isolated\"} | tokenizer.malformed",
        "\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"String\":\"x\"},"
            + "\"behavior\":\"Sideways\"} | tokenizer.unsupported",
        "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[],"
            + "\"special_tokens\":{}} | tokenizer.unsupported",
        "\"post_processor\":{\"type\":\"BertProcessing\",\"cls\":[\"x\",99999999999],"
            + "\"sep\":[\"x\",1]} | tokenizer.out-of-range",
        "\"decoder\":{\"type\":\"CTC\"} | tokenizer.unsupported",
        "\"decoder\":{\"type\":\"ByteLevel\"} | tokenizer.unsupported"
      })
  void aHostilePartIsRefused(String part, String code) {
    refused("{" + part + "," + BPE + "}", code);
  }

  @Test
  void aTokenBeyondTheLimitIsRefused() {
    refused(
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"" + "a".repeat(2049) + "\":0}}}",
        "tokenizer.too-large");
    refused(
        "{\"added_tokens\":[{\"id\":3,\"content\":\"" + "x".repeat(513) + "\"}]," + BPE + "}",
        "tokenizer.too-large");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] json = ("{" + BPE + "}").getBytes(StandardCharsets.ISO_8859_1);
    json[("{" + BPE).indexOf("\"ab\"") + 1] = (byte) 0xFF;
    assertThatThrownBy(() -> TokenizerJson.read(new ByteArrayInputStream(json)))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo("config.malformed"));
  }

  @Test
  void aSequenceOfSequencesIsBounded() {
    String step = "{\"type\":\"Lowercase\"},";
    String steps = step.repeat(33);
    refused(
        "{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":["
            + steps.substring(0, steps.length() - 1)
            + "]},"
            + BPE
            + "}",
        "tokenizer.too-large");
  }

  @Test
  void stepsThatMakeATextLongerAreBounded() {
    String step =
        "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\""
            + "a".repeat(1000)
            + "\"},";
    String steps = step.repeat(8);
    Tokenizer tokenizer =
        TokenizerFixtures.read(
            "{\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":["
                + steps.substring(0, steps.length() - 1)
                + "]},"
                + BPE
                + "}");
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertThatThrownBy(() -> tokenizer.encode("aaaa", false, false))
                .isInstanceOfSatisfying(
                    EngineException.class,
                    e -> assertThat(e.code()).isEqualTo("tokenizer.text-too-long")));
  }

  @Test
  void aTextBeyondTheFilesTruncationIsRefused() {
    Tokenizer tokenizer = TokenizerFixtures.read("{\"truncation\":{\"max_length\":2}," + BPE + "}");
    assertThat(tokenizer.encode("abab", true, true)).containsExactly(2, 2);
    assertThatThrownBy(() -> tokenizer.encode("ababab", true, true))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.code()).isEqualTo("tokenizer.too-many-tokens"));
  }

  @Test
  void idsThatAreNoTokens() {
    Tokenizer tokenizer = TokenizerFixtures.read("{" + BPE + "}");
    assertThat(tokenizer.decode(new int[] {0, 99, 1}, false)).isEqualTo("a b");
    assertThatThrownBy(() -> tokenizer.decode(new int[] {-1}, false))
        .isInstanceOf(EngineException.class);
    assertThatThrownBy(() -> tokenizer.token(3)).isInstanceOf(EngineException.class);
  }

  private static void refused(String json, String code) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertThatThrownBy(() -> TokenizerFixtures.read(json))
                .isInstanceOfSatisfying(
                    EngineException.class,
                    e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code)));
  }
}
