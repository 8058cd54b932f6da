package dev.candor.training.layers;

import dev.candor.engine.kernels.Kernels;
import dev.candor.training.layers.ParameterLayout.Tensor;
import java.util.Arrays;

/**
 * LayerNorm (Ba et al., arXiv 1607.06450): y = x̂ ⊙ w + b with x̂ = (x − mean) / √(variance + ε).
 *
 * <pre>
 *   x gradient += (g − mean(g) − x̂·mean(g ⊙ x̂)) / √(variance + ε)        g = y gradient ⊙ w
 * </pre>
 */
public final class LayerNormLayer {

  private final Weights weights;
  private final Kernels kernels;
  private final Tensor weight;
  private final Tensor bias;
  private final int width;
  private final float epsilon;
  private final float[] ones;

  private LayerNormLayer(Weights weights, Arithmetic arithmetic, String name, float epsilon) {
    this.weights = weights;
    this.kernels = arithmetic.kernels();
    this.weight = weights.layout().tensor(name + ".weight");
    this.bias = weights.layout().tensor(name + ".bias");
    this.width = weight.size();
    this.epsilon = epsilon;
    this.ones = new float[width];
    Arrays.fill(ones, 1);
  }

  /** Adds {@code name.weight} and {@code name.bias} to a layout. */
  public static void declare(ParameterLayout layout, String name, int width) {
    layout.add(name + ".weight", width);
    layout.add(name + ".bias", width);
  }

  /** The norm of this name. */
  public static LayerNormLayer of(
      Weights weights, Arithmetic arithmetic, String name, float epsilon) {
    return new LayerNormLayer(weights, arithmetic, name, epsilon);
  }

  /** One worker's way through the layer: what it keeps of a batch for the way back. */
  public final class Run {
    private final Rows standard = new Rows(width); // x̂
    private final Rows scales = new Rows(1); // 1 / √(variance + ε)
    private final Rows outputs = new Rows(width);
    private final float[] row = new float[width];

    /** The output, [tokens, width], which stays as it is until the next batch. */
    public float[] forward(int tokens, float[] x) {
      float[] standard = this.standard.of(tokens);
      float[] scales = this.scales.of(tokens);
      float[] y = outputs.of(tokens);
      float[] values = weights.values();
      int w = weight.offset();
      int b = bias.offset();
      for (int t = 0; t < tokens; t++) {
        int at = t * width;
        float mean = kernels.dot(x, at, ones, 0, width) / width;
        for (int j = 0; j < width; j++) {
          standard[at + j] = x[at + j] - mean;
        }
        float variance = kernels.dot(standard, at, standard, at, width) / width;
        float scale = 1 / (float) Math.sqrt(variance + epsilon);
        scales[t] = scale;
        for (int j = 0; j < width; j++) {
          standard[at + j] *= scale;
        }
        for (int j = 0; j < width; j++) {
          y[at + j] = Math.fma(standard[at + j], values[w + j], values[b + j]);
        }
      }
      return y;
    }

    /** Adds to the gradients of x and of the weights. */
    public void backward(int tokens, float[] yGradient, float[] xGradient, float[] gradient) {
      float[] standard = this.standard.values();
      float[] scales = this.scales.values();
      float[] values = weights.values();
      int w = weight.offset();
      int b = bias.offset();
      for (int t = 0; t < tokens; t++) {
        int at = t * width;
        for (int j = 0; j < width; j++) {
          gradient[w + j] = Math.fma(yGradient[at + j], standard[at + j], gradient[w + j]);
        }
        for (int j = 0; j < width; j++) {
          gradient[b + j] += yGradient[at + j];
        }
        for (int j = 0; j < width; j++) {
          row[j] = yGradient[at + j] * values[w + j];
        }
        float mean = kernels.dot(row, 0, ones, 0, width) / width;
        float along = kernels.dot(row, 0, standard, at, width) / width;
        float scale = scales[t];
        for (int j = 0; j < width; j++) {
          xGradient[at + j] += scale * (row[j] - mean - standard[at + j] * along);
        }
      }
    }
  }

  public Run newRun() {
    return new Run();
  }
}
