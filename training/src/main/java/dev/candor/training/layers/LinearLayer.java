package dev.candor.training.layers;

import dev.candor.engine.kernels.Matrix;
import dev.candor.training.layers.ParameterLayout.Tensor;
import java.util.Optional;

/** y = x Wᵀ + b, with W [out, in]. */
abstract sealed class LinearLayer permits TrainedLinear, AdaptedLinear {

  /** Adds {@code name.weight} and, if it has one, {@code name.bias} to a layout. */
  static void declare(ParameterLayout layout, String name, int out, int in, boolean bias) {
    layout.add(name + ".weight", out, in);
    if (bias) {
      layout.add(name + ".bias", out);
    }
  }

  /** The layer of this name: with an adapter where its weight is frozen, else trained itself. */
  static LinearLayer of(Weights weights, Arithmetic arithmetic, String name, boolean bias) {
    ParameterLayout layout = weights.layout();
    Optional<Tensor> biasTensor =
        bias ? Optional.of(layout.tensor(name + ".bias")) : Optional.empty();
    Optional<Matrix> frozen = weights.frozen().matrix(name + ".weight");
    return frozen.isPresent()
        ? new AdaptedLinear(weights, arithmetic, name, frozen.get(), biasTensor)
        : new TrainedLinear(weights, arithmetic, layout.tensor(name + ".weight"), biasTensor);
  }

  abstract int in();

  abstract int out();

  /** y[t] = x[t] Wᵀ + b for so many tokens; rows of x and y are a stride apart. */
  abstract void forward(
      int tokens, float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride);

  /**
   * xGradient[t] += yGradient[t] W, and adds to the gradients of what is trained here.
   *
   * @param xGradient laid out as x
   */
  abstract void backward(
      int tokens,
      float[] x,
      float[] xGradient,
      int xOffset,
      int xStride,
      float[] yGradient,
      int yOffset,
      int yStride,
      float[] gradient);
}
