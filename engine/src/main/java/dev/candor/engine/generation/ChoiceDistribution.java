package dev.candor.engine.generation;

import java.util.List;

/**
 * How probable each of some texts is, and the digest of the logits that say so.
 *
 * @param probabilities in the order of the texts; their sum is 1
 * @param logitsDigest 64 lower-case hexadecimal digits; the same texts in another order have the
 *     same. It is the digest of {@link Answer#logitsDigest} over other items: the row behind the
 *     prompt; then, for each further place at which the texts differ, the tokens from the prompt to
 *     that place and the row behind them. A place comes before those that it leads to, and the
 *     lower of two ids before the higher
 */
public record ChoiceDistribution(List<Double> probabilities, String logitsDigest) {

  public ChoiceDistribution {
    probabilities = List.copyOf(probabilities);
  }
}
