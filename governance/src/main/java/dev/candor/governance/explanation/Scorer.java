package dev.candor.governance.explanation;

import java.util.List;

/**
 * What a model thinks of a text of which some spans are left. Whatever explains asks this and
 * nothing else, so that its properties can be tested without a model.
 */
public interface Scorer {

  /** How many spans the text has. */
  int spans();

  /**
   * How probable each label is.
   *
   * @return natural logarithms, in the order of the labels
   */
  double[] logProbabilities(Subset kept);

  /** The same of many, which may be asked together. */
  default List<double[]> logProbabilities(List<Subset> each) {
    return each.stream().map(this::logProbabilities).toList();
  }
}
