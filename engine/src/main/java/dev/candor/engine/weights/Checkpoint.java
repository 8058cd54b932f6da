package dev.candor.engine.weights;

import dev.candor.engine.ModelException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A model as a file or folder holds it. Whatever the container, tensors carry their Hugging Face
 * names and hyperparameters their Hugging Face keys; {@link #convention} tells what cannot be
 * expressed by a name. Closing it unmaps the weights.
 */
public interface Checkpoint extends AutoCloseable {

  /** What exporters change in the weights themselves. */
  enum Convention {
    /** As the model's authors published it. */
    HUGGING_FACE,
    /**
     * As llama.cpp's converter writes it: Llama's and Mistral's Q and K rows permuted for
     * interleaved rotary pairs, Gemma's norm weights with 1 added.
     */
    GGUF
  }

  /**
   * Opens a weights file, or the folder that holds one. The container is told by content, not by
   * suffix.
   *
   * @throws dev.candor.engine.EngineException if there is nothing to open, or it is malformed,
   *     unsupported or unsafe
   */
  static Checkpoint open(Path path) {
    return ContainerProbe.open(path);
  }

  Convention convention();

  /**
   * The architecture by its Hugging Face {@code model_type}: {@code llama}, {@code phi4flash}, ….
   */
  String architecture();

  /** The keys of config.json; of a GGUF file, its metadata translated to them. */
  JsonObject config();

  /**
   * The keys of generation_config.json, empty if there is none; of a GGUF file, its metadata
   * translated to them.
   */
  JsonObject generationConfig();

  /** The tensor of that name, if the file has it in a format the engine reads. */
  Optional<Tensor> tensor(String name);

  /** All tensors the engine can read, in the order of the file. */
  Collection<Tensor> tensors();

  /** The formats of all tensors. */
  default Set<BlockFormat> formats() {
    return tensors().stream()
        .map(Tensor::format)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(BlockFormat.class)));
  }

  /** The file or folder that was opened. */
  Path path();

  /**
   * Of a packed file, the SHA-256 of the file it was made from: 64 lower-case hexadecimal digits.
   * That is what the file says; whoever packs the original again gets the same bytes, and so can
   * verify it.
   */
  default Optional<String> sourceDigest() {
    return Optional.empty();
  }

  /** Bytes of all mapped weights. */
  default long weightBytes() {
    return tensors().stream().mapToLong(tensor -> tensor.data().byteSize()).sum();
  }

  /**
   * A tensor that must be there, with that shape.
   *
   * @param shape extents, outermost first; −1 for one that may be anything
   * @throws ModelException {@code model.missing-tensor} or {@code model.shape}
   */
  default Tensor require(String name, int... shape) {
    Tensor tensor =
        tensor(name)
            .orElseThrow(() ->
                new ModelException(
                    "missing-tensor",
                    path().getFileName() + ": tensor " + name + " is missing",
                    "Use a complete file of the architecture " + architecture() + "."));
    List<Integer> found = tensor.shape();
    boolean fits = found.size() == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = shape[i] == -1 || shape[i] == found.get(i);
    }
    if (!fits) {
      throw new ModelException(
          "shape",
          path().getFileName()
              + ": tensor "
              + name
              + " has shape "
              + found
              + ", its configuration says "
              + Arrays.toString(shape).replace("-1", "any"),
          "Use weights and a configuration that belong together.");
    }
    return tensor;
  }

  @Override
  void close();
}
