package dev.candor.training.models;

import dev.candor.training.layers.ParameterLayout;

/** A model of language whose loss has a gradient. */
public interface TrainableModel {

  /** The tensors that are trained. */
  ParameterLayout layout();

  /** Their values, laid out so; an optimiser changes them in place. */
  float[] values();

  /** Must be called after the values have changed and before the next gradient. */
  void valuesChanged();

  /**
   * One worker's way through the model, with its own buffers. Results depend on the batch alone,
   * not on the worker.
   */
  Worker newWorker();

  /** Computes gradients; for one thread at a time. */
  interface Worker {

    /**
     * Adds scale · ∂loss/∂values to the gradient. The loss is the sum of −ln p(target) over the
     * tokens that have a target, each times its weight.
     *
     * @param gradient laid out like the values
     * @return the loss with weights of 1
     */
    double addGradient(TokenBatch batch, float scale, float[] gradient);

    /**
     * The loss alone.
     *
     * @param lossOfToken if not empty, −ln p of each token's target, 0 where there is none
     */
    double loss(TokenBatch batch, float[] lossOfToken);
  }
}
