package dev.candor.engine.models;

/**
 * How a branch ends in encoders that normalise after the addition (arXiv 1706.03762): y =
 * norm(dense(x) + residual).
 */
record ResidualNorm(Linear dense, Norm norm) {

  /**
   * @param x [tokens, inputs of dense]
   * @param residual [tokens, width]
   * @param y out, [tokens, width]; neither x nor residual
   */
  void apply(Compute compute, float[] x, int tokens, float[] residual, float[] y) {
    int width = dense.outputs();
    dense.apply(compute, x, 0, dense.inputs(), tokens, y, 0, width);
    compute.kernels().addScaled(1, residual, 0, y, 0, tokens * width);
    norm.apply(compute, y, 0, width, tokens, y, 0, width);
  }
}
