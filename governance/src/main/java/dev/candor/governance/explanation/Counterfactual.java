package dev.candor.governance.explanation;

import java.util.List;
import java.util.Optional;

/**
 * A text that is nearly the same and gets another label. It was decided in full, as the text itself
 * was.
 *
 * @param changes by their spans, ascending
 * @param text with the changes
 * @param label what it gets
 * @param probability of that label
 */
public record Counterfactual(List<Change> changes, String text, int label, double probability) {

  /**
   * What became of a span.
   *
   * @param instead what stands in its place; empty if it is left out
   */
  public record Change(int span, Optional<String> instead) {}

  public Counterfactual {
    changes = List.copyOf(changes);
  }
}
