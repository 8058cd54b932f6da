package dev.candor.cli.check;

import dev.candor.engine.ConfigException;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Tensor;
import java.nio.file.Path;
import java.util.List;

/** The reference's tensors: {@code golden.safetensors}, mapped. */
final class GoldenTensors implements AutoCloseable {

  private final Checkpoint file;

  GoldenTensors(Path file) {
    this.file = Checkpoint.open(file);
  }

  boolean has(String name) {
    return file.tensor(name).isPresent();
  }

  /** In the order of the file. */
  List<String> names() {
    return file.tensors().stream().map(Tensor::name).toList();
  }

  /** All elements, row-major. */
  float[] values(String name) {
    return file.tensor(name)
        .orElseThrow(() ->
            new ConfigException(
                "missing",
                "golden.safetensors: " + name + " is missing",
                "Use a golden file as the fixtures' README describes it."))
        .floats();
  }

  @Override
  public void close() {
    file.close();
  }
}
