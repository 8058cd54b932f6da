package dev.candor.cli;

import picocli.CommandLine;

/** Which models there are, and where each is in its life. Its subcommands do the work. */
@CommandLine.Command(
    name = "inventory",
    description = {
      "Keeps the inventory of models: records, ratings, reviews, states. Each act is an entry of the"
          + " ledger; whoever made a model or answers for it neither reviews nor approves it."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor inventory init candor-mini --out mini.yaml",
      "  candor inventory add mini.yaml",
      "  candor inventory rate candor-mini --answer importance=low,customer-impact=none",
      "  candor inventory move candor-mini review --reason \"ready\"",
      "  candor inventory review candor-mini --accept --summary \"does what it should\" --as"
          + " rita:operate",
      "  candor approve candor-mini --purposes assistance --as anton:govern",
      "  candor inventory move candor-mini deployment --reason \"approved\""
    })
final class InventoryCommand extends Command {

  InventoryCommand(Streams streams) {
    super(streams);
  }

  /** With all that can be done. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new InventoryCommand(streams))
        .addSubcommand("init", new InventoryInitCommand(streams))
        .addSubcommand("add", new InventoryAddCommand(streams))
        .addSubcommand("list", new InventoryListCommand(streams))
        .addSubcommand("show", new InventoryShowCommand(streams))
        .addSubcommand("rate", new InventoryRateCommand(streams))
        .addSubcommand("review", new InventoryReviewCommand(streams))
        .addSubcommand("move", new InventoryMoveCommand(streams))
        .addSubcommand("retire", new InventoryRetireCommand(streams))
        .addSubcommand("exempt", new InventoryExemptCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of init, add, list, show, rate, review, move, retire and exempt");
  }
}
