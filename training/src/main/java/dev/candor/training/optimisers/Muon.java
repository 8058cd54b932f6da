package dev.candor.training.optimisers;

import dev.candor.engine.kernels.GradientKernels;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.layers.ParameterLayout.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Momentum whose steps are orthogonalised, for the matrices of hidden layers; embeddings, heads and
 * vectors are left to {@link AdamW} (Keller Jordan, kellerjordan.github.io/posts/muon). With g the
 * gradient of a matrix of r rows and c columns:
 *
 * <pre>
 *   m = m + (g − m) · (1 − μ)
 *   u = g + (m − g) · μ                                      Nesterov's momentum
 *   θ = θ · (1 − rate · decay) − rate · scale · NS(u)
 * </pre>
 *
 * <p>The scale 0.2·√max(r, c) makes steps as long as AdamW's usual ones, so that both take one
 * learning rate (Liu et al., arXiv 2502.16982, section 2.2).
 */
public final class Muon implements Optimiser {

  /** How the length of an orthogonal step depends on the shape. */
  public enum Scale {
    /** 0.2·√max(r, c): the root mean square of AdamW's steps. */
    MATCH_ADAMW,
    /** √max(1, r / c), as first published; takes a learning rate of about 0.02. */
    ORIGINAL;

    double of(int rows, int columns) {
      return switch (this) {
        case MATCH_ADAMW -> 0.2 * StrictMath.sqrt(Math.max(rows, columns));
        case ORIGINAL -> StrictMath.sqrt(Math.max(1, (double) rows / columns));
      };
    }
  }

  /**
   * @param momentum μ
   * @param weightDecay of the matrices, per step, as a share of their learning rate
   * @param matrixRate the learning rate of the matrices as a multiple of that of the others
   * @param others for what is no matrix of a hidden layer
   */
  public record Settings(
      double momentum, double weightDecay, double matrixRate, Scale scale, AdamW.Settings others) {

    /** One learning rate for all. */
    public static final Settings USUAL =
        new Settings(0.95, 0.1, 1, Scale.MATCH_ADAMW, AdamW.Settings.USUAL);
  }

  private final Settings settings;
  private final GradientKernels kernels;
  private final List<Tensor> matrices;
  private final ParameterLayout layout = new ParameterLayout();
  private final float[] momentum;
  private final int largest;
  private final int widest;
  private final AdamW others;
  private final Queue<Workspace> idle = new ConcurrentLinkedQueue<>();

  public Muon(ParameterLayout all, Settings settings, GradientKernels kernels) {
    this.settings = settings;
    this.kernels = kernels;
    List<Tensor> hidden = new ArrayList<>();
    List<Tensor> rest = new ArrayList<>();
    for (Tensor tensor : all.tensors()) {
      (TensorRole.of(tensor) == TensorRole.HIDDEN_MATRIX ? hidden : rest).add(tensor);
    }
    this.matrices = List.copyOf(hidden);
    this.others = new AdamW(rest, settings.others);
    for (Tensor matrix : matrices) {
      layout.add(matrix.name(), rows(matrix), columns(matrix));
    }
    this.momentum = new float[layout.size()];
    this.largest = matrices.stream().mapToInt(Tensor::size).max().orElse(0);
    this.widest =
        matrices.stream()
            .mapToInt(matrix -> Math.min(rows(matrix), columns(matrix)))
            .max()
            .orElse(0);
  }

  /** What a thread needs for the matrix it is at. */
  private final class Workspace {
    private final float[] update = new float[largest];
    private final NewtonSchulz iteration = new NewtonSchulz(kernels, largest, widest);
  }

  @Override
  public void step(float[] values, float[] gradient, double learningRate, WorkerPool pool) {
    others.step(values, gradient, learningRate, pool);
    pool.run(
        matrices.size(),
        1,
        (from, to) -> {
          Workspace workspace = idle.poll();
          if (workspace == null) {
            workspace = new Workspace();
          }
          for (int i = from; i < to; i++) {
            step(matrices.get(i), values, gradient, learningRate * settings.matrixRate, workspace);
          }
          idle.add(workspace);
        });
  }

  private void step(
      Tensor matrix, float[] values, float[] gradient, double rate, Workspace workspace) {
    int offset = matrix.offset();
    int momentOffset = layout.tensor(matrix.name()).offset();
    int size = matrix.size();
    float mu = (float) settings.momentum;
    float newShare = (float) (1 - settings.momentum);
    float[] m = momentum;
    float[] update = workspace.update;
    for (int i = 0; i < size; i++) {
      float g = gradient[offset + i];
      float mean = m[momentOffset + i] + (g - m[momentOffset + i]) * newShare;
      m[momentOffset + i] = mean;
      update[i] = g + (mean - g) * mu;
    }
    workspace.iteration.orthogonalise(update, rows(matrix), columns(matrix));
    float kept = (float) (1 - rate * settings.weightDecay);
    float length = (float) (rate * settings.scale.of(rows(matrix), columns(matrix)));
    for (int i = 0; i < size; i++) {
      values[offset + i] = values[offset + i] * kept - length * update[i];
    }
  }

  private static int rows(Tensor matrix) {
    return matrix.shape().getFirst();
  }

  private static int columns(Tensor matrix) {
    return matrix.shape().getLast();
  }

  @Override
  public List<Moment> moments() {
    List<Moment> moments = new ArrayList<>(others.moments());
    moments.add(new Moment("momentum", layout, momentum));
    return moments;
  }

  @Override
  public long steps() {
    return others.steps();
  }

  @Override
  public void restoreSteps(long steps) {
    others.restoreSteps(steps);
  }
}
