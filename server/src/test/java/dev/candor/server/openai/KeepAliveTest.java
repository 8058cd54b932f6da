package dev.candor.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.json.Json;
import dev.candor.server.HttpProblem;
import dev.candor.server.RequestFields;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveTest {

  private static OptionalInt read(String body) {
    return KeepAlive.read(
        RequestFields.of(
            Json.parseObject(
                new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)),
                new Json.Limits(1_000, 8, 100),
                "the body")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "5 | 5",
        "0 | 0",
        "2.5 | 3",
        "0.30000000000000004 | 1",
        "-1 | -1",
        "-0.5 | -1",
        "\"5\" | 5",
        "\"10m\" | 600",
        "\"1h30m\" | 5400",
        "\"1.5h\" | 5400",
        "\"500ms\" | 1",
        "\"-1m\" | -1",
        "2147483647 | 2147483647"
      })
  void readsSecondsAndDurations(String value, int seconds) {
    assertThat(read("{\"keep_alive\": " + value + "}")).hasValue(seconds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"\"", "\"5x\"", "\"m\"", "\"5 m\"", "true", "[5]", "2147483648", "\"9999999h\""})
  void refusesWhatIsNone(String value) {
    assertThatThrownBy(() -> read("{\"keep_alive\": " + value + "}"))
        .isInstanceOfSatisfying(
            HttpProblem.class, e -> assertThat(e.field()).contains("keep_alive"));
  }

  /** Thousands of parts would be too many for the stack. */
  @Test
  void refusesWhatIsTooLong() {
    assertThatThrownBy(() -> read("{\"keep_alive\": \"" + "1s".repeat(60) + "\"}"))
        .isInstanceOf(HttpProblem.class);
  }

  @Test
  void mayBeAbsent() {
    assertThat(read("{}")).isEmpty();
    assertThat(read("{\"keep_alive\": null}")).isEmpty();
  }
}
