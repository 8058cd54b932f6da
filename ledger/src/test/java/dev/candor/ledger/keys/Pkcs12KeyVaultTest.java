package dev.candor.ledger.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.notes.NoteSigner;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Pkcs12KeyVaultTest {

  private static final String NAME = "example.com/log";

  @TempDir private Path folder = Path.of("");

  private Path keystore = Path.of("");
  private PassphraseSource passphrase =
      new PassphraseSource(Path.of(""), PassphraseSource.Origin.GENERATED);

  @BeforeEach
  void name() {
    keystore = folder.resolve("candor").resolve("keys.p12");
    passphrase = PassphraseSource.locate(Map.of(), folder.resolve("user"));
  }

  private Pkcs12KeyVault vault() {
    return Pkcs12KeyVault.openOrCreate(keystore, passphrase, NAME, Pkcs12KeyVault.Clock.system());
  }

  @Test
  void keysAreTheSameAfterReopening() {
    byte[] key = "a key of thirty-two bytes, really".getBytes(UTF_8);
    byte[] context = "what for".getBytes(UTF_8);
    byte[] text = "a text\n".getBytes(UTF_8);
    byte[] wrapped;
    String pseudonym;
    byte[] signature;
    List<String> vkeys;
    try (Pkcs12KeyVault vault = vault()) {
      wrapped = vault.wrap(key, context);
      pseudonym = vault.pseudonym("Ada");
      signature = vault.logSigners().getFirst().sign(text);
      vkeys = vkeys(vault);
    }
    assertThat(wrapped).hasSize(key.length + 37);
    try (Pkcs12KeyVault vault = vault()) {
      assertThat(vault.unwrap(wrapped, context)).isEqualTo(key);
      assertThat(vault.pseudonym("Ada")).isEqualTo(pseudonym).matches("[0-9a-f]{64}");
      assertThat(vault.pseudonym("Bob")).isNotEqualTo(pseudonym);
      assertThat(vkeys(vault)).isEqualTo(vkeys);
      assertThat(vault.logSigners().getFirst().key().verifies(text, signature)).isTrue();
      assertThat(vault.keyName()).isEqualTo(NAME);
    }
  }

  private static List<String> vkeys(KeyVault vault) {
    return vault.logSigners().stream().map(NoteSigner::key).map(key -> key.vkey()).toList();
  }
}
