package dev.candor.cli;

import dev.candor.cli.store.ModelStore;
import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceSettings;
import dev.candor.ledger.LedgerException;

/** The governance of the user's CANDOR_HOME. */
final class GovernedHome {

  private GovernedHome() {}

  /** Begins to open it, beside whatever else a command does at its start. */
  static Governance open() {
    return Governance.open(settings());
  }

  /** Whether something may have been recorded there. */
  static boolean hasLedger() {
    return Governance.hasLedger(settings());
  }

  /**
   * Goes on only if something has been recorded: to look at a ledger makes none.
   *
   * @throws CommandException {@code ledger.nothing-recorded}
   */
  static void requireLedger() {
    if (!hasLedger()) {
      throw new CommandException(
          "ledger.nothing-recorded",
          "nothing has been recorded yet: there is no ledger in " + settings().home(),
          "A ledger begins with the first question. If there was one, its folder is gone.");
    }
  }

  /** Opens what is recorded, to read it without keys. */
  static Governance view() {
    requireLedger();
    return Governance.view(settings());
  }

  /** Opens it with its keys; to read alone, and says so, where they cannot be had. */
  static Governance openOrView(Streams streams) {
    requireLedger();
    Governance open = open();
    try {
      open.ledger();
      return open;
    } catch (LedgerException e) {
      open.close();
      if (!e.code().startsWith("ledger.keys-") && !e.code().startsWith("ledger.passphrase-")) {
        throw e;
      }
      streams.err().println("Read without keys, as of the last checkpoint: " + e.getMessage());
      return view();
    } catch (RuntimeException | Error e) {
      open.close();
      throw e;
    }
  }

  /** Where it is. */
  static GovernanceSettings settings() {
    return GovernanceSettings.of(
        ModelStore.ofUser().home(), "candor " + CandorCommand.Version.number());
  }
}
