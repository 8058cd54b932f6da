package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.decisions.Oversight;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A person's answer in the place of a model's. */
@CommandLine.Command(
    name = "override",
    description = {
      "Says that something else holds in the place of a decision. The decision stays on record; the"
          + " override, who made it and why are recorded beside it."
    },
    footer = {
      "",
      "Example:",
      "  candor override 0197f0aa --with billing --reason \"the invoice is the point\""
    })
final class OverrideCommand extends Command {

  @Parameters(paramLabel = "ID", description = "The decision, or the first digits of its id.")
  String id = "";

  @Option(names = "--with", required = true, paramLabel = "TEXT", description = "What holds.")
  String replacement = "";

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Mixin ActorArguments actor = new ActorArguments();

  OverrideCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = GovernedHome.open()) {
      String decision = governance.records().id(id);
      long index =
          new Oversight(governance).override(actor.principal(), decision, replacement, reason);
      if (json) {
        printJson(Map.of("decision", decision, "entry", index));
      } else {
        streams.out().println("Recorded: entry " + index + " of the ledger.");
      }
    }
    return OK;
  }
}
