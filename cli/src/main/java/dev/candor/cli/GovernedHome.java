package dev.candor.cli;

import dev.candor.cli.store.ModelStore;
import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceSettings;

/** The governance of the user's CANDOR_HOME. */
final class GovernedHome {

  private GovernedHome() {}

  /** Begins to open it, beside whatever else a command does at its start. */
  static Governance open() {
    return Governance.open(settings());
  }

  /** Where it is. */
  static GovernanceSettings settings() {
    return GovernanceSettings.of(
        ModelStore.ofUser().home(), "candor " + CandorCommand.Version.number());
  }
}
