package dev.candor.training.runs;

/**
 * Where a run is, besides values and moments.
 *
 * @param step how many are done
 * @param position where the next one begins
 */
public record RunState(long step, StepSource.Position position, LossHistory history) {}
