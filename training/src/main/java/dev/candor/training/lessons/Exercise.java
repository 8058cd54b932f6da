package dev.candor.training.lessons;

import java.util.List;

/**
 * A question with its answer.
 *
 * @param prompt what the user says
 * @param answer what the model should say, in full
 * @param lesson what it is an exercise of
 * @param families the phrasings it is made of, such as {@code triage/refund#1a2b}; each is either
 *     trained on or kept back
 * @param values what fills the phrasings and is either trained on or kept back
 */
public record Exercise(
    String prompt, String answer, String lesson, List<String> families, List<String> values) {

  public Exercise {
    families = List.copyOf(families);
    values = List.copyOf(values);
  }
}
