package dev.candor.training.optimisers;

/** How long steps are, by the tokens seen. */
@FunctionalInterface
public interface RateSchedule {

  /**
   * The rate of a step.
   *
   * @param tokens seen when the step is done, so that the first step is not one of length 0
   */
  double at(long tokens);
}
