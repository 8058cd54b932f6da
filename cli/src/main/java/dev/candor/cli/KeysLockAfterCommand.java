package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.keys.KeyActs;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A vault that locks itself. */
@CommandLine.Command(
    name = "lock-after",
    description = {
      "Lets the key vault lock itself when nobody has renewed it for so many days: no answer, no"
          + " record and no look at what was asked until somebody renews it. It is a rule that this"
          + " program keeps; whoever has the keystore and its passphrase can read the keys with"
          + " another."
    },
    footer = {
      "",
      "Examples:",
      "  candor keys lock-after 30",
      "  candor keys lock-after 0",
      "  candor keys lock-after 30 --json"
    })
final class KeysLockAfterCommand extends Command {

  @Parameters(paramLabel = "DAYS", description = "1 to 3650, counted from now; 0 for never.")
  int days;

  @Mixin ActorArguments actor = new ActorArguments();

  KeysLockAfterCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = GovernedHome.open()) {
      VaultReport.print(
          this, new KeyActs(governance).lockAfter(actor.principal(), days), "Recorded");
    }
    return OK;
  }
}
