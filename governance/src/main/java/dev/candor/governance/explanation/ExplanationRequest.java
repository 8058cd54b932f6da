package dev.candor.governance.explanation;

import java.util.Optional;

/**
 * How somebody wants a decision explained.
 *
 * @param method how attributions are found
 * @param field of a structured answer: the value that is to be explained, by its name or its JSON
 *     pointer
 * @param spans into what the text is divided; what suits it if empty
 * @param ratherThan the label that the chosen one is held against; the runner-up if empty
 * @param group that the text belongs to, where the calibration tells groups apart
 * @param alternatives words that a counterfactual may try
 * @param seed of all that is drawn at random
 */
public record ExplanationRequest(
    Attribution.Method method,
    Optional<String> field,
    Optional<SpanKind> spans,
    Optional<String> ratherThan,
    Optional<String> group,
    Alternatives alternatives,
    long seed) {

  /** Leave-one-span-out, against the runner-up, seed 0. */
  public static ExplanationRequest usual() {
    return new ExplanationRequest(
        Attribution.Method.OCCLUSION,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Alternatives.opposites(),
        0);
  }
}
