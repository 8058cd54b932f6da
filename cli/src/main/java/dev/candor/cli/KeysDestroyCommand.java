package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.keys.KeyActs;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The end of a device. */
@CommandLine.Command(
    name = "destroy",
    description = {
      "Overwrites and deletes all keys. What was asked and answered can then be read by nobody, and"
          + " nothing more can be recorded or answered in this home; the entries and their proofs"
          + " stay. It cannot be undone."
    },
    footer = {
      "",
      "Examples:",
      "  candor keys show",
      "  candor keys destroy --confirm candor.invalid/device/0f6d0c5be2a87d31"
    })
final class KeysDestroyCommand extends Command {

  @Option(
      names = "--confirm",
      required = true,
      paramLabel = "NAME",
      description = "The name of the log, as 'candor keys show' gives it.")
  String name = "";

  @Mixin ActorArguments actor = new ActorArguments();

  KeysDestroyCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = GovernedHome.open()) {
      long entry = new KeyActs(governance).destroy(actor.principal(), name);
      if (json) {
        printJson(Map.of("log", name, "entry", entry));
      } else {
        streams
            .out()
            .println(
                "The keys of "
                    + name
                    + " are gone. Entry "
                    + entry
                    + " of its ledger is the last.");
      }
    }
    return OK;
  }
}
