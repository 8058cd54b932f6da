package dev.candor.cli;

import picocli.CommandLine;

/** Statistics by name. Its subcommands do the work. */
@CommandLine.Command(
    name = "stats",
    description =
        "Computes the statistics that Candor uses, from numbers in a file, so that anybody can hold"
            + " them against another program.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor stats list fairness",
      "  candor stats example drift.hellinger > numbers.json",
      "  candor stats eval numbers.json --json"
    })
final class StatsCommand extends Command {

  StatsCommand(Streams streams) {
    super(streams);
  }

  /** With those that do the work. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new StatsCommand(streams))
        .addSubcommand("eval", new StatsEvalCommand(streams))
        .addSubcommand("list", new StatsListCommand(streams))
        .addSubcommand("example", new StatsExampleCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of eval, list and example");
  }
}
