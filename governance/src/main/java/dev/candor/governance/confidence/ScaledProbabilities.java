package dev.candor.governance.confidence;

import java.util.List;

/** Probabilities after temperature scaling: softmax(ln p / T). */
final class ScaledProbabilities {

  private ScaledProbabilities() {}

  static double[] of(List<Double> logProbabilities, double temperature) {
    double largest = logProbabilities.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    double[] scaled =
        logProbabilities.stream()
            .mapToDouble(log -> StrictMath.exp((log - largest) / temperature))
            .toArray();
    double sum = 0;
    for (double each : scaled) {
      sum += each;
    }
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] /= sum;
    }
    return scaled;
  }

  /** The place of the largest; of several the first. */
  static int best(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
