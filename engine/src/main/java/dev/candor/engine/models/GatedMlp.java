package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Inputs;
import dev.candor.engine.kernels.Kernels;

/**
 * Gated feed-forward network (SwiGLU and its relatives, arXiv 2002.05202): y = down(activation(gate
 * x) ⊙ up x).
 *
 * @param gate [intermediate, width]
 * @param up [intermediate, width]
 * @param down [width, intermediate]
 * @param activation SILU for SwiGLU, GELU for GeGLU
 */
public record GatedMlp(Linear gate, Linear up, Linear down, Activation activation) {

  public GatedMlp {
    if (gate.outputs() != up.outputs()
        || gate.inputs() != up.inputs()
        || down.inputs() != gate.outputs()) {
      throw new IllegalArgumentException("gate, up and down of a feed-forward network do not fit");
    }
  }

  /**
   * Of a checkpoint that stores gate and up as one matrix.
   *
   * @param gateUp [2 · intermediate, width]: the rows of the gate, then those of up
   */
  public static GatedMlp fused(Linear gateUp, Linear down, Activation activation) {
    int intermediate = gateUp.outputs() / 2;
    return new GatedMlp(
        gateUp.slice(0, intermediate),
        gateUp.slice(intermediate, 2 * intermediate),
        down,
        activation);
  }

  /** Width of the hidden layer. */
  public int intermediate() {
    return gate.outputs();
  }

  /** Floats of working space that {@link #apply} needs for so many tokens. */
  public int workspace(int tokens) {
    return Math.multiplyExact(2 * intermediate(), tokens);
  }

  /**
   * y[t] for each token of a pass: x is [tokens, width] at xOffset with xStride, y likewise; y may
   * be x.
   *
   * @param workspace overwritten; {@link #workspace(int)} floats
   */
  void apply(
      Compute compute,
      PassTokens pass,
      float[] x,
      int xOffset,
      int xStride,
      float[] workspace,
      float[] y,
      int yOffset,
      int yStride) {
    Kernels kernels = compute.kernels();
    int tokens = pass.tokens();
    int width = intermediate();
    int upOffset = tokens * width;
    Inputs in =
        Linear.inputs(
            compute,
            gate.isQuantised() || up.isQuantised(),
            x,
            xOffset,
            xStride,
            tokens,
            gate.inputs());
    AdaptedTokens adapted = pass.adapted();
    adapted.prepare(compute, 0, gate, x, xOffset, xStride);
    adapted.prepare(compute, 1, up, x, xOffset, xStride);
    // One region for all three: a thread finishes its rows of the hidden layer by itself.
    compute
        .pool()
        .run(
            width,
            Linear.GRAIN,
            (from, to) -> {
              gate.applyRows(kernels, adapted, 0, from, to, in, workspace, 0, width);
              up.applyRows(kernels, adapted, 1, from, to, in, workspace, upOffset, width);
              for (int t = 0; t < tokens; t++) {
                int row = t * width + from;
                kernels.gate(
                    activation,
                    workspace,
                    row,
                    workspace,
                    upOffset + row,
                    to - from,
                    workspace,
                    row);
              }
            });
    down.apply(compute, pass, workspace, 0, width, y, yOffset, yStride);
  }
}
