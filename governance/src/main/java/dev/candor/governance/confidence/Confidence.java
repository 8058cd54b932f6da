package dev.candor.governance.confidence;

import java.util.List;
import java.util.Optional;

/**
 * What the probabilities of a decision are worth, by a calibration.
 *
 * @param probability of the label that was chosen, after temperature scaling
 * @param set labels of which one is right in a share 1 − alpha of cases or more, as long as the
 *     case is like those of the calibration; may be empty
 * @param alpha how often the set may miss
 * @param group whose quantile counts, if it was said
 * @param refer whether a person is to look at the case: the set has not one label
 */
public record Confidence(
    double probability, List<String> set, double alpha, Optional<String> group, boolean refer) {

  public Confidence {
    set = List.copyOf(set);
  }
}
