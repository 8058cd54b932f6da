package dev.candor.governance.confidence;

import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * A text whose label is known, and what a model thinks of it.
 *
 * @param logProbabilities of the labels, natural logarithms
 * @param label the place of the right one
 * @param group that the text belongs to, if groups are told apart
 */
public record LabelledRow(List<Double> logProbabilities, int label, Optional<String> group) {

  public LabelledRow {
    logProbabilities = List.copyOf(logProbabilities);
  }

  /** A row from probabilities; of 0 the smallest normal number is taken. */
  public static LabelledRow of(double[] probabilities, int label, Optional<String> group) {
    List<Double> logs =
        DoubleStream.of(probabilities)
            .map(p -> StrictMath.log(Math.max(p, Double.MIN_NORMAL)))
            .boxed()
            .toList();
    return new LabelledRow(logs, label, group);
  }
}
