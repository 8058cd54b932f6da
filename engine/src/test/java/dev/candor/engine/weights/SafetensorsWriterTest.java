package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.WeightsException;
import dev.candor.engine.weights.SafetensorsWriter.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {

  @TempDir private Path folder;

  private static float[] random(int size) {
    SplittableRandom random = new SplittableRandom(size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      // Any bits: infinities, NaN and subnormal numbers too.
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    return values;
  }

  private static void assertBits(float[] actual, float[] expected, int offset) {
    for (int i = 0; i < actual.length; i++) {
      assertThat(Float.floatToRawIntBits(actual[i]))
          .as("element %d", i)
          .isEqualTo(Float.floatToRawIntBits(expected[offset + i]));
    }
  }

  @Test
  void whatIsWrittenIsReadToTheBit() {
    // The first is longer than the writer's buffer and not a multiple of it.
    float[] values = random(300_000 + 6 + 1);
    List<FloatTensor> tensors =
        List.of(
            new FloatTensor("model.\"quoted\" é", List.of(3, 100_000), values, 0),
            new FloatTensor("b", List.of(1, 2, 3), values, 300_000),
            new FloatTensor("c", List.of(1), values, 300_006));
    Path file = folder.resolve("a.safetensors");
    SafetensorsWriter.write(file, tensors);
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.tensors())
          .extracting(Tensor::name)
          .containsExactly("model.\"quoted\" é", "b", "c");
      for (FloatTensor tensor : tensors) {
        Tensor found = read.tensor(tensor.name()).orElseThrow();
        assertThat(found.shape()).isEqualTo(tensor.shape());
        assertBits(found.floats(), values, tensor.offset());
      }
      assertThat(read.tensor("d")).isEmpty();
    }
  }

  @Test
  void aFileOfThisNameIsReplacedAndNothingIsLeftBeside() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SafetensorsWriter.write(file, List.of(new FloatTensor("old", List.of(2), random(2), 0)));
    SafetensorsWriter.write(file, List.of(new FloatTensor("new", List.of(3), random(3), 0)));
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertThat(read.tensors()).extracting(Tensor::name).containsExactly("new");
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void twoTensorsOfOneNameAreRefusedAndTheOldFileStays() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Files.writeString(file, "old");
    FloatTensor tensor = new FloatTensor("a", List.of(1), random(1), 0);
    assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(tensor, tensor)))
        .isInstanceOfSatisfying(
            WeightsException.class, e -> assertThat(e.code()).isEqualTo("weights.duplicate"));
    assertThat(file).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aFolderThatIsNotThereIsSaid() {
    assertThatThrownBy(
            () -> SafetensorsWriter.write(folder.resolve("none/a.safetensors"), List.of()))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("there is no such folder");
  }
}
