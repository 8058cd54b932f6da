package dev.candor.cli;

import picocli.CommandLine;

/** Reports for people, and whether they are true. Its subcommands do the work. */
@CommandLine.Command(
    name = "report",
    description = {
      "Issues reports whose figures the ledger alone gives again, and verifies them; fills documents"
          + " about a vendor's model and about one decision."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor report board --quarter 2026-Q4 --out report",
      "  candor report verify report",
      "  candor report vendor candor-mini --out vendor",
      "  candor report decision 0197f0aa --out explanation"
    })
final class ReportCommand extends Command {

  ReportCommand(Streams streams) {
    super(streams);
  }

  /** With all subcommands. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new ReportCommand(streams))
        .addSubcommand("board", new ReportBoardCommand(streams))
        .addSubcommand("verify", new ReportVerifyCommand(streams))
        .addSubcommand("vendor", new ReportVendorCommand(streams))
        .addSubcommand("decision", new ReportDecisionCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of board, verify, vendor and decision");
  }
}
