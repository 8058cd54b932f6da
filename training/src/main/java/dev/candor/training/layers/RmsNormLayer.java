package dev.candor.training.layers;

import dev.candor.engine.kernels.Kernels;
import dev.candor.training.layers.ParameterLayout.Tensor;

/**
 * Root mean square normalisation (Zhang and Sennrich, arXiv 1910.07467): y = x̂ ⊙ (base + w) with
 * x̂ = x / √(mean(x²) + ε). Gemma's weights count from a base of 1.
 *
 * <pre>
 *   x gradient += (g − x̂·mean(g ⊙ x̂)) / √(mean(x²) + ε)        g = y gradient ⊙ (base + w)
 * </pre>
 */
public final class RmsNormLayer {

  private final Weights weights;
  private final Kernels kernels;
  private final Tensor weight;
  private final int width;
  private final float epsilon;
  private final float base;

  private RmsNormLayer(
      Weights weights, Arithmetic arithmetic, String name, float epsilon, float base) {
    this.weights = weights;
    this.kernels = arithmetic.kernels();
    this.weight = weights.layout().tensor(name + ".weight");
    this.width = weight.size();
    this.epsilon = epsilon;
    this.base = base;
  }

  /** Adds {@code name.weight} to a layout. */
  public static void declare(ParameterLayout layout, String name, int width) {
    layout.add(name + ".weight", width);
  }

  /**
   * The norm of this name.
   *
   * @param base what its weight counts from: 0, or 1
   */
  public static RmsNormLayer of(
      Weights weights, Arithmetic arithmetic, String name, float epsilon, float base) {
    return new RmsNormLayer(weights, arithmetic, name, epsilon, base);
  }

  /** One worker's way through the layer: what it keeps of a batch for the way back. */
  public final class Run {
    private final Rows standard; // x̂
    private final Rows scales; // 1 / √(mean(x²) + ε)
    private final Rows outputs;
    private final float[] row = new float[width];

    private Run(Buffers buffers) {
      standard = buffers.rows("standard", width);
      scales = buffers.rows("scales", 1);
      outputs = buffers.rows("outputs", width);
    }

    /** The output, [rows, width], which stays as it is until the next batch. */
    public float[] forward(int rows, float[] x) {
      float[] standard = this.standard.of(rows);
      float[] scales = this.scales.of(rows);
      float[] y = outputs.of(rows);
      float[] values = weights.values();
      int w = weight.offset();
      for (int t = 0; t < rows; t++) {
        int at = t * width;
        float square = kernels.dot(x, at, x, at, width) / width;
        float scale = 1 / (float) Math.sqrt(square + epsilon);
        scales[t] = scale;
        for (int j = 0; j < width; j++) {
          standard[at + j] = x[at + j] * scale;
        }
        for (int j = 0; j < width; j++) {
          y[at + j] = standard[at + j] * (values[w + j] + base);
        }
      }
      return y;
    }

    /** Adds to the gradients of x and of the weights. */
    public void backward(int rows, float[] yGradient, float[] xGradient, float[] gradient) {
      float[] standard = this.standard.values();
      float[] scales = this.scales.values();
      float[] values = weights.values();
      int w = weight.offset();
      for (int t = 0; t < rows; t++) {
        int at = t * width;
        for (int j = 0; j < width; j++) {
          gradient[w + j] = Math.fma(yGradient[at + j], standard[at + j], gradient[w + j]);
        }
        for (int j = 0; j < width; j++) {
          row[j] = yGradient[at + j] * (values[w + j] + base);
        }
        float along = kernels.dot(row, 0, standard, at, width) / width;
        float scale = scales[t];
        for (int j = 0; j < width; j++) {
          xGradient[at + j] += scale * (row[j] - standard[at + j] * along);
        }
      }
    }
  }

  public Run newRun(Buffers buffers) {
    return new Run(buffers);
  }
}
