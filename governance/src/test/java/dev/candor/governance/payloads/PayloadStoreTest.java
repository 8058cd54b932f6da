package dev.candor.governance.payloads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.keys.KeyVault;
import dev.candor.ledger.keys.PassphraseSource;
import dev.candor.ledger.keys.Pkcs12KeyVault;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadStoreTest {

  @TempDir private Path folder = Path.of("");

  private KeyVault vault() {
    return Pkcs12KeyVault.openOrCreate(
        folder.resolve("home").resolve("keys.p12"),
        PassphraseSource.locate(Map.of(), folder.resolve("user")),
        "example.com/log",
        Pkcs12KeyVault.Clock.system());
  }

  private Path file() {
    return folder.resolve("home").resolve("payloads.db");
  }

  @Test
  void whatWasPutIsThereAfterReopening() {
    Commitment commitment;
    try (KeyVault vault = vault();
        PayloadStore store = PayloadStore.open(file(), vault)) {
      commitment = store.put(vault.pseudonym("Ada"), "text".getBytes(UTF_8));
    }
    try (KeyVault vault = vault();
        PayloadStore store = PayloadStore.open(file(), vault)) {
      Payload payload = store.get(commitment).orElseThrow();
      assertThat(payload.bytes()).isEqualTo("text".getBytes(UTF_8));
      assertThat(commitment.opens(payload.salt(), payload.bytes())).isTrue();
    }
  }

  @Test
  void anErasedSubjectIsForgottenAndOthersAreNot() {
    try (KeyVault vault = vault();
        PayloadStore store = PayloadStore.open(file(), vault)) {
      Commitment ada = store.put(vault.pseudonym("Ada"), "one".getBytes(UTF_8));
      Commitment bob = store.put(vault.pseudonym("Bob"), "two".getBytes(UTF_8));
      Erasure erasure = store.erase(vault.pseudonym("Ada"));
      assertThat(erasure.payloads()).isEqualTo(1);
      assertThat(store.find(ada)).isEqualTo(new Finding.Erased(erasure.at()));
      assertThat(store.get(bob)).isPresent();
      assertThat(store.find(new Commitment("0".repeat(64)))).isEqualTo(new Finding.Absent());
      Commitment again = store.put(vault.pseudonym("Ada"), "three".getBytes(UTF_8));
      assertThat(store.get(again)).isPresent();
      assertThat(store.find(ada)).isEqualTo(new Finding.Erased(erasure.at()));
    }
  }
}
