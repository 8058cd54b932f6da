package dev.candor.governance.fairness;

import java.util.List;
import java.util.Optional;

/**
 * What is measured: how probable a model finds each of some labels for a text. It measures and
 * decides nothing, so no decision goes on record; the run does.
 */
@FunctionalInterface
public interface LabelScorer {

  /**
   * What a model is asked.
   *
   * @param text what it is about
   * @param labels what to choose from
   * @param instruction what is asked in place of the usual sentence
   */
  record Question(String text, List<String> labels, Optional<String> instruction) {
    public Question {
      labels = List.copyOf(labels);
    }
  }

  /** As many probabilities as labels; their sum is 1. */
  double[] probabilities(Question question);
}
