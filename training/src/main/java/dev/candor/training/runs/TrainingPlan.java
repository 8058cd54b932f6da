package dev.candor.training.runs;

import dev.candor.training.optimisers.RateSchedule;
import dev.candor.training.runs.Recipe.CheckpointPlan;

/**
 * How long a run goes on, and what happens meanwhile.
 *
 * @param tokens the run ends with the first step that reaches them
 * @param shards most parts of a step
 * @param clipping longest gradient; 0 for any
 * @param validationEveryTokens how often the model is asked what it is not trained on
 */
public record TrainingPlan(
    long tokens,
    int shards,
    double clipping,
    RateSchedule learningRate,
    long validationEveryTokens,
    CheckpointPlan checkpoints) {}
