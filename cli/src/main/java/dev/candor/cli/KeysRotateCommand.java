package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.keys.KeyActs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** New keys in the place of old ones. */
@CommandLine.Command(
    name = "rotate",
    description = {
      "Replaces keys: those that sign the log, by an entry in which the old ones vouch for the new,"
          + " and a checkpoint by the new ones; the payload key, under which the keys of all data"
          + " subjects are wrapped anew. Without an option, both. A rotation that was interrupted"
          + " is taken up."
    },
    footer = {
      "",
      "Examples:",
      "  candor keys rotate",
      "  candor keys rotate --log",
      "  candor keys rotate --payload --json"
    })
final class KeysRotateCommand extends Command {

  @Option(names = "--log", description = "The keys that sign the log.")
  boolean log;

  @Option(names = "--payload", description = "The key that wraps the keys of data subjects.")
  boolean payload;

  @Mixin ActorArguments actor = new ActorArguments();

  KeysRotateCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    boolean both = !log && !payload;
    Principal by = actor.principal();
    Map<String, Object> members = new LinkedHashMap<>();
    try (Governance governance = GovernedHome.open()) {
      KeyActs acts = new KeyActs(governance);
      if (log || both) {
        KeyActs.LogKeysRotated rotated = acts.rotateLogKeys(by);
        List<String> vkeys =
            List.of(rotated.rotation().after().ed25519(), rotated.rotation().after().mlDsa44());
        members.put("logEntry", rotated.entry());
        members.put("vkeys", vkeys);
        if (!json) {
          streams
              .out()
              .println(
                  "The log has new keys ('candor keys show'): entry "
                      + rotated.entry()
                      + " says so, and a checkpoint is signed by them.");
        }
      }
      if (payload || both) {
        KeyActs.PayloadKeyReplaced replaced = acts.rotatePayloadKey(by);
        members.put("payloadEntry", replaced.entry());
        members.put("payloadKey", replaced.key());
        if (!json) {
          streams
              .out()
              .println(
                  "The payload key is " + replaced.key() + ": entry " + replaced.entry() + ".");
        }
      }
    }
    if (json) {
      printJson(members);
    }
    return OK;
  }
}
