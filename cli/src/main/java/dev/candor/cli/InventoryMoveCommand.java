package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.inventory.InventoryActs;
import dev.candor.governance.inventory.LifecycleState;
import dev.candor.governance.inventory.ReviewTrigger;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A model goes on in its life. */
@CommandLine.Command(
    name = "move",
    description = {
      "Moves a model to another state: design, review, deployment, monitoring, decommission. Only a"
          + " review that accepts it leads to approval. What is deployed is the model as it is on"
          + " record and under the policy in force, and it needs an approval of just that.",
      "A review leaves a model in use; --stop stops its use, in every program, before the next"
          + " decision."
    },
    footer = {
      "",
      "Examples:",
      "  candor inventory move candor-mini review --reason \"ready\"",
      "  candor inventory move candor-mini deployment --reason \"approved\"",
      "  candor inventory move candor-mini review --trigger performance --stop --reason \"wrong too"
          + " often\""
    })
final class InventoryMoveCommand extends Command {

  @Parameters(index = "0", paramLabel = "ID", description = "The model.")
  String id = "";

  @Parameters(index = "1", paramLabel = "STATE", description = "Where it goes.")
  String state = "";

  @Option(
      names = "--trigger",
      split = ",",
      paramLabel = "WHAT",
      description =
          "What has opened a review: model, quantisation, tokenizer, template, policy, profile,"
              + " runtime, performance, data, use, schedule, other.")
  List<String> triggers = List.of();

  @Option(
      names = "--stop",
      description = "Stop its use until it is approved and deployed anew: withdraws its approval.")
  boolean stop;

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  String reason = "";

  @Mixin ActorArguments actor = new ActorArguments();

  InventoryMoveCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    LifecycleState to = LifecycleState.of(state);
    List<ReviewTrigger> why = triggers.stream().map(ReviewTrigger::of).toList();
    try (Governance governance = GovernedHome.open()) {
      InventoryActs.Done done =
          new InventoryActs(governance).move(actor.principal(), id, to, why, stop, reason);
      if (json) {
        printJson(InventoryReport.members(done));
      } else {
        streams.out().println(InventoryReport.words(done));
      }
    }
    return OK;
  }
}
