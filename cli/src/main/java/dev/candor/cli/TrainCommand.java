package dev.candor.cli;

import picocli.CommandLine;

/** Models from data. Its subcommands do the work. */
@CommandLine.Command(
    name = "train",
    description =
        "Trains models on this machine, measures them, and lets those into the store that pass.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor train pretrain --recipe recipe.yaml --out run",
      "  candor train adapter --recipe adapter.yaml --out adapter",
      "  candor train head --recipe head.yaml --out head",
      "  candor train evaluate --model candidate --set sealed --out candidate.jsonl",
      "  candor train gates --candidate candidate.jsonl --incumbent now.jsonl --gates gates.yaml",
      "  candor train promote candidate --evidence evidence --gates gates.yaml"
    })
final class TrainCommand extends Command {

  TrainCommand(Streams streams) {
    super(streams);
  }

  /** With those that do the work. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new TrainCommand(streams))
        .addSubcommand("pretrain", new PretrainCommand(streams))
        .addSubcommand("adapter", new TrainAdapterCommand(streams))
        .addSubcommand("head", new TrainHeadCommand(streams))
        .addSubcommand("evaluate", new EvaluateCommand(streams))
        .addSubcommand("gates", new GatesCommand(streams))
        .addSubcommand("promote", new PromoteCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of pretrain, adapter, head, evaluate, gates and promote");
  }
}
