package dev.candor.cli;

import dev.candor.engine.generation.Session;
import dev.candor.server.answers.LabelWords;
import java.util.List;
import java.util.Optional;

/**
 * Which label fits a text, as a model is asked.
 *
 * @param labels what to choose from, in the order in which they are offered
 * @param instruction what is asked in place of the usual sentence
 */
record LabelQuestion(List<String> labels, Optional<String> instruction) {

  /** Most labels to choose from. */
  static final int MOST_LABELS = LabelWords.MOST_LABELS;

  /** How probable each label is; their sum is 1. */
  double[] probabilities(TextTask task, String text) {
    try (Session session = task.ask(words(text))) {
      return session.probabilities(labels);
    }
  }

  /** What the model is asked. */
  String words(String text) {
    return LabelWords.of(labels, instruction, text);
  }

  /** The place of the most probable one; of several the first. */
  static int best(double[] probabilities) {
    int best = 0;
    for (int i = 1; i < probabilities.length; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    return best;
  }
}
