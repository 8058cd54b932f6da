package dev.candor.training.optimisers;

import dev.candor.engine.kernels.WorkerPool;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.layers.ParameterLayout.Tensor;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101, algorithm 2). Matrices
 * decay, norms and biases do not. With g the gradient and t the step from 1 on:
 *
 * <pre>
 *   θ = θ · (1 − rate · decay)
 *   m = m + (g − m) · (1 − β1)
 *   v = v · β2 + g · g · (1 − β2)
 *   θ = θ − rate / (1 − β1^t) · m / (√v / √(1 − β2^t) + ε)
 * </pre>
 */
public final class AdamW implements Optimiser {

  /**
   * @param beta1 of the mean of the gradient
   * @param beta2 of the mean of its square
   * @param epsilon added to the root of the latter
   * @param weightDecay per step, as a share of the learning rate
   */
  public record Settings(double beta1, double beta2, double epsilon, double weightDecay) {

    /** What small language models are usually trained with. */
    public static final Settings USUAL = new Settings(0.9, 0.95, 1e-8, 0.1);
  }

  private final Settings settings;
  private final List<Tensor> tensors;
  private final ParameterLayout moments = new ParameterLayout();
  private final float[] first;
  private final float[] second;
  private long steps;

  /** Of all tensors. */
  public AdamW(ParameterLayout layout, Settings settings) {
    this(layout.tensors(), settings);
  }

  /** Of some. */
  AdamW(List<Tensor> tensors, Settings settings) {
    this.settings = settings;
    this.tensors = List.copyOf(tensors);
    for (Tensor tensor : tensors) {
      moments.add(tensor.name(), tensor.shape().stream().mapToInt(Integer::intValue).toArray());
    }
    this.first = new float[moments.size()];
    this.second = new float[moments.size()];
  }

  @Override
  public void step(float[] values, float[] gradient, double learningRate, WorkerPool pool) {
    steps++;
    double firstCorrection = 1 - StrictMath.pow(settings.beta1, steps);
    double secondCorrection = 1 - StrictMath.pow(settings.beta2, steps);
    float length = (float) (learningRate / firstCorrection);
    float root = (float) StrictMath.sqrt(secondCorrection);
    float kept = (float) (1 - learningRate * settings.weightDecay);
    pool.run(
        tensors.size(),
        1,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            Tensor tensor = tensors.get(i);
            step(
                values,
                gradient,
                tensor.offset(),
                moments.tensor(tensor.name()).offset(),
                tensor.size(),
                TensorRole.of(tensor) == TensorRole.VECTOR ? 1 : kept,
                length,
                root);
          }
        });
  }

  private void step(
      float[] values,
      float[] gradient,
      int offset,
      int momentOffset,
      int size,
      float kept,
      float length,
      float root) {
    float newShare1 = (float) (1 - settings.beta1);
    float beta2 = (float) settings.beta2;
    float newShare2 = (float) (1 - settings.beta2);
    float epsilon = (float) settings.epsilon;
    float[] m = first;
    float[] v = second;
    for (int i = 0; i < size; i++) {
      float g = gradient[offset + i];
      float mean = m[momentOffset + i] + (g - m[momentOffset + i]) * newShare1;
      float square = v[momentOffset + i] * beta2 + g * g * newShare2;
      m[momentOffset + i] = mean;
      v[momentOffset + i] = square;
      values[offset + i] =
          values[offset + i] * kept
              - length * (mean / ((float) Math.sqrt(square) / root + epsilon));
    }
  }

  @Override
  public List<Moment> moments() {
    return List.of(new Moment("first", moments, first), new Moment("second", moments, second));
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public void restoreSteps(long steps) {
    this.steps = steps;
  }
}
