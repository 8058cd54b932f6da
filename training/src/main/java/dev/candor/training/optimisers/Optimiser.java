package dev.candor.training.optimisers;

import dev.candor.engine.kernels.WorkerPool;
import dev.candor.training.layers.ParameterLayout;
import java.util.List;

/**
 * Changes values along their gradient. What it does is defined to the bit and does not depend on
 * the number of threads: each tensor is one thread's. For one thread at a time.
 */
public interface Optimiser {

  /**
   * What it remembers of earlier steps, to be saved and restored with {@link #steps}.
   *
   * @param name stable, such as {@code first}
   * @param layout of the values: all tensors of the model, or some of them
   * @param values changed in place by each step
   */
  record Moment(String name, ParameterLayout layout, float[] values) {}

  /**
   * One step.
   *
   * @param values changed in place
   * @param gradient laid out like the values
   */
  void step(float[] values, float[] gradient, double learningRate, WorkerPool pool);

  /** Its arrays themselves, in a fixed order. */
  List<Moment> moments();

  /** How many steps were made. */
  long steps();

  /** Goes on as after so many steps; the moments are to be restored with it. */
  void restoreSteps(long steps);
}
