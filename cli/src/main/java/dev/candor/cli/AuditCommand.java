package dev.candor.cli;

import picocli.CommandLine;

/** What an auditor does with the ledger. Its subcommands do the work. */
@CommandLine.Command(
    name = "audit",
    description = "Verifies, exports and shows the ledger, and erases what is kept of somebody.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor audit verify",
      "  candor audit show --last 20",
      "  candor audit export /media/auditor/ledger",
      "  candor audit erase --subject customer-17 --basis \"GDPR 17(1)(b)\""
    })
final class AuditCommand extends Command {

  AuditCommand(Streams streams) {
    super(streams);
  }

  /** With verify, show, export and erase. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new AuditCommand(streams))
        .addSubcommand("verify", new AuditVerifyCommand(streams))
        .addSubcommand("show", new AuditShowCommand(streams))
        .addSubcommand("export", new AuditExportCommand(streams))
        .addSubcommand("erase", new AuditEraseCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of verify, show, export and erase");
  }
}
