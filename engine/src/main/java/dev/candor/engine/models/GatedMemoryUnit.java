package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;

/**
 * A Gated Memory Unit (Ren et al., arXiv 2507.06607, section 2): out = out_proj(silu(in_proj x) ⊙
 * m), m the memory of the same token. It keeps nothing between tokens.
 */
final class GatedMemoryUnit {

  private final Linear inProjection; // [E, H]
  private final Linear outProjection; // [H, E]

  GatedMemoryUnit(CheckpointTensors tensors, String layer, SambaYConfig config) {
    inProjection = tensors.linear(layer + "attn.in_proj", config.inner(), config.hidden(), false);
    outProjection = tensors.linear(layer + "attn.out_proj", config.hidden(), config.inner(), false);
  }

  /**
   * out = unit(x, m) for the tokens of a pass.
   *
   * @param x [tokens, H], normed
   * @param memory [tokens, E]
   * @param gate working memory, [tokens, E]
   * @param out [tokens, H]
   */
  void forward(
      Compute compute, PassTokens pass, float[] x, float[] memory, float[] gate, float[] out) {
    int tokens = pass.tokens();
    int inner = inProjection.outputs();
    int hidden = outProjection.outputs();
    inProjection.apply(compute, pass, x, 0, hidden, gate, 0, inner);
    compute.kernels().gate(Activation.SILU, gate, 0, memory, 0, tokens * inner, gate, 0);
    outProjection.apply(compute, pass, gate, 0, inner, out, 0, hidden);
  }
}
