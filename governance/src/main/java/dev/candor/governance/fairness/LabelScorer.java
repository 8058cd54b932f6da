package dev.candor.governance.fairness;

import java.util.List;
import java.util.Optional;

/**
 * What is measured: how probable a model finds each of some labels for texts. It measures and
 * decides nothing, so no decision goes on record; the run does.
 */
@FunctionalInterface
public interface LabelScorer {

  /**
   * What a model is asked about each of some texts.
   *
   * @param labels what to choose from
   * @param instruction what is asked in place of the usual sentence
   */
  record Question(List<String> labels, Optional<String> instruction) {
    public Question {
      labels = List.copyOf(labels);
    }
  }

  /**
   * Asks the same about several texts, which can be read together.
   *
   * @return of each text as many probabilities as there are labels; their sum is 1
   */
  List<double[]> probabilities(Question question, List<String> texts);
}
