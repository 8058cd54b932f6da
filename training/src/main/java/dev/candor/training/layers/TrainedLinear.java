package dev.candor.training.layers;

import dev.candor.training.layers.ParameterLayout.Tensor;
import java.util.Arrays;
import java.util.Optional;

/** A linear layer whose weight and bias are trained. */
final class TrainedLinear extends LinearLayer {

  private final Weights weights;
  private final Arithmetic arithmetic;
  private final Tensor weight;
  private final Optional<Tensor> bias;
  private final int in;
  private final int out;

  TrainedLinear(Weights weights, Arithmetic arithmetic, Tensor weight, Optional<Tensor> bias) {
    this.weights = weights;
    this.arithmetic = arithmetic;
    this.weight = weight;
    this.bias = bias;
    this.out = weight.shape().get(0);
    this.in = weight.shape().get(1);
  }

  @Override
  int in() {
    return in;
  }

  @Override
  int out() {
    return out;
  }

  @Override
  void forward(
      int tokens, float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride) {
    for (int t = 0; t < tokens; t++) {
      int row = yOffset + t * yStride;
      if (bias.isPresent()) {
        System.arraycopy(weights.values(), bias.get().offset(), y, row, out);
      } else {
        Arrays.fill(y, row, row + out, 0);
      }
    }
    arithmetic
        .gradients()
        .addProduct(
            tokens,
            out,
            in,
            x,
            xOffset,
            xStride,
            1,
            weights.transposed(),
            weight.offset(),
            out,
            y,
            yOffset,
            yStride);
  }

  @Override
  void backward(
      int tokens,
      float[] x,
      float[] xGradient,
      int xOffset,
      int xStride,
      float[] yGradient,
      int yOffset,
      int yStride,
      float[] gradient) {
    weightGradient(tokens, x, xOffset, xStride, yGradient, yOffset, yStride, gradient);
    arithmetic
        .gradients()
        .addProduct(
            tokens,
            in,
            out,
            yGradient,
            yOffset,
            yStride,
            1,
            weights.values(),
            weight.offset(),
            in,
            xGradient,
            xOffset,
            xStride);
  }

  /** Of the weight, gradient += yGradientᵀ x, and of the bias, += Σ_t yGradient[t]. */
  private void weightGradient(
      int tokens,
      float[] x,
      int xOffset,
      int xStride,
      float[] yGradient,
      int yOffset,
      int yStride,
      float[] gradient) {
    arithmetic
        .gradients()
        .addProduct(
            out,
            in,
            tokens,
            yGradient,
            yOffset,
            1,
            yStride,
            x,
            xOffset,
            xStride,
            gradient,
            weight.offset(),
            in);
    if (bias.isPresent()) {
      int at = bias.get().offset();
      for (int t = 0; t < tokens; t++) {
        int row = yOffset + t * yStride;
        for (int j = 0; j < out; j++) {
          gradient[at + j] += yGradient[row + j];
        }
      }
    }
  }
}
