package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestDataTest {

  @ParameterizedTest
  @ValueSource(strings = {"sambay-tiny/golden.json", "tokenizers/llama3.json"})
  void fixturesAreFoundOnTheClassPath(String name) {
    assertThat(TestData.fixture(name)).isRegularFile();
  }

  @Tag("real-data")
  @Test
  void realModelsAndVocabulariesAreWhereTheScriptPutThem() throws Exception {
    assertThat(Files.size(TestData.model("SmolLM2-135M-Instruct.Q4_1.gguf"))).isEqualTo(98_362_432);
    assertThat(Files.size(TestData.model("gemma-3-270m-q4_k_m.gguf"))).isEqualTo(253_113_024);
    assertThat(TestData.tokenizer("gpt4o").resolve("tokenizer.json")).isRegularFile();
    assertThat(TestData.tokenizer("llama3_1").resolve("tokenizer.json")).isRegularFile();
    assertThat(TestData.tokenizer("gemma3").resolve("tokenizer.json")).isRegularFile();
  }
}
