package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.evidence.DigestTuple;
import java.util.Optional;

/** What evidence about a model that was opened is bound to, under the policy that holds. */
final class ModelTuple {

  private ModelTuple() {}

  static DigestTuple of(LoadedModel loaded, Governance governance) {
    return loaded.candidate(Optional.empty()).tuple(governance.policy().digest());
  }
}
