package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.keys.KeyActs;
import dev.candor.ledger.notes.VerifierKey;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/** The keys as they are. */
@CommandLine.Command(
    name = "show",
    description = {
      "Shows the name of the log and the keys that verify what it signs, which anybody may have; the"
          + " id of the key that wraps the keys of data subjects; and when the vault locks itself."
          + " Nothing secret is shown."
    },
    footer = {"", "Examples:", "  candor keys show", "  candor keys show --json"})
final class KeysShowCommand extends Command {

  KeysShowCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    KeyActs.State state;
    try (Governance governance = GovernedHome.open()) {
      state = new KeyActs(governance).state();
    }
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("locked", state.vault().isEmpty());
      state.locksAt().map(Instant::toString).ifPresent(at -> members.put("locksAt", at));
      state
          .vault()
          .ifPresent(open -> {
            members.put("log", open.name());
            members.put("vkeys", open.vkeys());
            members.put("payloadKey", open.payloadKey());
            members.put("rotationBegun", open.rotationBegun());
          });
      printJson(members);
      return OK;
    }
    state
        .vault()
        .ifPresent(open -> {
          streams.out().println("log          " + open.name());
          for (String vkey : open.vkeys()) {
            streams.out().printf("%-12s %s%n", VerifierKey.parse(vkey).type().algorithm(), vkey);
          }
          streams.out().println("payload key  " + open.payloadKey());
          if (open.rotationBegun()) {
            streams
                .out()
                .println(
                    "rotation     begun and not ended: 'candor keys rotate --log' takes it up");
          }
        });
    String lock = state.locksAt().map(at -> "locks itself at " + at).orElse("never locks itself");
    streams
        .out()
        .println(
            "vault        "
                + (state.vault().isPresent()
                    ? lock
                    : "has locked itself; 'candor keys renew' opens it"));
    return OK;
  }
}
