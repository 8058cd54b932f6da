package dev.candor.governance.payloads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.keys.Pkcs12KeyVault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flipped bits and cut files: each read is right, or a typed error. */
class PayloadDamageTest {

  private static final long SEED = 20261130;

  @TempDir private Path folder = Path.of("");

  private Rooms rooms = new Rooms(Path.of(""));

  @BeforeEach
  void name() {
    rooms = new Rooms(folder);
  }

  /** What a small store holds, as {@link #told} says it. */
  private Map<Commitment, String> fill() {
    Map<Commitment, String> right = new LinkedHashMap<>();
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      for (int i = 0; i < 12; i++) {
        String text = ("payload " + i + " ").repeat(1 << i);
        right.put(store.put(vault.pseudonym("subject " + i % 4), text.getBytes(UTF_8)), text);
      }
      store.erase(vault.pseudonym("subject 3"));
      right.put(new Commitment("ab".repeat(32)), "absent");
      right.replaceAll((commitment, text) -> told(store, commitment));
    }
    assertThat(right.values())
        .anyMatch(told -> told.startsWith("erased"))
        .anyMatch(told -> told.startsWith("payload 2"))
        .contains("absent");
    return right;
  }

  private static String told(PayloadStore store, Commitment commitment) {
    return switch (store.find(commitment)) {
      case Finding.Present present -> new String(present.payload().bytes(), UTF_8);
      case Finding.Erased erased -> "erased at " + erased.at();
      case Finding.Absent absent -> "absent";
    };
  }

  @Test
  void aFlippedBitIsNeverAWrongAnswer() throws IOException {
    Map<Commitment, String> right = fill();
    byte[] whole = Files.readAllBytes(rooms.database());
    List<Integer> used = new ArrayList<>();
    for (int i = 0; i < whole.length; i++) {
      if (whole[i] != 0) {
        used.add(i);
      }
    }
    SplittableRandom random = new SplittableRandom(SEED);
    int refused = 0;
    try (Pkcs12KeyVault vault = rooms.vault()) {
      for (int trial = 0; trial < 800; trial++) {
        // Half of each byte of the file's header first; then mostly where something is.
        int bit =
            trial < 200
                ? trial * 4 + random.nextInt(4)
                : trial % 4 == 0
                    ? random.nextInt(whole.length * 8)
                    : used.get(random.nextInt(used.size())) * 8 + random.nextInt(8);
        byte[] flipped = whole.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        refused += refusals(vault, flipped, right, "bit " + bit);
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  @Test
  void aCutFileIsNeverAWrongAnswer() throws IOException {
    Map<Commitment, String> right = fill();
    byte[] whole = Files.readAllBytes(rooms.database());
    int refused = 0;
    try (Pkcs12KeyVault vault = rooms.vault()) {
      for (int length = 1; length < whole.length; length += 509) {
        refused += refusals(vault, Arrays.copyOf(whole, length), right, "length " + length);
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  /** How many of the reads are refused; the others are asserted to be right. */
  private int refusals(
      Pkcs12KeyVault vault, byte[] database, Map<Commitment, String> right, String what)
      throws IOException {
    Files.deleteIfExists(rooms.home().resolve("payloads.db-wal"));
    Files.deleteIfExists(rooms.home().resolve("payloads.db-shm"));
    Files.write(rooms.database(), database);
    int refused = 0;
    try (PayloadStore store = rooms.store(vault)) {
      for (Map.Entry<Commitment, String> expected : right.entrySet()) {
        try {
          assertThat(told(store, expected.getKey()))
              .as("%s, seed %d", what, SEED)
              .isEqualTo(expected.getValue());
        } catch (GovernanceException | LedgerException e) {
          refused++;
        }
      }
    } catch (GovernanceException e) {
      refused += right.size();
    }
    return refused;
  }
}
