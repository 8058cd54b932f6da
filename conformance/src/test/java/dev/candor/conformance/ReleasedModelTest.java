package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
    CommandRun run = check(model, golden);
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .contains("forced tokens")
        .contains("mean NLL")
        .contains("comparisons hold");
  }

  /** Keys and values in 8 bits may cost a close call, but no quality. */
  @ParameterizedTest
  @CsvSource({
    "SmolLM2-135M-Instruct.Q4_1.gguf, smollm2-135m-q4_1.json",
    "gemma-3-270m-q4_k_m.gguf, gemma3-270m-q4_k_m.json"
  })
  void theLikelihoodHoldsWithACacheInEightBits(String model, String golden) {
    CommandRun run = check(model, golden, "--cache-format", "Q8_0");
    assertThat(run.out()).containsPattern("mean NLL +nll text +\\S+ +\\S+ +holds");
  }

  private static CommandRun check(String model, String golden, String... options) {
    List<String> arguments = new ArrayList<>(List.of("check", "--model"));
    arguments.add(TestData.model(model).toString());
    arguments.add("--golden");
    arguments.add(TestData.fixture("real-models/" + golden).toString());
    arguments.addAll(List.of(options));
    return CommandRun.of(arguments.toArray(String[]::new));
  }
}
