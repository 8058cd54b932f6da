package dev.candor.engine.models;

import dev.candor.engine.ModelException;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Checkpoint.Convention;
import dev.candor.engine.weights.RowOrder;
import dev.candor.engine.weights.Tensor;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The tensors of a checkpoint as layers want them. Each is checked against the shape that the
 * hyperparameters demand; in the end, {@link #requireNothingElse} makes sure that the file holds
 * nothing that the model would not use. Throws {@link ModelException} {@code model.missing-tensor},
 * {@code model.shape} and {@code model.unexpected-tensor}.
 *
 * <p>Matrices are views of the mapped file. Vectors, which are small, are copied as float32.
 */
public final class CheckpointTensors {

  private final Checkpoint checkpoint;
  private final Kernels kernels;
  private final Set<String> used = new HashSet<>();
  private final LinearLayers layers = new LinearLayers();

  /**
   * @param checkpoint must stay open as long as the model is used
   * @param kernels dequantise what is copied
   */
  public CheckpointTensors(Checkpoint checkpoint, Kernels kernels) {
    this.checkpoint = checkpoint;
    this.kernels = kernels;
  }

  /** Whether there is a tensor of this name. */
  public boolean has(String name) {
    return checkpoint.tensor(name).isPresent();
  }

  /** First extent of a required matrix. */
  public int rows(String name) {
    return checkpoint.require(name, -1, -1).shape().getFirst();
  }

  /** The required tensor of shape [rows, columns], as it is stored. */
  public Matrix matrix(String name, int rows, int columns) {
    return view(tensor(name, rows, columns), rows, columns);
  }

  /** A required tensor's values, row-major. */
  public float[] values(String name, int... shape) {
    Tensor tensor = tensor(name, shape);
    int columns = shape[shape.length - 1];
    int rows = elements(shape) / columns;
    Matrix matrix = view(tensor, rows, columns);
    float[] values = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      kernels.dequantize(matrix, row, values, row * columns);
    }
    return values;
  }

  /** {@link #values} if there is a tensor of this name. */
  public Optional<float[]> optionalValues(String name, int... shape) {
    return has(name) ? Optional.of(values(name, shape)) : Optional.empty();
  }

  /**
   * {@code <name>.weight}, [outputs, inputs], and {@code <name>.bias}, [outputs].
   *
   * @param bias whether there is a bias
   */
  public Linear linear(String name, int outputs, int inputs, boolean bias) {
    return new Linear(
        matrix(name + ".weight", outputs, inputs),
        bias ? values(name + ".bias", outputs) : new float[0],
        layers.add(name, outputs, inputs, RowOrder.of(checkpoint, name, outputs)));
  }

  /** What {@link #linear} has given. */
  LinearLayers layers() {
    return layers;
  }

  /** {@code <name>.weight}, [width]. */
  public RmsNorm rmsNorm(String name, int width, float epsilon) {
    return new RmsNorm(values(name + ".weight", width), epsilon);
  }

  /**
   * {@code <name>.weight}, [width], of the Gemma family: its authors count the weight from 1;
   * exporters to GGUF add the 1.
   */
  public RmsNorm gemmaNorm(String name, int width, float epsilon) {
    float[] weight = values(name + ".weight", width);
    if (checkpoint.convention() == Convention.HUGGING_FACE) {
      for (int i = 0; i < width; i++) {
        weight[i] += 1;
      }
    }
    return new RmsNorm(weight, epsilon);
  }

  /** {@code <name>.weight} and {@code <name>.bias}, [width]. */
  public LayerNorm layerNorm(String name, int width, float epsilon) {
    return new LayerNorm(values(name + ".weight", width), values(name + ".bias", width), epsilon);
  }

  /**
   * Whether the linear layers of a kind have a bias: what the hyperparameter says; GGUF has none,
   * so there it is whether the file has one for the given layer.
   */
  public boolean bias(String key, String name) {
    return checkpoint.config().has(key) || checkpoint.convention() == Convention.HUGGING_FACE
        ? checkpoint.config().bool(key, false)
        : has(name + ".bias");
  }

  /**
   * The head: {@code lm_head.weight}, or the embedding if {@code tie_word_embeddings} says so; GGUF
   * has no such key, there a missing {@code lm_head.weight} says it.
   *
   * @param embedding [vocabulary, width]
   * @param tied the key's default
   * @param softCap see {@link LanguageHead}
   */
  public LanguageHead languageHead(Matrix embedding, boolean tied, float softCap) {
    String name = "lm_head.weight";
    boolean shared =
        checkpoint.config().has("tie_word_embeddings")
                || checkpoint.convention() == Convention.HUGGING_FACE
            ? checkpoint.config().bool("tie_word_embeddings", tied)
            : !has(name);
    if (shared) {
      ignore(name::equals);
      return new LanguageHead(new Linear(embedding, new float[0]), softCap);
    }
    Matrix weight = matrix(name, embedding.rows(), embedding.columns());
    return new LanguageHead(new Linear(weight, new float[0]), softCap);
  }

  /** Marks tensors as known though the model does not use them, such as stored constants. */
  public void ignore(Predicate<String> names) {
    for (Tensor tensor : checkpoint.tensors()) {
      if (names.test(tensor.name())) {
        used.add(tensor.name());
      }
    }
  }

  /** Throws {@code model.unexpected-tensor} if the file has a tensor that was never asked for. */
  public void requireNothingElse() {
    Set<String> others = new TreeSet<>();
    for (Tensor tensor : checkpoint.tensors()) {
      if (!used.contains(tensor.name())) {
        others.add(tensor.name());
      }
    }
    if (!others.isEmpty()) {
      throw new ModelException(
          "unexpected-tensor",
          "the file has "
              + others.size()
              + " tensors that a "
              + checkpoint.architecture()
              + " model with its hyperparameters does not use, such as "
              + others.iterator().next(),
          "Check that model_type and the hyperparameters are those of these weights.");
    }
  }

  private Tensor tensor(String name, int... shape) {
    Tensor tensor = checkpoint.require(name, shape);
    used.add(name);
    return tensor;
  }

  private static int elements(int... shape) {
    int product = 1;
    for (int extent : shape) {
      product = Math.multiplyExact(product, extent);
    }
    return product;
  }

  private static Matrix view(Tensor tensor, int rows, int columns) {
    if (columns % tensor.format().blockElements() != 0) {
      throw new ModelException(
          "shape",
          "tensor "
              + tensor.name()
              + " has rows of "
              + columns
              + " elements, which are not whole blocks of "
              + tensor.format(),
          "Convert the model again, with another format for this tensor.");
    }
    return new Matrix(tensor.data(), tensor.format(), rows, columns, tensor.layout());
  }
}
