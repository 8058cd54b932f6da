package dev.candor.server.prefixes;

import dev.candor.ledger.keys.KeyVault;
import dev.candor.ledger.keys.PassphraseSource;
import dev.candor.ledger.keys.Pkcs12KeyVault;
import java.nio.file.Path;

/** Keys in a folder of a test. */
final class TestVault {

  private TestVault() {}

  static KeyVault open(Path folder) {
    return Pkcs12KeyVault.openOrCreate(
        folder.resolve("vault/keys.p12"),
        new PassphraseSource(
            folder.resolve("secrets/passphrase"), PassphraseSource.Origin.GENERATED),
        "candor.invalid/device/test",
        Pkcs12KeyVault.Clock.system());
  }
}
