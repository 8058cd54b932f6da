package dev.candor.training.layers;

import dev.candor.engine.kernels.Activation;

/**
 * A Gated Memory Unit (Ren et al., arXiv 2507.06607): out_proj(silu(in_proj x) ⊙ m), where m is the
 * memory of the same token, [E].
 */
public final class GatedMemoryMixer {

  private final Arithmetic arithmetic;
  private final LinearLayer in;
  private final LinearLayer out;
  private final int inner;

  private GatedMemoryMixer(Arithmetic arithmetic, LinearLayer in, LinearLayer out) {
    this.arithmetic = arithmetic;
    this.in = in;
    this.out = out;
    this.inner = in.out();
  }

  /** Adds {@code name.in_proj.weight} and {@code name.out_proj.weight} to a layout. */
  public static void declare(ParameterLayout layout, String name, int hidden, int inner) {
    LinearLayer.declare(layout, name + ".in_proj", inner, hidden, false);
    LinearLayer.declare(layout, name + ".out_proj", hidden, inner, false);
  }

  /** The mixer of this name. */
  public static GatedMemoryMixer of(Weights weights, Arithmetic arithmetic, String name) {
    return new GatedMemoryMixer(
        arithmetic,
        LinearLayer.of(weights, arithmetic, name + ".in_proj", false),
        LinearLayer.of(weights, arithmetic, name + ".out_proj", false));
  }

  /** One worker's way through the layer. */
  public final class Run {
    private final Rows gate = new Rows(inner);
    private final Rows gated = new Rows(inner);
    private final Rows gatedGradient = new Rows(inner);
    private final float[] row = new float[inner];

    /** y [tokens, H] of x [tokens, H] and the memory [tokens, E]. */
    public void forward(int tokens, float[] x, float[] memory, float[] y) {
      float[] gate = this.gate.of(tokens);
      float[] gated = this.gated.of(tokens);
      in.forward(tokens, x, 0, in.in(), gate, 0, inner);
      arithmetic.kernels().gate(Activation.SILU, gate, 0, memory, 0, tokens * inner, gated, 0);
      out.forward(tokens, gated, 0, inner, y, 0, out.out());
    }

    /** Adds to the gradients of x, of the memory and of the weights. */
    public void backward(
        int tokens,
        float[] x,
        float[] memory,
        float[] yGradient,
        float[] xGradient,
        float[] memoryGradient,
        float[] gradient) {
      float[] gate = this.gate.values();
      float[] gatedGradient = this.gatedGradient.zeros(tokens);
      int hidden = in.in();
      out.backward(tokens, gated.values(), gatedGradient, 0, inner, yGradient, 0, hidden, gradient);
      for (int t = 0; t < tokens; t++) {
        int at = t * inner;
        arithmetic
            .gradients()
            .gateGradient(
                Activation.SILU, gate, at, memory, at, gatedGradient, at, inner, gate, at, row, 0);
        for (int j = 0; j < inner; j++) {
          memoryGradient[at + j] += row[j];
        }
      }
      in.backward(tokens, x, xGradient, 0, hidden, gate, 0, inner, gradient);
    }
  }

  public Run newRun() {
    return new Run();
  }
}
