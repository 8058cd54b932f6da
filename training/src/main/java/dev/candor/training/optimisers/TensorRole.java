package dev.candor.training.optimisers;

import dev.candor.training.layers.ParameterLayout.Tensor;

/** What an optimiser distinguishes. */
enum TensorRole {
  /** A matrix whose rows are looked up, or that gives the logits: one row for each token. */
  EMBEDDING,
  /** The matrix of a linear layer between hidden values. */
  HIDDEN_MATRIX,
  /** Everything else: norms, biases, convolutions, and the rates of a state space. */
  VECTOR;

  /**
   * Decided by name and shape. A_log of a Mamba layer has rows and columns but is no linear map,
   * and is not called a weight.
   */
  static TensorRole of(Tensor tensor) {
    if (!tensor.isMatrix() || !tensor.name().endsWith(".weight")) {
      return VECTOR;
    }
    return tensor.name().endsWith("embed_tokens.weight") || tensor.name().endsWith("lm_head.weight")
        ? EMBEDDING
        : HIDDEN_MATRIX;
  }
}
