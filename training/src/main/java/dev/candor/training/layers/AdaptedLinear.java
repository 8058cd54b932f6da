package dev.candor.training.layers;

import dev.candor.engine.kernels.Inputs;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.StripFormat;
import dev.candor.training.layers.ParameterLayout.Tensor;
import java.util.Optional;

/**
 * A frozen linear layer with an adapter of low rank beside it, if one was asked for (Hu et al.,
 * LoRA, arXiv 2106.09685, section 4.1):
 *
 * <pre>
 *   y = x Wᵀ + b + s · (x Aᵀ) Bᵀ                 A [r, in], B [out, r]
 *   x gradient += G W + s · (G B) A              G the gradient of y
 *   A gradient += s · (G B)ᵀ x
 *   B gradient += Gᵀ · s (x Aᵀ)
 * </pre>
 *
 * <p>x Wᵀ is the engine's own product, of inputs rounded as it rounds them where W is quantised, so
 * that training sees what serving computes. The gradient passes the rounding as if it were not
 * there. G W takes W apart some rows at a time; there is no second copy of it.
 */
final class AdaptedLinear extends LinearLayer {

  /** Most floats of W that are there at a time, so that they stay in the second cache. */
  private static final int PANEL = 1 << 17;

  /** What a thread needs to work without allocating. */
  private static final class Scratch {
    private final Inputs inputs = new Inputs();
    private final Rows low = new Rows(1);
    private final Rows lowGradient = new Rows(1);
    private final Rows panel = new Rows(1);
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  /** The two factors of an adapter. */
  private record Factors(Tensor a, Tensor b, int rank) {}

  private final Weights weights;
  private final Arithmetic arithmetic;
  private final Matrix matrix;
  private final Optional<Tensor> bias;
  private final Optional<Factors> factors;
  private final float scaling;

  AdaptedLinear(
      Weights weights, Arithmetic arithmetic, String name, Matrix matrix, Optional<Tensor> bias) {
    this.weights = weights;
    this.arithmetic = arithmetic;
    this.matrix = matrix;
    this.bias = bias;
    this.scaling = weights.frozen().scaling();
    ParameterLayout layout = weights.layout();
    factors =
        layout
            .find(AdapterNames.a(name))
            .map(a -> new Factors(a, layout.tensor(AdapterNames.b(name)), a.shape().getFirst()));
  }

  @Override
  int in() {
    return matrix.columns();
  }

  @Override
  int out() {
    return matrix.rows();
  }

  @Override
  void forward(
      int tokens, float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride) {
    if (tokens == 0) {
      return;
    }
    Kernels kernels = arithmetic.kernels();
    boolean quantised = StripFormat.knows(matrix.format());
    Inputs inputs =
        SCRATCH.get().inputs.take(x, xOffset, xStride, tokens, matrix.columns(), quantised);
    if (quantised) {
      kernels.round(inputs, 0, tokens);
    }
    kernels.multiply(matrix, 0, matrix.rows(), inputs, y, yOffset, yStride);
    if (bias.isPresent()) {
      for (int t = 0; t < tokens; t++) {
        kernels.addScaled(
            1, weights.values(), bias.get().offset(), y, yOffset + t * yStride, matrix.rows());
      }
    }
    if (factors.isPresent()) {
      Factors f = factors.get();
      float[] low = low(tokens, f, x, xOffset, xStride);
      arithmetic
          .gradients()
          .addProduct(
              tokens,
              matrix.rows(),
              f.rank,
              low,
              0,
              f.rank,
              1,
              weights.transposed(),
              f.b.offset(),
              matrix.rows(),
              y,
              yOffset,
              yStride);
    }
  }

  /** s · x Aᵀ, [tokens, r]. */
  private float[] low(int tokens, Factors f, float[] x, int xOffset, int xStride) {
    float[] low = SCRATCH.get().low.zeros(tokens * f.rank);
    arithmetic
        .gradients()
        .addProduct(
            tokens,
            f.rank,
            matrix.columns(),
            x,
            xOffset,
            xStride,
            1,
            weights.transposed(),
            f.a.offset(),
            f.rank,
            low,
            0,
            f.rank);
    scale(low, tokens * f.rank);
    return low;
  }

  private void scale(float[] low, int count) {
    for (int i = 0; i < count; i++) {
      low[i] *= scaling;
    }
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
    if (factors.isPresent()) {
      factorGradients(
          tokens,
          factors.get(),
          x,
          xGradient,
          xOffset,
          xStride,
          yGradient,
          yOffset,
          yStride,
          gradient);
    }
    int columns = matrix.columns();
    int rows = Math.clamp(PANEL / columns / StripFormat.ROWS * StripFormat.ROWS, 1, matrix.rows());
    float[] panel = SCRATCH.get().panel.of(rows * columns);
    for (int from = 0; from < matrix.rows(); from += rows) {
      int to = Math.min(matrix.rows(), from + rows);
      for (int row = from; row < to; row++) {
        arithmetic.kernels().dequantize(matrix, row, panel, (row - from) * columns);
      }
      arithmetic
          .gradients()
          .addProduct(
              tokens,
              columns,
              to - from,
              yGradient,
              yOffset + from,
              yStride,
              1,
              panel,
              0,
              columns,
              xGradient,
              xOffset,
              xStride);
    }
  }

  private void factorGradients(
      int tokens,
      Factors f,
      float[] x,
      float[] xGradient,
      int xOffset,
      int xStride,
      float[] yGradient,
      int yOffset,
      int yStride,
      float[] gradient) {
    int in = matrix.columns();
    int out = matrix.rows();
    float[] values = weights.values();
    float[] low = low(tokens, f, x, xOffset, xStride);
    arithmetic
        .gradients()
        .addProduct(
            out,
            f.rank,
            tokens,
            yGradient,
            yOffset,
            1,
            yStride,
            low,
            0,
            f.rank,
            gradient,
            f.b.offset(),
            f.rank);
    float[] lowGradient = SCRATCH.get().lowGradient.zeros(tokens * f.rank);
    arithmetic
        .gradients()
        .addProduct(
            tokens,
            f.rank,
            out,
            yGradient,
            yOffset,
            yStride,
            1,
            values,
            f.b.offset(),
            f.rank,
            lowGradient,
            0,
            f.rank);
    scale(lowGradient, tokens * f.rank);
    arithmetic
        .gradients()
        .addProduct(
            f.rank,
            in,
            tokens,
            lowGradient,
            0,
            1,
            f.rank,
            x,
            xOffset,
            xStride,
            gradient,
            f.a.offset(),
            in);
    arithmetic
        .gradients()
        .addProduct(
            tokens,
            in,
            f.rank,
            lowGradient,
            0,
            f.rank,
            1,
            values,
            f.a.offset(),
            in,
            xGradient,
            xOffset,
            xStride);
  }
}
