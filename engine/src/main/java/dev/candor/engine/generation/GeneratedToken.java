package dev.candor.engine.generation;

import java.util.List;

/**
 * One token of an answer.
 *
 * @param id its id
 * @param text the text that became certain with it: whole characters, never the start of a stop
 *     string; often empty
 * @param logprob natural logarithm of its probability before sampling options and constraints
 *     apply; NaN if not asked for, or if a constraint left no choice and the model was not asked
 * @param alternatives the most likely tokens at its place, most likely first, as many as asked for
 */
public record GeneratedToken(int id, String text, float logprob, List<Alternative> alternatives) {

  /** A token that could have been chosen. */
  public record Alternative(int id, float logprob) {}
}
