package dev.candor.engine.weights;

import dev.candor.engine.json.JsonObject;
import java.util.Collection;
import java.util.Optional;

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

  Convention convention();

  /**
   * The architecture by its Hugging Face {@code model_type}: {@code llama}, {@code phi4flash}, ….
   */
  String architecture();

  /** The keys of config.json; of a GGUF file, its metadata translated to them. */
  JsonObject config();

  Optional<Tensor> tensor(String name);

  Collection<Tensor> tensors();

  @Override
  void close();
}
