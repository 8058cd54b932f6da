package dev.candor.governance.decisions;

import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionStarted;

/**
 * What the asker gets in the hand: where in the ledger a decision is, and what is said of it there.
 *
 * @param startedIndex index of the entry that it began with
 * @param started that entry
 * @param finishedIndex index of the entry that it ended with
 * @param finished that entry
 */
public record Receipt(
    long startedIndex, DecisionStarted started, long finishedIndex, DecisionFinished finished) {

  /** The id of the decision. */
  public String decision() {
    return started.decision();
  }
}
