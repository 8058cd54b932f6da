package dev.candor.engine.weights;

import static dev.candor.engine.weights.TestFiles.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.ModelException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFolderTest {

  private static final String THREE_TYPES =
      """
      {"__metadata__": {"format": "pt"},
       "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
       "b": {"dtype": "F16", "shape": [2], "data_offsets": [24, 28]},
       "c": {"dtype": "BF16", "shape": [2, 1, 2], "data_offsets": [28, 36]},
       "ids": {"dtype": "I32", "shape": [1], "data_offsets": [36, 40]}}\
      """;

  @TempDir private Path folder;

  private static byte[] threeTypes() {
    byte[] data = new byte[40];
    System.arraycopy(SafetensorsText.floats(1, 2, 3, 4, 5, -6), 0, data, 0, 24);
    System.arraycopy(SafetensorsText.shorts(0x3c00, 0xc000), 0, data, 24, 4);
    System.arraycopy(SafetensorsText.shorts(0x3f80, 0x4000, 0x4040, 0xc080), 0, data, 28, 8);
    return SafetensorsText.file(THREE_TYPES, data);
  }

  @Test
  void readsThePlainTypes() throws IOException {
    SafetensorsText.folder(folder, "model.safetensors", threeTypes());
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint).isInstanceOf(SafetensorsFolder.class);
      assertThat(checkpoint.architecture()).isEqualTo("llama");
      assertThat(checkpoint.convention()).isEqualTo(Checkpoint.Convention.HUGGING_FACE);
      assertThat(checkpoint.generationConfig().members()).isEmpty();
      assertThat(checkpoint.tensors()).extracting(Tensor::name).containsExactly("a", "b", "c");
      assertThat(checkpoint.weightBytes()).isEqualTo(36);
      Tensor a = checkpoint.require("a", 2, 3);
      assertThat(a.floats()).containsExactly(1, 2, 3, 4, 5, -6);
      assertThat(a.data().isMapped()).isTrue();
      Matrix matrix = a.matrix();
      assertThat(List.of(matrix.rows(), matrix.columns())).containsExactly(2, 3);
      assertThat(checkpoint.require("b", 2).floats()).containsExactly(1, -2);
      Tensor c = checkpoint.require("c", 2, -1, 2);
      assertThat(c.format()).isEqualTo(BlockFormat.BF16);
      assertThat(c.floats()).containsExactly(1, 2, 3, -4);
      assertThat(c.matrix().columns()).isEqualTo(2);
      assertThat(checkpoint.require("b", 2).matrix().rows()).isEqualTo(1);
    }
  }

  @Test
  void opensAFileOfAnyNameWithItsConfigBeside() throws IOException {
    SafetensorsText.folder(folder, "weights.bin", threeTypes());
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("weights.bin"))) {
      assertThat(checkpoint.tensor("a")).isPresent();
    }
  }

  @Test
  void saysWhatDoesNotFit() throws IOException {
    SafetensorsText.folder(folder, "model.safetensors", threeTypes());
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.tensor("d")).isEmpty();
      assertThatThrownBy(() -> checkpoint.require("d", 1))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("tensor d is missing");
      assertThatThrownBy(() -> checkpoint.require("a", 3, 2))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("tensor a has shape [2, 3]")
          .hasMessageContaining("says [3, 2]");
      assertThatThrownBy(() -> checkpoint.require("b", 2, 1)).isInstanceOf(ModelException.class);
      assertThat(code(() -> checkpoint.tensor("ids"))).isEqualTo("weights.unsupported");
    }
  }

  @Test
  void joinsShards() throws IOException {
    SafetensorsText.folder(folder, "one.safetensors", one("x", 1));
    Files.write(folder.resolve("two.safetensors"), one("y", 2));
    index("{\"x\": \"one.safetensors\", \"y\": \"two.safetensors\"}");
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.require("x", 1).floats()).containsExactly(1);
      assertThat(checkpoint.require("y", 1).floats()).containsExactly(2);
    }
  }

  @Test
  void refusesAnIndexThatDoesNotFitItsShards() throws IOException {
    SafetensorsText.folder(folder, "one.safetensors", one("x", 1));
    Files.write(folder.resolve("two.safetensors"), one("x", 2));
    index("{\"x\": \"one.safetensors\", \"y\": \"two.safetensors\"}");
    assertThat(code(() -> Checkpoint.open(folder))).isEqualTo("weights.malformed");
    index("{\"x\": \"one.safetensors\", \"y\": \"one.safetensors\"}");
    assertThat(code(() -> Checkpoint.open(folder))).isEqualTo("weights.malformed");
    index("{\"x\": \"one.safetensors\", \"y\": \"three.safetensors\"}");
    assertThat(code(() -> Checkpoint.open(folder))).isEqualTo("weights.missing-file");
  }

  @Test
  void refusesShardNamesThatLeadOut() throws IOException {
    Path inside = Files.createDirectory(folder.resolve("model"));
    Path outside = Files.write(folder.resolve("outside.safetensors"), one("x", 1));
    SafetensorsText.folder(inside, "one.safetensors", one("x", 1));
    Files.createSymbolicLink(inside.resolve("link.safetensors"), outside);
    Files.createSymbolicLink(inside.resolve("device"), Path.of("/dev/zero"));
    for (String name :
        List.of(
            "../outside.safetensors",
            "..",
            ".",
            "",
            "a/../../outside.safetensors",
            "/etc/passwd",
            "..\\\\outside.safetensors",
            "one.safetensors\\u0000",
            "link.safetensors",
            "device")) {
      Files.writeString(
          inside.resolve("model.safetensors.index.json"),
          "{\"weight_map\": {\"x\": \"" + name + "\"}}");
      assertThat(code(() -> Checkpoint.open(inside))).as(name).isEqualTo("weights.unsafe-path");
    }
  }

  @Test
  void followsTheLinksOfAHuggingFaceCache() throws IOException {
    Path blobs = Files.createDirectory(folder.resolve("blobs"));
    Path snapshot = Files.createDirectories(folder.resolve("snapshots/abc"));
    Files.write(blobs.resolve("111"), threeTypes());
    Files.writeString(blobs.resolve("222"), "{\"model_type\": \"llama\"}");
    Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/111"));
    Files.createSymbolicLink(snapshot.resolve("config.json"), Path.of("../../blobs/222"));
    try (Checkpoint checkpoint = Checkpoint.open(snapshot)) {
      assertThat(checkpoint.tensor("a")).isPresent();
    }
  }

  @Test
  void refusesAFileThatShrinksAfterItsHeaderWasRead() throws IOException {
    Path path = Files.write(folder.resolve("x"), threeTypes());
    try (WeightsFile file = WeightsFile.open(path);
        var arena = java.lang.foreign.Arena.ofConfined()) {
      SafetensorsHeader header = SafetensorsHeader.read(file);
      Files.write(path, new byte[16]);
      assertThat(code(() -> file.map(header.dataOffset(), 40, arena))).isEqualTo("weights.changed");
    }
  }

  private static byte[] one(String name, float value) {
    return SafetensorsText.file(
        "{\"" + name + "\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}",
        SafetensorsText.floats(value));
  }

  private void index(String map) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"), "{\"weight_map\": " + map + "}");
  }
}
