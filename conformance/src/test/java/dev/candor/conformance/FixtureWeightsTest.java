package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Tensor;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixtureWeightsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
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
        "sambay-tiny"
      })
  void opensAndMapsEveryTensor(String name) throws Exception {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.fixture(name))) {
      assertThat(checkpoint.architecture()).isNotBlank();
      assertThat(checkpoint.tensors()).isNotEmpty();
      for (Tensor tensor : checkpoint.tensors()) {
        assertThat(tensor.data().byteSize())
            .isEqualTo(tensor.elements() * tensor.format().blockBytes());
        for (float value : tensor.floats()) {
          assertThat(Float.isFinite(value)).as(tensor.name()).isTrue();
        }
      }
      long file = Files.size(TestData.fixture(name).resolve("model.safetensors"));
      assertThat(checkpoint.weightBytes()).isBetween(file - (64 << 10), file);
    }
  }
}
