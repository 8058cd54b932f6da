package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.inventory.Inventory;
import dev.candor.governance.inventory.InventoryField;
import dev.candor.governance.inventory.InventorySheet;
import dev.candor.governance.inventory.ModelStanding;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** All models of the inventory. */
@CommandLine.Command(
    name = "list",
    description = {"Lists the models of the inventory, those that were decommissioned too."},
    footer = {"", "Examples:", "  candor inventory list", "  candor inventory list --json"})
final class InventoryListCommand extends Command {

  InventoryListCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    try (Governance governance = GovernedHome.openOrView(streams)) {
      Inventory inventory = new Inventory(governance);
      List<ModelStanding> models = inventory.ids().stream().map(inventory::standing).toList();
      if (json) {
        printJson(Map.of("models", models.stream().map(InventoryReport::members).toList()));
      } else if (models.isEmpty()) {
        streams.out().println("There is no model in the inventory.");
      } else {
        streams
            .out()
            .printf(
                "%-24s %-13s %-11s %-6s %-12s %s%n",
                "model", "state", "rating", "in use", "next review", "owner");
        models.forEach(this::print);
      }
    }
    return OK;
  }

  private void print(ModelStanding model) {
    streams
        .out()
        .printf(
            "%-24s %-13s %-11s %-6s %-12s %s%n",
            model.id(),
            model.state().key(),
            InventoryReport.rating(model),
            model.deployed().isEmpty() ? "no" : "yes",
            text(model, InventoryField.NEXT_REVIEW),
            text(model, InventoryField.OWNER).replace("\n", ", "));
  }

  private static String text(ModelStanding model, InventoryField field) {
    return InventorySheet.of(model).stream()
        .filter(line -> line.field() == field)
        .map(InventorySheet.Line::text)
        .findFirst()
        .orElse(InventoryField.UNKNOWN);
  }
}
