package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.decisions.Oversight;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends a decision that runs, in whatever process. */
@CommandLine.Command(
    name = "stop",
    description = {
      "Orders a running decision to stop, or all of them, whichever program on this machine computes"
          + " them: each ends within one token. The order, who gave it and why are recorded."
    },
    footer = {
      "",
      "Examples:",
      "  candor stop 0197f0aa --reason \"wrong customer\"",
      "  candor stop --all --reason \"incident 12\""
    })
final class StopCommand extends Command {

  @Parameters(
      arity = "0..1",
      paramLabel = "ID",
      description = "The decision, or the first digits of its id.")
  @Nullable String id;

  @Option(names = "--all", description = "All that run.")
  boolean all;

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Mixin ActorArguments actor = new ActorArguments();

  StopCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (all == (id != null)) {
      throw usage("give either an ID or --all");
    }
    try (Governance governance = GovernedHome.open()) {
      Optional<String> decision = Optional.ofNullable(id).map(governance.records()::id);
      long index = new Oversight(governance).stop(actor.principal(), decision, reason);
      if (json) {
        printJson(Map.of("entry", index));
      } else {
        streams.out().println("Ordered: entry " + index + " of the ledger.");
      }
    }
    return OK;
  }
}
