package dev.candor.cli.check;

import java.util.Optional;

/**
 * One comparison with the reference.
 *
 * @param what what was compared, such as {@code logits}
 * @param subject of which prompt, case or file; may be empty
 * @param worst the largest difference: of numbers absolute, of tokens how many differ
 * @param tolerance the largest difference that still holds
 * @param detail how much was compared, or where it first differs
 * @param firstDifference on a failure, the first layer or tensor that differs from the reference
 */
public record Finding(
    String what,
    String subject,
    double worst,
    double tolerance,
    String detail,
    Optional<String> firstDifference) {

  /** A comparison that has no layers to look into. */
  Finding(String what, String subject, double worst, double tolerance, String detail) {
    this(what, subject, worst, tolerance, detail, Optional.empty());
  }

  /** The same, with where in the model it first differs. */
  Finding at(Optional<String> place) {
    return new Finding(what, subject, worst, tolerance, detail, place);
  }

  /** Whether the comparison holds. A difference that is no number does not. */
  public boolean holds() {
    return worst <= tolerance;
  }
}
