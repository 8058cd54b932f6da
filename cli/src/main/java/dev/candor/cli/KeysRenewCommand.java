package dev.candor.cli;

import dev.candor.governance.keys.KeyActs;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Opens a vault that has locked itself, or keeps it from doing so. */
@CommandLine.Command(
    name = "renew",
    description = {
      "Renews a key vault that locks itself, whether it has done so already or not. Do it when you"
          + " have seen to the device: who did it is recorded."
    },
    footer = {
      "",
      "Examples:",
      "  candor keys renew",
      "  candor keys renew --as anna.berger:operate --json"
    })
final class KeysRenewCommand extends Command {

  @Mixin ActorArguments actor = new ActorArguments();

  KeysRenewCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    VaultReport.print(this, KeyActs.renew(actor.principal(), GovernedHome.settings()), "Renewed");
    return OK;
  }
}
