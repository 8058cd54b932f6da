package dev.candor.training.layers;

import dev.candor.engine.kernels.Matrix;
import dev.candor.training.layers.ParameterLayout.Tensor;
import java.util.Optional;

/** A row per token id, times a scale. */
public final class EmbeddingLayer {

  private final Weights weights;
  private final Arithmetic arithmetic;
  private final Optional<Matrix> frozen;
  private final Optional<Tensor> trained;
  private final int width;
  private final float scale;

  private EmbeddingLayer(Weights weights, Arithmetic arithmetic, String name, float scale) {
    this.weights = weights;
    this.arithmetic = arithmetic;
    this.scale = scale;
    frozen = weights.frozen().matrix(name + ".weight");
    trained =
        frozen.isPresent()
            ? Optional.empty()
            : Optional.of(weights.layout().tensor(name + ".weight"));
    width = frozen.map(Matrix::columns).orElseGet(() -> trained.orElseThrow().shape().get(1));
  }

  /** The embedding {@code name.weight}, [V, H]. */
  public static EmbeddingLayer of(
      Weights weights, Arithmetic arithmetic, String name, float scale) {
    return new EmbeddingLayer(weights, arithmetic, name, scale);
  }

  /** x [tokens, H]. */
  public void forward(int[] ids, float[] x) {
    for (int t = 0; t < ids.length; t++) {
      if (frozen.isPresent()) {
        arithmetic.kernels().dequantize(frozen.get(), ids[t], x, t * width);
      } else {
        int row = trained.orElseThrow().offset() + ids[t] * width;
        System.arraycopy(weights.values(), row, x, t * width, width);
      }
    }
    if (scale != 1) {
      for (int i = 0; i < ids.length * width; i++) {
        x[i] *= scale;
      }
    }
  }

  /** Adds to the gradient of the rows, if they are trained. */
  public void backward(int[] ids, float[] xGradient, float[] gradient) {
    if (trained.isEmpty()) {
      return;
    }
    for (int t = 0; t < ids.length; t++) {
      int row = trained.get().offset() + ids[t] * width;
      for (int j = 0; j < width; j++) {
        gradient[row + j] = Math.fma(scale, xGradient[t * width + j], gradient[row + j]);
      }
    }
  }
}
