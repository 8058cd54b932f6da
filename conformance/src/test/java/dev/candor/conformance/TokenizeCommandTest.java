package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code candor tokenize} on everything that carries a tokenizer. */
class TokenizeCommandTest {

  private static final String TEXT = "Hello there, naïve 世界!";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mobilebert-tiny", "llama-smol", "gemma3-tiny", "sambay-tiny"})
  void everyContainerOfAModelGivesTheSameTokens(String name) {
    Path fixture = TestData.fixture(name);
    Path gguf = folder.resolve(name + ".gguf");
    CommandRun converted =
        CommandRun.of("models", "convert", fixture.toString(), gguf.toString(), "--format", "F32");
    assertThat(converted.exitCode()).as(converted.err()).isZero();

    String expected = tokens(fixture.resolve("tokenizer.json"));
    assertThat(expected).contains("\"ids\"");
    assertThat(tokens(fixture)).isEqualTo(expected);
    assertThat(tokens(fixture.resolve("model.safetensors"))).isEqualTo(expected);
    assertThat(tokens(gguf)).isEqualTo(expected);
  }

  @Test
  void encoderFileHoldsItsGoldenCases() {
    Path fixture = TestData.fixture("mobilebert-tiny");
    Path gguf = folder.resolve("encoder.gguf");
    CommandRun.of("models", "convert", fixture.toString(), gguf.toString());
    CommandRun run =
        CommandRun.of(
            "tokenize",
            "--model",
            gguf.toString(),
            "--cases",
            fixture.resolve("tokenizer_golden.json").toString(),
            "--json");
    assertThat(run.exitCode()).as(run.out()).isZero();
    assertThat(run.out()).contains("\"holds\"").contains("\"differing\"");
  }

  @Test
  void fileWithoutCasesHoldsNothing() {
    Path fixture = TestData.fixture("llama-smol");
    CommandRun run =
        CommandRun.of(
            "tokenize",
            "--tokenizer",
            fixture.toString(),
            "--cases",
            fixture.resolve("config.json").toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("config.json holds no cases to compare with");
  }

  @Test
  void vocabularyNeedsNoWeights() throws Exception {
    Files.copy(
        TestData.fixture("llama-smol").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    assertThat(tokens(folder)).isEqualTo(tokens(TestData.fixture("llama-smol")));
  }

  private static String tokens(Path source) {
    CommandRun run = CommandRun.of("tokenize", "--tokenizer", source.toString(), TEXT, "--json");
    assertThat(run.exitCode()).as(run.out()).isZero();
    assertThat(run.err()).isEmpty();
    return run.out();
  }
}
