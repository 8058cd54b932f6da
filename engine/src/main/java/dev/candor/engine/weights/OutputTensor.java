package dev.candor.engine.weights;

import dev.candor.engine.weights.ConversionListener.Deviation;
import dev.candor.engine.weights.WeightSource.SourceTensor;
import java.util.List;
import java.util.Optional;

/**
 * A tensor on its way into a GGUF file: what the source has, in the file's convention.
 *
 * @param name Hugging Face name
 * @param ggufName name in the file
 * @param shape extents, outermost first
 * @param rows gives the rows in the file's order
 */
record OutputTensor(String name, String ggufName, List<Integer> shape, Rows rows) {

  /** Gives one row as float32; called by several threads at once. */
  @FunctionalInterface
  interface Rows {
    void read(long row, float[] out);
  }

  static OutputTensor unchanged(SourceTensor tensor, String ggufName) {
    return new OutputTensor(tensor.name(), ggufName, tensor.shape(), tensor::readRow);
  }

  /** A vector that no tensor of the source holds. */
  static OutputTensor vector(String ggufName, float[] values) {
    return new OutputTensor(
        ggufName,
        ggufName,
        List.of(values.length),
        (row, out) -> System.arraycopy(values, 0, out, 0, values.length));
  }

  OutputTensor with(Rows changed) {
    return new OutputTensor(name, ggufName, shape, changed);
  }

  void readRow(long row, float[] out) {
    rows.read(row, out);
  }

  Deviation deviation(FormatChoice choice) {
    return new Deviation(name, shape.toString(), Optional.of(choice.format()), choice.deviation());
  }
}
