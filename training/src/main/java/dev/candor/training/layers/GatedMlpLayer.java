package dev.candor.training.layers;

import dev.candor.engine.kernels.Activation;
import dev.candor.training.TrainingException;
import java.util.List;

/**
 * A gated feed-forward layer (Shazeer, arXiv 2002.05202): W2 (activation(g) ⊙ u) with [g u] = W1 x,
 * where W1 is [2I, H], in one matrix or in two, and W2 [H, I].
 */
public final class GatedMlpLayer {

  private final Arithmetic arithmetic;
  private final List<LinearLayer> ins; // g and u, in one or two
  private final LinearLayer out;
  private final Activation activation;
  private final int intermediate;

  private GatedMlpLayer(
      Arithmetic arithmetic, List<LinearLayer> ins, LinearLayer out, Activation activation) {
    if (activation != Activation.SILU && activation != Activation.GELU_TANH) {
      throw new TrainingException(
          "unsupported-activation",
          "a feed-forward layer with " + activation + "; gradients are known of SILU and GELU_TANH",
          "Train a model whose hidden_act is silu or gelu_pytorch_tanh.");
    }
    this.arithmetic = arithmetic;
    this.ins = ins;
    this.out = out;
    this.activation = activation;
    this.intermediate = out.in();
  }

  /**
   * What the matrices are called.
   *
   * @param ins of g and u, or of both in one
   */
  public record Names(List<String> ins, String out) {}

  /** Adds {@code name.fc1.weight} and {@code name.fc2.weight} to a layout. */
  public static void declare(ParameterLayout layout, String name, int hidden, int intermediate) {
    declare(layout, fused(name), hidden, intermediate, false);
  }

  /** Adds the layer's tensors to a layout. */
  public static void declare(
      ParameterLayout layout, Names names, int hidden, int intermediate, boolean bias) {
    int parts = names.ins().size();
    for (String in : names.ins()) {
      LinearLayer.declare(layout, in, 2 * intermediate / parts, hidden, bias);
    }
    LinearLayer.declare(layout, names.out(), hidden, intermediate, bias);
  }

  private static Names fused(String name) {
    return new Names(List.of(name + ".fc1"), name + ".fc2");
  }

  /** The layer of this name, with {@code fc1} and {@code fc2} and SiLU. */
  public static GatedMlpLayer of(Weights weights, Arithmetic arithmetic, String name) {
    return of(weights, arithmetic, fused(name), Activation.SILU, false);
  }

  /**
   * The layer of these names.
   *
   * @throws TrainingException {@code training.unsupported-activation}
   */
  public static GatedMlpLayer of(
      Weights weights, Arithmetic arithmetic, Names names, Activation activation, boolean bias) {
    return new GatedMlpLayer(
        arithmetic,
        names.ins().stream().map(in -> LinearLayer.of(weights, arithmetic, in, bias)).toList(),
        LinearLayer.of(weights, arithmetic, names.out(), bias),
        activation);
  }

  /** One worker's way through the layer. */
  public final class Run {
    private final Rows gateUp; // [g u]
    private final Rows gated; // activation(g) ⊙ u
    private final Rows gatedGradient;

    private Run(Buffers buffers) {
      gateUp = buffers.rows("gateUp", 2 * intermediate);
      gated = buffers.rows("gated", intermediate);
      gatedGradient = buffers.rows("gatedGradient", intermediate);
    }

    /** y = mlp(x), [tokens, H]. */
    public void forward(int tokens, float[] x, float[] y) {
      float[] gateUp = this.gateUp.of(tokens);
      float[] gated = this.gated.of(tokens);
      int width = 2 * intermediate;
      int column = 0;
      for (LinearLayer in : ins) {
        in.forward(tokens, x, 0, in.in(), gateUp, column, width);
        column += in.out();
      }
      for (int t = 0; t < tokens; t++) {
        int g = t * width;
        arithmetic
            .kernels()
            .gate(
                activation,
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
      int hidden = out.out();
      out.backward(
          tokens, gated.values(), gatedGradient, 0, intermediate, yGradient, 0, hidden, gradient);
      for (int t = 0; t < tokens; t++) {
        int g = t * width;
        int u = g + intermediate;
        arithmetic
            .gradients()
            .gateGradient(
                activation,
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
      int column = 0;
      for (LinearLayer in : ins) {
        in.backward(tokens, x, xGradient, 0, hidden, gateUp, column, width, gradient);
        column += in.out();
      }
    }
  }

  public Run newRun() {
    return newRun(Buffers.own());
  }

  public Run newRun(Buffers buffers) {
    return new Run(buffers);
  }
}
