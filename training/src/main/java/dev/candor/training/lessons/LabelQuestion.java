package dev.candor.training.lessons;

import java.util.List;

/** What the command classify asks. */
final class LabelQuestion {

  private LabelQuestion() {}

  static String of(List<String> labels, String text) {
    return "Which label fits the text best: "
        + String.join(", ", labels)
        + "? Answer with the label only.\n\nText: "
        + text;
  }
}
