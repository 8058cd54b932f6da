package dev.candor.governance.decisions;

import java.util.Optional;

/**
 * Which attempt at a decision something is.
 *
 * @param decision its id
 * @param number from 1
 * @param key the pseudonym of the request, if it has one
 * @param made the decision, if it has been made already
 */
record Attempt(String decision, long number, Optional<String> key, Optional<Decision> made) {

  /** The only one at a decision that nobody will ask for again. */
  static Attempt only(String decision) {
    return new Attempt(decision, 1, Optional.empty(), Optional.empty());
  }
}
