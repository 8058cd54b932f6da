package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code candor check} of released models against llama.cpp. */
@Tag("real-data")
class ReleasedModelTest {

  @ParameterizedTest
  @CsvSource({
    "SmolLM2-135M-Instruct.Q4_1.gguf, smollm2-135m-q4_1.json",
    "gemma-3-270m-q4_k_m.gguf, gemma3-270m-q4_k_m.json"
  })
  void everythingHolds(String model, String golden) {
    CommandRun run =
        CommandRun.of(
            "check",
            "--model",
            TestData.model(model).toString(),
            "--golden",
            TestData.fixture("real-models/" + golden).toString());
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .contains("forced tokens")
        .contains("mean NLL")
        .contains("comparisons hold");
  }
}
