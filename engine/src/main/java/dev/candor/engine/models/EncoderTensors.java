package dev.candor.engine.models;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.weights.Checkpoint;
import java.util.List;
import java.util.Optional;

/**
 * The tensors of BERT's relatives. Names are relative to the encoder: a checkpoint of the encoder
 * alone stores them so, one with a head behind it puts a prefix before them.
 */
final class EncoderTensors {

  private final CheckpointTensors tensors;
  private final JsonObject config;
  private final String prefix;

  /**
   * @param prefix of a checkpoint with a head, ending in a dot
   */
  EncoderTensors(Checkpoint checkpoint, Kernels kernels, String prefix) {
    this.tensors = new CheckpointTensors(checkpoint, kernels);
    this.config = checkpoint.config();
    this.prefix = tensors.has("embeddings.word_embeddings.weight") ? "" : prefix;
  }

  boolean has(String name) {
    return tensors.has(prefix + name);
  }

  Linear linear(String name, int outputs, int inputs) {
    return tensors.linear(prefix + name, outputs, inputs, true);
  }

  Embedding embedding(String name, int size, int width) {
    return new Embedding(tensors.matrix(prefix + name + ".weight", size, width));
  }

  LayerNorm layerNorm(String name, int width, float epsilon) {
    return tensors.layerNorm(prefix + name, width, epsilon);
  }

  NoNorm noNorm(String name, int width) {
    return new NoNorm(
        tensors.values(prefix + name + ".weight", width),
        tensors.values(prefix + name + ".bias", width));
  }

  /** {@code type_vocab_size}. */
  int tokenTypes(Hyperparameters h) {
    return h.config().integer("type_vocab_size", 1, 1 << 16, 2);
  }

  /** Marks tensors as known though the model does not use them. */
  void ignore(String name) {
    tensors.ignore(other -> other.startsWith(prefix + name));
  }

  /**
   * The classifier of whole texts, if there is one: as many classes as its tensor has rows.
   *
   * @param width of the pooled vector
   * @param pooled whether there is one
   */
  Optional<Linear> classifier(int width, boolean pooled) {
    String name = "classifier";
    if (!tensors.has(name + ".weight")) {
      return Optional.empty();
    }
    List<String> architectures = config.strings("architectures");
    boolean wholeTexts =
        architectures.isEmpty() || architectures.getFirst().endsWith("ForSequenceClassification");
    if (!wholeTexts || !pooled) {
      throw Hyperparameters.unsupported(
          "architectures", architectures, "Supported is a classifier of whole texts.");
    }
    int classes = tensors.rows(name + ".weight");
    int labels = config.object("id2label").map(ids -> ids.members().size()).orElse(classes);
    if (labels != classes) {
      throw Hyperparameters.outOfRange(
          "the size of id2label", labels, "the classifier's number of rows, " + classes);
    }
    return Optional.of(tensors.linear(name, classes, width, true));
  }

  /** See {@link CheckpointTensors#requireNothingElse}; heads of the pre-training do not count. */
  void requireNothingElse() {
    tensors.ignore(name -> name.startsWith("cls.") || name.endsWith("embeddings.position_ids"));
    tensors.requireNothingElse();
  }
}
