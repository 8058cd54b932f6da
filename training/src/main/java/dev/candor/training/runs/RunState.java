package dev.candor.training.runs;

/**
 * Where a run is, besides values and moments.
 *
 * @param step how many are done
 * @param position where the next one begins
 */
record RunState(long step, Batches.Position position, LossHistory history) {}
