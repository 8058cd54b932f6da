package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Kernels;

/**
 * Feed-forward network of encoders (arXiv 1706.03762, section 3.3): y = norm(W₂·activation(W₁·x +
 * b₁) + b₂ + x).
 */
record FeedForward(Linear intermediate, Activation activation, ResidualNorm output) {

  /** Tokens that one thread takes at a time. */
  private static final int GRAIN = 4;

  /**
   * @param x [tokens, width]
   * @param workspace overwritten; [tokens, intermediate]
   * @param y out, [tokens, width]; not x
   */
  void apply(Compute compute, float[] x, int tokens, float[] workspace, float[] y) {
    int width = intermediate.outputs();
    intermediate.apply(compute, x, 0, intermediate.inputs(), tokens, workspace, 0, width);
    Kernels kernels = compute.kernels();
    compute
        .pool()
        .run(
            tokens,
            GRAIN,
            (from, to) ->
                kernels.activate(activation, workspace, from * width, (to - from) * width));
    output.apply(compute, workspace, tokens, x, y);
  }
}
