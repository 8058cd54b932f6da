package dev.candor.engine.models;

import java.util.List;
import java.util.Optional;

/**
 * The parts of a transformer of the Llama, Gemma or Phi-3 families, for what computes with them in
 * another way than token by token, such as training. Hyperparameters and shapes have been checked.
 *
 * @param architecture Hugging Face {@code model_type}
 * @param contextLength most tokens of a sequence
 * @param embeddingScale embeddings are multiplied by this
 * @param head its matrix is the embedding's if they are tied
 */
public record TransformerParts(
    String architecture,
    int contextLength,
    Embedding embedding,
    float embeddingScale,
    List<Layer> layers,
    RmsNorm finalNorm,
    LanguageHead head) {

  /**
   * A layer: x = x + post(attention(norm(x))), then x = x + post(mlp(norm(x))).
   *
   * @param postAttentionNorm of what attention gives (Gemma 3); empty for none
   * @param postMlpNorm of what the feed-forward network gives; empty for none
   */
  public record Layer(
      RmsNorm attentionNorm,
      GroupedQueryAttention attention,
      Optional<RmsNorm> postAttentionNorm,
      RmsNorm mlpNorm,
      GatedMlp mlp,
      Optional<RmsNorm> postMlpNorm) {}

  /** Whether one matrix is both embedding and head. */
  public boolean tiedHead() {
    return head.projection().weight() == embedding.weight();
  }
}
