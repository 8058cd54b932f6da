package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.LifecycleState;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model is used no more. */
@CommandLine.Command(
    name = "retire",
    description = {
      "Decommissions a model: it is used no more where the loader warns or enforces, and there is no"
          + " way back. Its record stays, and what it decided can still be computed again."
    },
    footer = {
      "",
      "Example:",
      "  candor inventory retire candor-mini --reason \"replaced by candor-mini-2\""
    })
final class InventoryRetireCommand extends Command {

  @Parameters(paramLabel = "ID", description = "The model.")
  String id = "";

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Mixin ActorArguments actor = new ActorArguments();

  InventoryRetireCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = GovernedHome.open()) {
      InventoryActs.Done done =
          new InventoryActs(governance)
              .move(actor.principal(), id, LifecycleState.DECOMMISSION, List.of(), true, reason);
      if (json) {
        printJson(InventoryReport.members(done));
      } else {
        streams.out().println(InventoryReport.words(done));
      }
    }
    return OK;
  }
}
