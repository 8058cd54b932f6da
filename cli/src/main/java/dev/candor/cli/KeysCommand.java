package dev.candor.cli;

import picocli.CommandLine;

/** The keys of this device. Its subcommands do the work. */
@CommandLine.Command(
    name = "keys",
    description = {
      "Shows, rotates, locks and destroys the keys that sign the ledger and encrypt what was asked"
          + " and answered; makes, lists and revokes those with which programs call the server."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor keys show",
      "  candor keys rotate --log",
      "  candor keys lock-after 30",
      "  candor keys renew",
      "  candor keys create --role invoke --name triage-service"
    })
final class KeysCommand extends Command {

  KeysCommand(Streams streams) {
    super(streams);
  }

  /** With what is done about the vault, and about keys of the server. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new KeysCommand(streams))
        .addSubcommand("show", new KeysShowCommand(streams))
        .addSubcommand("rotate", new KeysRotateCommand(streams))
        .addSubcommand("lock-after", new KeysLockAfterCommand(streams))
        .addSubcommand("renew", new KeysRenewCommand(streams))
        .addSubcommand("destroy", new KeysDestroyCommand(streams))
        .addSubcommand("create", new KeysCreateCommand(streams))
        .addSubcommand("list", new KeysListCommand(streams))
        .addSubcommand("revoke", new KeysRevokeCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of show, rotate, lock-after, renew, destroy, create, list and revoke");
  }
}
