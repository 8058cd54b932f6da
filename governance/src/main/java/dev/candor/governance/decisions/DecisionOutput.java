package dev.candor.governance.decisions;

import dev.candor.engine.generation.Answer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a model gave.
 *
 * @param outcome why it ended, as entries say it
 * @param text the answer; of a choice the best one
 * @param tokens all that was generated, thoughts first
 * @param thoughts how many of the tokens are thoughts
 * @param probabilities of the choices in their order, if it was one
 * @param logits digest over the logits of every step; empty where none were computed
 * @param steps passes of the model behind the prompt
 * @param firstTokenNanos when the first token was there, after the beginning; 0 if there is none
 * @param answer what the engine says of generated tokens, if that was the task
 */
public record DecisionOutput(
    String outcome,
    String text,
    TokenIds tokens,
    int thoughts,
    List<Double> probabilities,
    Optional<String> logits,
    int steps,
    long firstTokenNanos,
    Optional<Answer> answer) {

  public DecisionOutput {
    probabilities = List.copyOf(probabilities);
  }

  static String outcome(Answer.FinishReason reason) {
    return reason == Answer.FinishReason.CANCELLED
        ? "stopped"
        : reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
