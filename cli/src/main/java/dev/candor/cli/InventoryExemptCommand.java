package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.inventory.InventoryActs;
import java.time.Instant;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model of negligible risk goes without review, for a while. */
@CommandLine.Command(
    name = "exempt",
    description = {
      "Exempts a model of negligible risk from review and approval until a day. Whoever does so is"
          + " neither developer nor owner, and answers for it; once it has ended the model is not"
          + " used where the loader enforces."
    },
    footer = {
      "",
      "Example:",
      "  candor inventory exempt toy --reason \"nobody relies on it\" --until 2027-12-31 --as"
          + " anton:govern"
    })
final class InventoryExemptCommand extends Command {

  @Parameters(paramLabel = "ID", description = "The model.")
  String id = "";

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Option(
      names = "--until",
      required = true,
      paramLabel = "INSTANT",
      description = "When it ends, such as 2027-12-31.")
  String until = "";

  @Mixin ActorArguments actor = new ActorArguments();

  InventoryExemptCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Instant end = InstantArgument.parse("--until", until);
    try (Governance governance = GovernedHome.open()) {
      InventoryActs.Done done =
          new InventoryActs(governance).exempt(actor.principal(), id, reason, end);
      if (json) {
        printJson(InventoryReport.members(done));
      } else {
        streams.out().println(InventoryReport.words(done));
      }
    }
    return OK;
  }
}
