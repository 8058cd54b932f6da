package dev.candor.cli;

import picocli.CommandLine;

/** Plans of tests for bias. Its subcommands do the work. */
@CommandLine.Command(
    name = "plan",
    description = {"Writes, checks and commits to plans of tests for bias."},
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor bias plan init > plan.yaml",
      "  candor bias plan check plan.yaml",
      "  candor bias plan commit plan.yaml --model candor-mini --as anna.berger:govern"
    })
final class BiasPlanCommand extends Command {

  BiasPlanCommand(Streams streams) {
    super(streams);
  }

  /** With init, check and commit. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new BiasPlanCommand(streams))
        .addSubcommand("init", new BiasPlanInitCommand(streams))
        .addSubcommand("check", new BiasPlanCheckCommand(streams))
        .addSubcommand("commit", new BiasPlanCommitCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of init, check and commit");
  }
}
