package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.InventoryFile;
import dev.candor.governance.inventory.InventorySheet;
import dev.candor.governance.inventory.ModelStanding;
import dev.candor.governance.inventory.ReviewTrigger;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** All that is on record of a model. */
@CommandLine.Command(
    name = "show",
    description = {
      "Shows the 17 fields of a model, and which entry of the ledger says so: what acts on this"
          + " device say goes before what somebody wrote into the record."
    },
    footer = {
      "",
      "Examples:",
      "  candor inventory show candor-mini",
      "  candor inventory show candor-mini --yaml > mini.yaml"
    })
final class InventoryShowCommand extends Command {

  @Parameters(paramLabel = "ID", description = "The model, as 'candor inventory list' calls it.")
  String id = "";

  @Option(names = "--yaml", description = "Print the record as it was recorded last.")
  boolean yaml;

  InventoryShowCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    if (yaml && json) {
      throw usage("--yaml and --json exclude each other");
    }
    try (Governance governance = GovernedHome.openOrView(streams)) {
      ModelStanding standing = new Inventory(governance).require(id);
      if (yaml) {
        streams.out().print(InventoryFile.write(standing.record().orElseThrow().what().record()));
      } else if (json) {
        printJson(InventoryReport.members(standing));
      } else {
        print(standing);
      }
    }
    return OK;
  }

  private void print(ModelStanding standing) {
    streams
        .out()
        .printf(
            "%s  %s  rated %s  %s%n",
            standing.id(),
            standing.state().key(),
            InventoryReport.rating(standing),
            standing.deployed().isEmpty() ? "not in use" : "in use");
    if (!standing.openTriggers().isEmpty()) {
      streams
          .out()
          .println(
              "  review opened by "
                  + standing.openTriggers().stream()
                      .map(ReviewTrigger::key)
                      .collect(Collectors.joining(", "))
                  + (standing.isRatingDue() ? "; to be rated again" : ""));
    }
    for (InventorySheet.Line line : InventorySheet.of(standing)) {
      streams
          .out()
          .printf(
              "  %-15s %s%s%n",
              line.field().key(),
              line.text().replace("\n", "\n" + " ".repeat(18)),
              line.entry().isPresent() ? "  (entry " + line.entry().getAsLong() + ")" : "");
    }
    standing
        .record()
        .flatMap(it -> it.what().record().build())
        .ifPresent(build ->
            build
                .values()
                .forEach((name, value) -> streams.out().printf("  %-15s %s%n", name, value)));
    standing
        .withoutEffect()
        .forEach(lost ->
            streams.out().println("  entry " + lost.index() + " has no effect: " + lost.why()));
  }
}
