package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.ApiKeys;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A key is not taken any more. */
@CommandLine.Command(
    name = "revoke",
    description = {
      "Takes back a key that a program calls 'candor serve' with: for every request that begins after"
          + " it, in servers that run too."
    },
    footer = {"", "Examples:", "  candor keys list", "  candor keys revoke 31b0cc12a74d90fe"})
final class KeysRevokeCommand extends Command {

  @Parameters(paramLabel = "ID", description = "What 'candor keys list' calls it.")
  String id = "";

  @Mixin ActorArguments actor = new ActorArguments();

  KeysRevokeCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    long entry;
    try (Governance governance = GovernedHome.open()) {
      entry = new ApiKeys(governance).revoke(actor.principal(), id);
    }
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("id", id);
      members.put("entry", entry);
      printJson(members);
    } else {
      streams.out().println("Revoked: entry " + entry + " of the ledger.");
    }
    return OK;
  }
}
