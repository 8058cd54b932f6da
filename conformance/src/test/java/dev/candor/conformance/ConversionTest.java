package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.EngineException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Conversion;
import dev.candor.engine.weights.ConversionListener;
import dev.candor.engine.weights.ConversionListener.Deviation;
import dev.candor.engine.weights.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders converted to GGUF and read back: weights, configuration, errors. */
class ConversionTest {

  @TempDir Path folder;

  static List<String> models() {
    return List.of(
        "gemma-tiny",
        "gemma3-scaled",
        "gemma3-tiny",
        "llama-smol",
        "llama3-tiny",
        "mistral-tiny",
        "mobilebert-noshare",
        "mobilebert-tiny",
        "phi3-longrope",
        "sambay-bf16",
        "sambay-odd",
        "sambay-tiny");
  }

  /** Nothing is lost at F32, and what the convention changes is exactly what it says. */
  @ParameterizedTest
  @MethodSource("models")
  void keepsEveryTensorToTheBit(String model) {
    Path out = folder.resolve("f32.gguf");
    assertThat(convert(TestData.fixture(model), out, BlockFormat.F32)).isEmpty();
    try (Checkpoint source = Checkpoint.open(TestData.fixture(model));
        Checkpoint converted = Checkpoint.open(out)) {
      assertThat(converted.convention()).isEqualTo(Checkpoint.Convention.GGUF);
      assertThat(converted.architecture()).isEqualTo(source.architecture());
      assertThat(names(converted)).containsExactlyInAnyOrderElementsOf(names(source));
      for (Tensor tensor : source.tensors()) {
        Tensor found = converted.tensor(tensor.name()).orElseThrow();
        assertThat(found.shape()).as(tensor.name()).isEqualTo(tensor.shape());
        assertThat(found.format()).as(tensor.name()).isEqualTo(BlockFormat.F32);
        assertThat(found.floats())
            .as(tensor.name())
            .isEqualTo(asGguf(source, tensor, tensor.floats()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void keepsEveryHyperparameter(String model) {
    Path out = folder.resolve("f32.gguf");
    convert(TestData.fixture(model), out, BlockFormat.F32);
    try (Checkpoint source = Checkpoint.open(TestData.fixture(model));
        Checkpoint converted = Checkpoint.open(out)) {
      assertThat(plain(converted.config())).containsAllEntriesOf(plain(source.config()));
      assertThat(plain(converted.generationConfig())).isEqualTo(plain(source.generationConfig()));
    }
  }

  /** The unit of work of a thread is a row, so their number cannot matter. */
  @ParameterizedTest
  @ValueSource(strings = {"sambay-tiny", "llama3-tiny"})
  void givesTheSameBytesForAnyNumberOfThreads(String model) throws IOException {
    Path first = folder.resolve("first.gguf");
    convert(TestData.fixture(model), first, BlockFormat.Q4_0);
    Path second = folder.resolve("second.gguf");
    try (WorkerPool pool = new PersistentWorkerPool(3)) {
      Conversion.convert(
          TestData.fixture(model), second, BlockFormat.Q4_0, pool, ConversionListener.SILENT);
    }
    assertThat(Files.mismatch(first, second)).isEqualTo(-1);
  }

  @Test
  void tellsWhatItStoresDifferently() {
    Path out = folder.resolve("q4.gguf");
    List<Deviation> deviations = convert(TestData.fixture("llama-smol"), out, BlockFormat.Q4_0);
    assertThat(deviations)
        .contains(
            new Deviation(
                "model.layers.0.self_attn.q_proj.weight",
                "[72, 72]",
                Optional.of(BlockFormat.F16),
                "rows of 72 do not fill blocks of 32 (Q4_0)"));
    try (Checkpoint converted = Checkpoint.open(out)) {
      for (Tensor tensor : converted.tensors()) {
        BlockFormat expected = tensor.shape().size() == 1 ? BlockFormat.F32 : BlockFormat.F16;
        assertThat(tensor.format()).as(tensor.name()).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q4_0", "Q8_0", "BF16", "Q4_K"})
  void storesMatricesAsAskedAndSensitiveOnesExactly(BlockFormat target) {
    Path out = folder.resolve("target.gguf");
    List<String> deviating =
        convert(TestData.fixture("sambay-tiny"), out, target).stream()
            .map(Deviation::tensor)
            .toList();
    try (Checkpoint converted = Checkpoint.open(out)) {
      for (Tensor tensor : converted.tensors()) {
        boolean exact =
            tensor.shape().size() == 1
                || tensor.name().endsWith(".A_log")
                || tensor.name().endsWith(".conv1d.weight");
        if (exact) {
          assertThat(tensor.format()).as(tensor.name()).isEqualTo(BlockFormat.F32);
        } else if (!deviating.contains(tensor.name())) {
          assertThat(tensor.format()).as(tensor.name()).isEqualTo(target);
        } else {
          assertThat(tensor.format())
              .as(tensor.name())
              .isIn(BlockFormat.Q5_0, BlockFormat.Q8_0, BlockFormat.F16);
        }
      }
      String fc2 = "model.layers.0.mlp.fc2.weight";
      assertThat(deviating.contains(fc2)).isEqualTo(target == BlockFormat.Q4_K);
      assertThat(deviating.contains("model.layers.0.attn.x_proj.weight"))
          .as("the step size keeps 8 bits")
          .isEqualTo(target == BlockFormat.Q4_0 || target == BlockFormat.Q4_K);
    }
  }

  @Test
  void reportsProgressToTheLastByte() throws IOException {
    Path out = folder.resolve("out.gguf");
    List<Long> seen = new ArrayList<>();
    ConversionListener listener =
        new ConversionListener() {
          @Override
          public void progressed(String tensor, long writtenBytes, long totalBytes) {
            seen.add(writtenBytes);
            if (seen.size() == 1) {
              seen.addFirst(totalBytes);
            }
          }

          @Override
          public void deviated(Deviation deviation) {}
        };
    try (WorkerPool pool = new PersistentWorkerPool(1)) {
      Conversion.convert(TestData.fixture("gemma-tiny"), out, BlockFormat.Q8_0, pool, listener);
    }
    assertThat(seen.subList(1, seen.size())).isSorted().endsWith(seen.getFirst());
    assertThat(Files.size(out)).isGreaterThan(seen.getFirst());
  }

  @Test
  void refusesWhatItDoesNotKnow() throws IOException {
    assertRefused(
        "weights.unsupported",
        edited("gemma-tiny", "config.json", text -> text.replace("\"gemma\"", "\"gpt2\"")));
    assertRefused(
        "weights.unknown-tensor",
        edited(
            "gemma-tiny",
            "model.safetensors",
            text -> text.replace("layers.0.mlp.up_proj.weight", "layers.0.mlp.up_lora.weight")));
    assertRefused(
        "tokenizer.out-of-range",
        edited("mistral-tiny", "tokenizer.json", text -> text.replaceFirst(": 479\\b", ": 480")));
    assertRefused(
        "tokenizer.unsupported",
        edited("phi3-longrope", "tokenizer.json", text -> text.replace("{1,3}", "{1,4}")));
  }

  @Test
  void refusesDamagedWeightsAndLeavesNoFile() throws IOException {
    Path damaged = copy("llama-smol");
    Path weights = damaged.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] = (byte) 0x7f;
    bytes[bytes.length - 2] = (byte) 0xc0;
    Files.write(weights, bytes);
    assertRefused("weights.not-finite", damaged);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.filter(file -> file.toString().contains("gguf"))).isEmpty();
    }
  }

  @Test
  void neverReplacesAFile() throws IOException {
    Path out = Files.writeString(folder.resolve("out.gguf"), "precious");
    assertThatThrownBy(() -> convert(TestData.fixture("gemma-tiny"), out, BlockFormat.F32))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo("weights.exists"));
    assertThat(out).hasContent("precious");
  }

  private void assertRefused(String code, Path model) {
    assertThatThrownBy(() -> convert(model, folder.resolve("out.gguf"), BlockFormat.F32))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.remedy()).isNotBlank();
            });
    assertThat(folder.resolve("out.gguf")).doesNotExist();
  }

  static List<Deviation> convert(Path model, Path out, BlockFormat target) {
    try (WorkerPool pool = new PersistentWorkerPool(1)) {
      return Conversion.convert(model, out, target, pool, ConversionListener.SILENT);
    }
  }

  /** What llama.cpp's converter makes of a tensor, said another way than the converter does. */
  private static float[] asGguf(Checkpoint source, Tensor tensor, float[] values) {
    String name = tensor.name();
    String architecture = source.architecture();
    if (architecture.startsWith("gemma") && name.endsWith("norm.weight")) {
      float[] shifted = values.clone();
      for (int i = 0; i < shifted.length; i++) {
        shifted[i] = 1f + shifted[i];
      }
      return shifted;
    }
    boolean rotated = name.contains(".q_proj.") || name.contains(".k_proj.");
    if (!rotated || !(architecture.equals("llama") || architecture.equals("mistral"))) {
      return values;
    }
    String key = name.contains(".q_proj.") ? "num_attention_heads" : "num_key_value_heads";
    int heads = source.config().integer(key, 1, 1000);
    int columns = tensor.shape().size() == 1 ? 1 : tensor.shape().getLast();
    int headSize = tensor.shape().getFirst() / heads;
    float[] reordered = new float[values.length];
    for (int head = 0; head < heads; head++) {
      for (int pair = 0; pair < headSize / 2; pair++) {
        for (int part = 0; part < 2; part++) {
          int from = head * headSize + part * (headSize / 2) + pair;
          int to = head * headSize + 2 * pair + part;
          System.arraycopy(values, from * columns, reordered, to * columns, columns);
        }
      }
    }
    return reordered;
  }

  private static List<String> names(Checkpoint checkpoint) {
    return checkpoint.tensors().stream().map(Tensor::name).toList();
  }

  /** Nested objects as maps, so that they can be compared; nulls count as absent. */
  private static Map<String, Object> plain(JsonObject object) {
    Map<String, Object> members = new TreeMap<>();
    object.members().keySet().stream()
        .filter(object::has)
        .forEach(key -> {
          Object value = object.value(key).orElseThrow();
          members.put(key, value instanceof JsonObject inner ? plain(inner) : value);
        });
    return members;
  }

  private Path copy(String model) throws IOException {
    Path copy = Files.createTempDirectory(folder, model);
    try (Stream<Path> files = Files.list(TestData.fixture(model))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName().toString()));
        assertThat(copy.resolve(file.getFileName().toString()).toFile().setWritable(true)).isTrue();
      }
    }
    return copy;
  }

  /** Edits bytes as Latin-1 text, so that a binary file keeps its other bytes. */
  private Path edited(String model, String file, UnaryOperator<String> edit) throws IOException {
    Path copy = copy(model);
    Path target = copy.resolve(file);
    String before = Files.readString(target, StandardCharsets.ISO_8859_1);
    String after = edit.apply(before);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(target, after, StandardCharsets.ISO_8859_1);
    return copy;
  }
}
