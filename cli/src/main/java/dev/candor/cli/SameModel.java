package dev.candor.cli;

import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.governance.decisions.ModelIdentity;
import dev.candor.governance.decisions.Replay;
import dev.candor.ledger.entries.DecisionStarted;

/** The model that is open already decides again. */
record SameModel(ModelIdentity identity) implements Replay.Deciders {

  @Override
  public ModelIdentity model(DecisionStarted started) {
    return identity;
  }

  @Override
  public SoftmaxHead head(DecisionStarted started) {
    throw new CommandException(
        "replay.no-head",
        "a head decided this, sha256 " + started.head().orElse("unknown"),
        "Say where it is (--head DIR).");
  }
}
