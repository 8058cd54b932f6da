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
   * out = unit(x, m) for tokens [first, first + count) of a chunk.
   *
   * @param x the chunk, [tokens, H], normed
   * @param memory [tokens, E]
   * @param gate working memory, [tokens, E]
   * @param out [tokens, H]
   */
  void forward(
      Compute compute, float[] x, float[] memory, int first, int count, float[] gate, float[] out) {
    int inner = inProjection.outputs();
    int hidden = outProjection.outputs();
    int offset = first * inner;
    inProjection.apply(compute, x, first * hidden, hidden, count, gate, offset, inner);
    compute
        .kernels()
        .gate(Activation.SILU, gate, offset, memory, offset, count * inner, gate, offset);
    outProjection.apply(compute, gate, offset, inner, count, out, first * hidden, hidden);
  }
}
