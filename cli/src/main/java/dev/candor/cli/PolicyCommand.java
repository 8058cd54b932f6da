package dev.candor.cli;

import picocli.CommandLine;

/** Which requests may be served. Its subcommands do the work. */
@CommandLine.Command(
    name = "policy",
    description = {
      "Shows, checks, adopts and explains policies: which requests may be served, and which never."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor policy show > policy.yaml",
      "  candor policy check policy.yaml",
      "  candor policy explain --file policy.yaml --purpose triage --kind choose",
      "  candor policy adopt policy.yaml"
    })
final class PolicyCommand extends Command {

  PolicyCommand(Streams streams) {
    super(streams);
  }

  /** With show, check, adopt and explain. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new PolicyCommand(streams))
        .addSubcommand("show", new PolicyShowCommand(streams))
        .addSubcommand("check", new PolicyCheckCommand(streams))
        .addSubcommand("adopt", new PolicyAdoptCommand(streams))
        .addSubcommand("explain", new PolicyExplainCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of show, check, adopt and explain");
  }
}
