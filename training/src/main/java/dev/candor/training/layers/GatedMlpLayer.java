package dev.candor.training.layers;

import dev.candor.engine.kernels.Activation;

/**
 * A gated feed-forward layer (Shazeer, arXiv 2002.05202): W2 (silu(g) ⊙ u) with [g u] = W1 x, where
 * W1 is [2I, H] and W2 [H, I].
 */
public final class GatedMlpLayer {

  private final Arithmetic arithmetic;
  private final LinearLayer in;
  private final LinearLayer out;
  private final int intermediate;

  private GatedMlpLayer(Arithmetic arithmetic, LinearLayer in, LinearLayer out) {
    this.arithmetic = arithmetic;
    this.in = in;
    this.out = out;
    this.intermediate = out.in();
  }

  /** Adds {@code name.fc1.weight} and {@code name.fc2.weight} to a layout. */
  public static void declare(ParameterLayout layout, String name, int hidden, int intermediate) {
    LinearLayer.declare(layout, name + ".fc1", 2 * intermediate, hidden, false);
    LinearLayer.declare(layout, name + ".fc2", hidden, intermediate, false);
  }

  /** The layer of this name. */
  public static GatedMlpLayer of(Weights weights, Arithmetic arithmetic, String name) {
    return new GatedMlpLayer(
        arithmetic,
        LinearLayer.of(weights, arithmetic, name + ".fc1", false),
        LinearLayer.of(weights, arithmetic, name + ".fc2", false));
  }

  /** One worker's way through the layer. */
  public final class Run {
    private final Rows gateUp = new Rows(2 * intermediate); // [g u]
    private final Rows gated = new Rows(intermediate); // silu(g) ⊙ u
    private final Rows gatedGradient = new Rows(intermediate);

    /** y = mlp(x), [tokens, H]. */
    public void forward(int tokens, float[] x, float[] y) {
      float[] gateUp = this.gateUp.of(tokens);
      float[] gated = this.gated.of(tokens);
      int width = 2 * intermediate;
      in.forward(tokens, x, 0, in.in(), gateUp, 0, width);
      for (int t = 0; t < tokens; t++) {
        int g = t * width;
        arithmetic
            .kernels()
            .gate(
                Activation.SILU,
                gateUp,
                g,
                gateUp,
                g + intermediate,
                intermediate,
                gated,
                t * intermediate);
      }
      out.forward(tokens, gated, 0, intermediate, y, 0, out.out());
    }

    /** Adds to the gradients of x and of the weights; x is that of the way there. */
    public void backward(
        int tokens, float[] x, float[] yGradient, float[] xGradient, float[] gradient) {
      float[] gateUp = this.gateUp.values();
      float[] gatedGradient = this.gatedGradient.zeros(tokens);
      int width = 2 * intermediate;
      int hidden = in.in();
      out.weightGradient(tokens, gated.values(), 0, intermediate, yGradient, 0, hidden, gradient);
      out.inputGradient(tokens, yGradient, 0, hidden, gatedGradient, 0, intermediate);
      for (int t = 0; t < tokens; t++) {
        int g = t * width;
        int u = g + intermediate;
        arithmetic
            .gradients()
            .gateGradient(
                Activation.SILU,
                gateUp,
                g,
                gateUp,
                u,
                gatedGradient,
                t * intermediate,
                intermediate,
                gateUp,
                g,
                gateUp,
                u);
      }
      in.weightGradient(tokens, x, 0, hidden, gateUp, 0, width, gradient);
      in.inputGradient(tokens, gateUp, 0, width, xGradient, 0, hidden);
    }
  }

  public Run newRun() {
    return new Run();
  }
}
