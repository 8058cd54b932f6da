package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.OnnxInitialisers;
import dev.candor.engine.weights.Tensor;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class OnnxWeightsTest {

  @Test
  void holdsTheParametersOfTheModelItWasExportedFrom() {
    Path file =
        Path.of(
            URI.create(
                Objects.requireNonNull(getClass().getResource("/onnx/model.onnx")).toString()));
    try (Checkpoint onnx = Checkpoint.open(file);
        Checkpoint original = Checkpoint.open(TestData.fixture("mobilebert-noshare"))) {
      assertThat(onnx).isInstanceOf(OnnxInitialisers.class);
      assertThat(onnx.architecture()).isEqualTo("mobilebert");
      assertThat(original.tensors()).isNotEmpty();
      for (Tensor expected : original.tensors()) {
        Tensor found =
            onnx.require(
                expected.name(), expected.shape().stream().mapToInt(Integer::intValue).toArray());
        assertThat(found.floats()).as(expected.name()).isEqualTo(expected.floats());
      }
      assertThat(onnx.tensors()).hasSameSizeAs(original.tensors());
    }
  }
}
