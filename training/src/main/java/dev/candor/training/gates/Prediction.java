package dev.candor.training.gates;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a model answered to a row of a sealed set.
 *
 * @param id of the row
 * @param expected what the set says
 * @param answer what the model said
 * @param probability that the model gave its answer, 0 to 1
 * @param probabilities of each label, in order; empty of free answers
 */
public record Prediction(
    String id,
    String expected,
    String answer,
    OptionalDouble probability,
    Map<String, Double> probabilities) {

  /** Whether it is the expected one, but for white space around it. */
  public boolean isRight() {
    return answer.strip().equals(expected.strip());
  }

  /**
   * The Brier score (Brier 1950): of labels the sum of squares of what is wrong with each
   * probability, 0 to 2; of a free answer the square for the answer alone, 0 to 1.
   */
  OptionalDouble brier() {
    if (probabilities.isEmpty()) {
      return probability.isPresent()
          ? OptionalDouble.of(square(probability.getAsDouble() - (isRight() ? 1 : 0)))
          : OptionalDouble.empty();
    }
    double sum = 0;
    for (Map.Entry<String, Double> label : probabilities.entrySet()) {
      sum += square(label.getValue() - (label.getKey().equals(expected.strip()) ? 1 : 0));
    }
    return OptionalDouble.of(sum);
  }

  private static double square(double value) {
    return value * value;
  }
}
