package dev.candor.cli;

import picocli.CommandLine;

/** The keys of this device. Its subcommands do the work. */
@CommandLine.Command(
    name = "keys",
    description = {
      "Shows, rotates, locks and destroys the keys that sign the ledger and encrypt what was asked"
          + " and answered."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Examples:",
      "  candor keys show",
      "  candor keys rotate --log",
      "  candor keys lock-after 30",
      "  candor keys renew"
    })
final class KeysCommand extends Command {

  KeysCommand(Streams streams) {
    super(streams);
  }

  /** With show, rotate, lock-after, renew and destroy. */
  static CommandLine withSubcommands(Streams streams) {
    return new CommandLine(new KeysCommand(streams))
        .addSubcommand("show", new KeysShowCommand(streams))
        .addSubcommand("rotate", new KeysRotateCommand(streams))
        .addSubcommand("lock-after", new KeysLockAfterCommand(streams))
        .addSubcommand("renew", new KeysRenewCommand(streams))
        .addSubcommand("destroy", new KeysDestroyCommand(streams));
  }

  @Override
  public Integer call() {
    throw usage("say which of show, rotate, lock-after, renew and destroy");
  }
}
