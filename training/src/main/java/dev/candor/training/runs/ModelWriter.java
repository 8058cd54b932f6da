package dev.candor.training.runs;

import dev.candor.training.models.TrainableModel;
import java.nio.file.Path;

/** Writes what is trained, so that others can read it. */
public interface ModelWriter {

  /**
   * Writes all files, the values among them in {@code model.safetensors}; those that are there are
   * replaced.
   */
  void write(Path folder, TrainableModel model);
}
