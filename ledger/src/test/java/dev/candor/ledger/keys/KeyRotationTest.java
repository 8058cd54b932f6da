package dev.candor.ledger.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.keys.KeyRotation.LogVkeys;
import dev.candor.ledger.notes.NoteSigner;
import dev.candor.ledger.notes.VerifierKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationTest {

  @TempDir private Path folder = Path.of("");

  private Pkcs12KeyVault vault() {
    return Pkcs12KeyVault.openOrCreate(
        folder.resolve("candor").resolve("keys.p12"),
        PassphraseSource.locate(Map.of(), folder),
        "example.com/log",
        Pkcs12KeyVault.Clock.system());
  }

  private static LogVkeys vkeys(KeyVault vault) {
    List<NoteSigner> signers = vault.logSigners();
    return new LogVkeys(signers.get(0).key().vkey(), signers.get(1).key().vkey());
  }

  @Test
  void aLogIsFollowedFromItsFirstKeysToItsPresentOnes() {
    List<Entry> log = new ArrayList<>();
    LogVkeys first;
    LogVkeys last;
    try (Pkcs12KeyVault vault = vault();
        Pkcs12KeyVault other = vault()) {
      first = vkeys(vault);
      for (int i = 0; i < 3; i++) {
        LogVkeys before = vkeys(vault);
        KeyRotation rotation =
            vault.rotateLogKeys(statement -> {
              // Who signs while the statement is being logged signs with the keys of before.
              assertThat(vkeys(vault)).isEqualTo(before);
              log.add(statement.entry());
            });
        assertThat(rotation.before()).isEqualTo(before);
        assertThat(rotation.after()).isEqualTo(vkeys(vault)).isNotEqualTo(before);
        assertThat(vkeys(other)).isEqualTo(rotation.after());
      }
      last = vkeys(vault);
    }
    LogVkeys at = first;
    for (Entry entry : log) {
      assertThat(entry.bytes()).hasSizeLessThan(12_000);
      KeyRotation rotation = KeyRotation.of(Entry.parse(entry.bytes()));
      assertThat(rotation.before()).isEqualTo(at);
      assertThat(rotation.isSigned()).isTrue();
      at = rotation.after();
    }
    assertThat(at).isEqualTo(last);
    try (Pkcs12KeyVault vault = vault()) {
      assertThat(vkeys(vault)).isEqualTo(last);
    }
  }

  @Test
  void anInterruptedRotationIsTakenUpWithTheSameKeys() {
    LogVkeys before;
    KeyRotation interrupted;
    try (Pkcs12KeyVault vault = vault()) {
      before = vkeys(vault);
      assertThat(vault.interruptedRotation()).isEmpty();
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() ->
              vault.rotateLogKeys(statement -> {
                throw new IllegalStateException("the ledger is locked");
              }));
      interrupted = vault.interruptedRotation().orElseThrow();
    }
    try (Pkcs12KeyVault vault = vault()) {
      assertThat(vkeys(vault)).isEqualTo(before);
      KeyRotation again = vault.interruptedRotation().orElseThrow();
      assertThat(again.after()).isEqualTo(interrupted.after());
      KeyRotation done = vault.rotateLogKeys(statement -> {});
      assertThat(done.before()).isEqualTo(before);
      assertThat(done.after()).isEqualTo(interrupted.after()).isEqualTo(vkeys(vault));
      assertThat(vault.interruptedRotation()).isEmpty();
    }
  }

  @Test
  void aStatementThatWasChangedIsNotSigned() {
    try (Pkcs12KeyVault vault = vault()) {
      KeyRotation rotation = vault.rotateLogKeys(statement -> {});
      KeyRotation later = vault.rotateLogKeys(statement -> {});
      byte[] ed25519 = rotation.ed25519Signature();
      byte[] mlDsa44 = rotation.mlDsa44Signature();
      assertThat(new KeyRotation(rotation.before(), later.after(), ed25519, mlDsa44).isSigned())
          .isFalse();
      // Signed by the keys it names as new, not by the old ones.
      assertThat(
              new KeyRotation(
                      rotation.before(),
                      rotation.after(),
                      later.ed25519Signature(),
                      later.mlDsa44Signature())
                  .isSigned())
          .isFalse();
      for (int bit : new int[] {0, 100, 511}) {
        byte[] flipped = ed25519.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        assertThat(
                new KeyRotation(rotation.before(), rotation.after(), flipped, mlDsa44).isSigned())
            .isFalse();
      }
      for (int bit : new int[] {0, 10_000, 2420 * 8 - 1}) {
        byte[] flipped = mlDsa44.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        assertThat(
                new KeyRotation(rotation.before(), rotation.after(), ed25519, flipped).isSigned())
            .isFalse();
      }
      assertThat(
              new KeyRotation(rotation.before(), rotation.after(), new byte[0], new byte[3])
                  .isSigned())
          .isFalse();
      LogVkeys swapped = new LogVkeys(rotation.after().mlDsa44(), rotation.after().ed25519());
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(
              () -> new KeyRotation(rotation.before(), swapped, ed25519, mlDsa44).isSigned())
          .satisfies(e -> assertThat(e.code()).isEqualTo("ledger.key-rotation-malformed"));
      Map<String, String> values = new LinkedHashMap<>(rotation.entry().values());
      values.put("signature-ed25519", "not base64");
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> KeyRotation.of(new Entry(KeyRotation.KIND, values)))
          .satisfies(e -> assertThat(e.code()).isEqualTo("ledger.key-rotation-malformed"));
    }
  }

  @Test
  void theSignedTextIsAsDocumented() {
    try (Pkcs12KeyVault vault = vault()) {
      KeyRotation rotation = vault.rotateLogKeys(statement -> {});
      String text =
          "candor-key-rotation/1\nold "
              + rotation.before().ed25519()
              + "\nold "
              + rotation.before().mlDsa44()
              + "\nnew "
              + rotation.after().ed25519()
              + "\nnew "
              + rotation.after().mlDsa44()
              + "\n";
      assertThat(
              VerifierKey.parse(rotation.before().ed25519())
                  .verifies(text.getBytes(UTF_8), rotation.ed25519Signature()))
          .isTrue();
      assertThat(rotation.entry().required("signature-ed25519"))
          .isEqualTo(Base64.getEncoder().encodeToString(rotation.ed25519Signature()));
    }
  }
}
