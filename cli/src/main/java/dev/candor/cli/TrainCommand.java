package dev.candor.cli;

import picocli.CommandLine;

/** Training. Its subcommands do the work. */
@CommandLine.Command(
    name = "train",
    description = "Trains models on this machine.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example:", "  candor train pretrain --recipe recipe.yaml --out run"})
final class TrainCommand extends Command {

  TrainCommand(Streams streams) {
    super(streams);
  }

  /** With pretrain. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new TrainCommand(streams))
        .addSubcommand("pretrain", new PretrainCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say what: pretrain");
  }
}
