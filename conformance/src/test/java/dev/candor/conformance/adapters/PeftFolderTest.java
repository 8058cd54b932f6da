package dev.candor.conformance.adapters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.conformance.TestData;
import dev.candor.engine.EngineException;
import dev.candor.engine.adapters.AdapterConfig;
import dev.candor.engine.adapters.AdapterFolder;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.Trace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Folders that PEFT writes are read, and folders that are written here are read by PEFT: {@code
 * src/test/python/peft_adapters.py} has made the golden logits of both.
 */
class PeftFolderTest {

  private static final List<String> TARGETS =
      List.of("down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj");

  @TempDir Path temporary;

  @AutoClose
  private final LanguageModel language =
      LanguageModel.open(TestData.fixture("llama3-tiny"), LoadOptions.defaults().withThreads(2));

  @Test
  void whatPeftWroteGivesItsLogits() {
    Path folder = TestData.fixture("adapters/peft-llama3");
    AdapterFolder read = AdapterFolder.read(folder);
    assertThat(read.config().rankStabilised()).isTrue();
    assertThat(read.factors()).hasSize(4 * 7);
    assertThat(read.warning()).isPresent();
    requireGolden(folder, read);
  }

  @Test
  void whatIsWrittenHereGivesTheSameLogitsInPeft() throws IOException {
    Path golden = TestData.fixture("adapters/candor-llama3");
    Path folder = Path.of("target/candor-llama3");
    AdapterFolder written = write(folder);
    for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
      assertThat(folder.resolve(name)).hasSameBinaryContentAs(golden.resolve(name));
    }
    assertThat(written.warning()).isEmpty();
    requireGolden(golden, written);
  }

  private AdapterFolder write(Path folder) {
    AdapterConfig config = new AdapterConfig(5, 10, false, TARGETS, "llama3-tiny");
    return AdapterFolder.write(
        folder,
        config,
        RandomFactors.of(language.model().linearLayers(), config, 3),
        RandomFactors.card(language.digest()));
  }

  private void requireGolden(Path folder, AdapterFolder adapter) {
    JsonObject golden = json(folder.resolve("golden.json"));
    float[] expected = golden.floats("logits");
    int[] tokens =
        golden.list("tokens").orElseThrow().stream()
            .mapToInt(token -> Math.toIntExact((Long) token))
            .toArray();
    float[] logits = new float[expected.length];
    float[] plain = new float[expected.length];
    forward(adapter.adapter(language), tokens, logits);
    forward(Adapter.NONE, tokens, plain);
    float least = 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(logits[i] - expected[i])).as("logit %d", i).isLessThan(1e-4f);
      least = Math.max(least, Math.abs(plain[i] - expected[i]));
    }
    assertThat(least).isGreaterThan(0.1f);
  }

  private void forward(Adapter adapter, int[] tokens, float[] logits) {
    try (SequenceState state = language.model().newState(tokens.length, BlockFormat.F32, adapter)) {
      language
          .model()
          .forward(state, tokens, 0, tokens.length, LogitsRequest.LAST, logits, Trace.NONE);
    }
  }

  private static JsonObject json(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Json.parseObject(in, Json.Limits.CONFIG, "golden.json");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"use_dora\": false          | \"use_dora\": true                 | adapter.unsupported",
        "\"modules_to_save\": null    | \"modules_to_save\": [\"lm_head\"] | adapter.unsupported",
        "\"rank_pattern\": {}         | \"rank_pattern\": {\"q_proj\": 2}  | adapter.unsupported",
        "\"alpha_pattern\": {}        | \"alpha_pattern\": {\"q_proj\": 2} | adapter.unsupported",
        "\"bias\": \"none\"           | \"bias\": \"all\"                  | adapter.unsupported",
        "\"lora_bias\": false         | \"lora_bias\": true                | adapter.unsupported",
        "\"fan_in_fan_out\": false    | \"fan_in_fan_out\": true           | adapter.unsupported",
        "\"peft_type\": \"LORA\"      | \"peft_type\": \"IA3\"             | adapter.unsupported",
        "\"task_type\": \"CAUSAL_LM\" | \"task_type\": \"SEQ_CLS\"         | adapter.unsupported",
        "\"init_lora_weights\": true  | \"init_lora_weights\": \"pissa\"   | adapter.unsupported",
        "\"use_qalora\": false        | \"of_the_future\": 1               | adapter.unsupported",
        "\"r\": 6                     | \"r\": 7                           | adapter.shape",
        "\"r\": 6                     | \"r\": 0                           | config.out-of-range",
        "\"lora_alpha\": 9            | \"lora_alpha\": null               | config.missing",
        "\"q_proj\"                   | \"x_proj\"               | adapter.unexpected-tensor"
      })
  void whatIsNotSupportedIsRefused(String from, String to, String code) throws IOException {
    Path folder = copy(TestData.fixture("adapters/peft-llama3"));
    Path config = folder.resolve("adapter_config.json");
    String text = Files.readString(config);
    assertThat(text).contains(from);
    Files.writeString(config, text.replace(from, to));
    refused(code, folder);
  }

  @Test
  void anAdapterMustBeWholeUnchangedAndForThisModel() throws IOException {
    write(temporary.resolve("whole"));
    Path altered = copy(temporary.resolve("whole"));
    Path config = altered.resolve("adapter_config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"lora_alpha\":10", "\"lora_alpha\":20"));
    refused("adapter.altered", altered);
    Files.delete(config);
    refused("adapter.missing-file", altered);

    try (LanguageModel other =
        LanguageModel.open(TestData.fixture("llama-smol"), LoadOptions.defaults())) {
      AdapterFolder whole = AdapterFolder.read(temporary.resolve("whole"));
      refused("adapter.other-base", () -> whole.adapter(other));
      AdapterFolder unnamed = AdapterFolder.read(TestData.fixture("adapters/peft-llama3"));
      refused("adapter.shape", () -> unnamed.adapter(other));
    }
    AdapterConfig all = new AdapterConfig(5, 10, false, TARGETS, "");
    var factors = RandomFactors.of(language.model().linearLayers(), all, 3);
    factors.remove("model.layers.1.mlp.up_proj");
    AdapterFolder partial =
        AdapterFolder.write(
            temporary.resolve("partial"), all, factors, RandomFactors.card(language.digest()));
    refused("adapter.missing-tensor", () -> partial.adapter(language));
  }

  private Path copy(Path folder) throws IOException {
    Path copy = temporary.resolve("copy");
    Files.createDirectories(copy);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static void refused(String code, Path folder) {
    refused(code, () -> AdapterFolder.read(folder));
  }

  private static void refused(String code, Runnable step) {
    assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.remedy()).isNotEmpty();
            });
  }
}
