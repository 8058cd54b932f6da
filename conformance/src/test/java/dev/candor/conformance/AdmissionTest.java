package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.cli.store.HubSettings;
import dev.candor.cli.store.ModelSource;
import dev.candor.cli.store.ModelStore;
import dev.candor.cli.store.Progress;
import dev.candor.cli.store.StoredModel;
import dev.candor.engine.EngineException;
import dev.candor.engine.kernels.BlockFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store takes what can be run, and nothing else. */
class AdmissionTest {

  @TempDir Path folder;
  private ModelStore store;

  @BeforeEach
  void open() {
    HubSettings nowhere =
        new HubSettings(
            URI.create("http://127.0.0.1:9"), Optional.empty(), Duration.ofMillis(300), 1, 1);
    store = ModelStore.at(folder.resolve("home"), nowhere);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sambay-bf16", "phi3-longrope", "gemma3-tiny", "mobilebert-tiny"})
  void decodersAndEncodersAreTakenFromFoldersAndFiles(String name) {
    StoredModel whole = add(TestData.fixture(name), Progress.SILENT);
    Path file = folder.resolve("converted.gguf");
    ConversionTest.convert(TestData.fixture(name), file, BlockFormat.Q4_0);
    StoredModel converted = add(file, Progress.SILENT);
    assertThat(store.list()).containsExactlyInAnyOrder(whole, converted);
  }

  @Test
  void progressOfTheCheckReachesTheEnd() {
    List<String> seen = new ArrayList<>();
    add(
        TestData.fixture("llama-smol"),
        (what, done, total) -> {
          assertThat(done).isLessThanOrEqualTo(total);
          if (done == total) {
            seen.add(what);
          }
        });
    assertThat(seen).contains("model.safetensors").last().isEqualTo("checking the weights");
  }

  @Test
  void oneWeightThatIsNotANumberIsFoundWhereSamplesDoNotLook() throws IOException {
    Path model = copy("llama3-tiny");
    SafetensorsBytes file = SafetensorsBytes.read(model.resolve("model.safetensors"));
    file.overwrite("model.embed_tokens.weight", 1001, 1, Float.floatToIntBits(Float.NaN));
    file.write();
    refused("weights.not-finite", "model.embed_tokens.weight", model);
  }

  @Test
  void whatItsArchitectureDoesNotAskForIsRefused() throws IOException {
    Path model = copy("llama-smol");
    Path config = model.resolve("config.json");
    String sound = Files.readString(config);
    Files.writeString(config, sound.replace("\"llama\"", "\"mamba2\""));
    refused("model.unknown-architecture", "mamba2", model);
    Files.writeString(config, sound.replaceFirst("(\"hidden_size\": )\\d+", "$164000"));
    refused("model.shape", "llama-smol: tensor", model);
    Files.writeString(config, sound.replaceFirst("(\"num_hidden_layers\": )\\d+", "$1-1"));
    refused("config.out-of-range", "num_hidden_layers", model);
    Files.writeString(config, sound);
    Files.delete(model.resolve("tokenizer.json"));
    refused("tokenizer.", "tokenizer.json", model);
  }

  @Test
  void truncatedAndForeignFilesAreRefused() throws IOException {
    Path file = folder.resolve("model.gguf");
    ConversionTest.convert(TestData.fixture("llama-smol"), file, BlockFormat.F32);
    byte[] whole = Files.readAllBytes(file);
    Path half = folder.resolve("half.gguf");
    for (int length : new int[] {4, 30, whole.length / 2, whole.length - 1}) {
      Files.write(half, Arrays.copyOf(whole, length));
      refused("weights.", "half.gguf", half);
    }
    refused(
        "weights.unrecognised",
        "lie.gguf",
        Files.writeString(folder.resolve("lie.gguf"), "<html>404</html>"));
  }

  private StoredModel add(Path source, Progress progress) {
    return store.add(ModelSource.parse(source.toString()), Optional.empty(), progress);
  }

  /** Refused with such a code and message, and nothing of it is left. */
  private void refused(String code, String message, Path source) throws IOException {
    assertThatThrownBy(() -> add(source, Progress.SILENT))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> {
              assertThat(e.code()).startsWith(code);
              assertThat(e.getMessage()).contains(message).doesNotContain(".adding");
              assertThat(e.remedy()).endsWith(".");
            });
    try (Stream<Path> left = Files.list(folder.resolve("home/models"))) {
      assertThat(left).isEmpty();
    }
  }

  private Path copy(String name) throws IOException {
    Path target = Files.createDirectory(folder.resolve(name));
    try (Stream<Path> files = Files.list(TestData.fixture(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
    return target;
  }
}
