package dev.candor.training.runs;

import java.nio.file.Path;
import java.util.List;

/** Is told how a run goes, on the thread that runs it. */
public interface TrainingListener {

  /**
   * A step is done.
   *
   * @param step from 1 on
   * @param tokens seen so far
   * @param stage of the curriculum, from 0 on
   * @param loss mean −ln p of a target, before the step
   * @param gradientNorm before it was clipped
   * @param stepSeconds how long the step took; no two runs agree in it
   */
  record StepReport(
      long step,
      long tokens,
      int stage,
      int stepTokens,
      double loss,
      double learningRate,
      double gradientNorm,
      double stepSeconds) {

    public double tokensPerSecond() {
      return stepTokens / stepSeconds;
    }
  }

  /** How well the model does after so many tokens. */
  record ValidationReport(long step, long tokens, List<LessonScore> scores) {}

  /** A step is done. */
  default void stepped(StepReport report) {}

  /** The model was asked what it is not trained on. */
  default void validated(ValidationReport report) {}

  /** The run can go on from here. */
  default void saved(Path checkpoint) {}
}
