package dev.candor.cli;

import picocli.CommandLine;

/** Data sets. Its subcommands do the work. */
@CommandLine.Command(
    name = "data",
    description = "Makes data sets, and says what is in them.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor data prepare tickets.csv --text body --label team --out tickets \\",
      "      --purpose model-training --source \"our help desk\" --licence internal \\",
      "      --collected-by \"A. Miller\" --collected-at 2026-11-01",
      "  candor data check tickets"
    })
final class DataCommand extends Command {

  DataCommand(Streams streams) {
    super(streams);
  }

  /** With those that do the work. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new DataCommand(streams))
        .addSubcommand("check", new DataCheckCommand(streams))
        .addSubcommand("prepare", new DataPrepareCommand(streams))
        .addSubcommand("exercises", new DataExercisesCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of check, prepare and exercises");
  }
}
