package dev.candor.cli;

import dev.candor.governance.keys.KeyActs;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Until when a key vault is open. */
final class VaultReport {

  private VaultReport() {}

  /** Prints what an act has come to. */
  static void print(Command command, KeyActs.OpenUntil open, String done) {
    if (command.json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("entry", open.entry());
      open.until().map(Instant::toString).ifPresent(at -> members.put("locksAt", at));
      command.printJson(members);
      return;
    }
    command
        .streams
        .out()
        .printf(
            "%s: entry %d of the ledger. The vault %s.%n",
            done,
            open.entry(),
            open.until().map(at -> "locks itself at " + at).orElse("does not lock itself"));
  }
}
