package dev.candor.cli;

import picocli.CommandLine;

/** Tests for bias. Its subcommands do the work. */
@CommandLine.Command(
    name = "bias",
    description = {
      "Tests a model for bias before it is used: by a plan that somebody has committed to, with a"
          + " verdict that can also be that there is too little data."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor bias plan init > plan.yaml",
      "  candor bias plan commit plan.yaml --model candor-mini",
      "  candor bias run candor-mini --plan plan.yaml --out report",
      "  candor bias sets"
    })
final class BiasCommand extends Command {

  BiasCommand(Streams streams) {
    super(streams);
  }

  /** With run, plan and sets. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new BiasCommand(streams))
        .addSubcommand("run", new BiasRunCommand(streams))
        .addSubcommand("plan", BiasPlanCommand.withSubcommands(streams))
        .addSubcommand("sets", new BiasSetsCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of run, plan and sets");
  }
}
