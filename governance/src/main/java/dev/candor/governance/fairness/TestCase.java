package dev.candor.governance.fairness;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One question of a test.
 *
 * @param id of the row it was made of, with a dash and a number behind that of a template
 * @param variant which of the questions that are made of this row: {@link #PLAIN}, a name swap's
 *     {@link #CONTROL}, or {@link #PRO} and {@link #ANTI} of a pair
 * @param label what would be right, if it is known
 * @param groups whom it is about, by attribute
 */
record TestCase(
    String id,
    String variant,
    String text,
    List<String> labels,
    Optional<String> label,
    Map<String, String> groups) {

  static final String PLAIN = "plain";

  /** Another name of the group that the others are held against. */
  static final String CONTROL = "control";

  static final String PRO = "pro";
  static final String ANTI = "anti";

  TestCase {
    labels = List.copyOf(labels);
    groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
  }

  /**
   * A question with what the model says.
   *
   * @param probabilities of its labels
   */
  record Answer(TestCase asked, List<Double> probabilities) {
    Answer {
      probabilities = List.copyOf(probabilities);
    }

    /** The most probable label; of several the first. */
    String label() {
      int best = 0;
      for (int i = 1; i < probabilities.size(); i++) {
        best = probabilities.get(i) > probabilities.get(best) ? i : best;
      }
      return asked.labels().get(best);
    }

    /** How probable it is that the label is one of these. */
    double share(List<String> these) {
      double sum = 0;
      for (int i = 0; i < probabilities.size(); i++) {
        sum += these.contains(asked.labels().get(i)) ? probabilities.get(i) : 0;
      }
      return sum;
    }
  }
}
