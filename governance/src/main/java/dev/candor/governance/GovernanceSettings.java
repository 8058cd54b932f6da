package dev.candor.governance;

import dev.candor.ledger.keys.PassphraseSource;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Where the governance of a device is, and what it goes by.
 *
 * @param home the folder CANDOR_HOME, made if it is not there
 * @param passphrase where the passphrase of the keys is: never in that folder
 * @param runtime the version of the program, for the record
 * @param clock what time it is
 */
public record GovernanceSettings(
    Path home, PassphraseSource passphrase, String runtime, InstantSource clock) {

  /** As the environment of the process says. */
  public static GovernanceSettings of(Path home, String runtime) {
    return new GovernanceSettings(
        home,
        PassphraseSource.locate(System.getenv(), Path.of(System.getProperty("user.home"))),
        runtime,
        InstantSource.system());
  }
}
