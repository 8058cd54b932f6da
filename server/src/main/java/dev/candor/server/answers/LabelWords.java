package dev.candor.server.answers;

import java.util.List;
import java.util.Optional;

/** How a model is asked which label fits a text: as {@code candor classify} asks it. */
public final class LabelWords {

  /** Most labels to choose from. */
  public static final int MOST_LABELS = 200;

  private LabelWords() {}

  /**
   * What the model is asked.
   *
   * @param labels what to choose from, in the order in which they are offered
   * @param instruction what is asked in place of the usual sentence
   */
  public static String of(List<String> labels, Optional<String> instruction, String text) {
    String question =
        instruction.orElseGet(() ->
            "Which label fits the text best: "
                + String.join(", ", labels)
                + "? Answer with the label only.");
    return question + "\n\nText: " + text;
  }
}
