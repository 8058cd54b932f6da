package dev.candor.cli;

import picocli.CommandLine;

/** What data subjects have agreed to. Its subcommands do the work. */
@CommandLine.Command(
    name = "consent",
    description = {
      "Records what a data subject has agreed to, and that it no longer agrees. The ledger holds a"
          + " pseudonym, never the name."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor consent give --subject customer-17 --purpose triage --controller \"Example Bank\""
          + " --notice https://bank.example/privacy-3 --obtained \"signed form 12\"",
      "  candor consent list --subject customer-17",
      "  candor consent withdraw --subject customer-17 --purpose triage",
      "  candor consent receipt c-31b0cc12a74d90fe"
    })
final class ConsentCommand extends Command {

  ConsentCommand(Streams streams) {
    super(streams);
  }

  /** With give, withdraw, list and receipt. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new ConsentCommand(streams))
        .addSubcommand("give", new ConsentGiveCommand(streams))
        .addSubcommand("withdraw", new ConsentWithdrawCommand(streams))
        .addSubcommand("list", new ConsentListCommand(streams))
        .addSubcommand("receipt", new ConsentReceiptCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of give, withdraw, list and receipt");
  }
}
