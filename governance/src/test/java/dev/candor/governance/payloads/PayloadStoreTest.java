package dev.candor.governance.payloads;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.keys.Pkcs12KeyVault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadStoreTest {

  @TempDir private Path folder = Path.of("");

  private Rooms rooms = new Rooms(Path.of(""));

  @BeforeEach
  void name() {
    rooms = new Rooms(folder);
  }

  @Test
  void whatWasPutIsThereAfterReopening() {
    long seed = 1130;
    SplittableRandom random = new SplittableRandom(seed);
    Map<Commitment, byte[]> put = new LinkedHashMap<>();
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      for (int i = 0; i < 60; i++) {
        byte[] bytes = new byte[i == 0 ? 0 : random.nextInt(1 << random.nextInt(1, 17))];
        random.nextBytes(bytes);
        put.put(store.put(vault.pseudonym("subject " + random.nextInt(5)), bytes), bytes);
      }
    }
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      put.forEach((commitment, bytes) -> {
        Payload payload = store.get(commitment).orElseThrow();
        assertThat(payload.bytes()).isEqualTo(bytes);
        assertThat(commitment.opens(payload.salt(), payload.bytes())).isTrue();
      });
    }
  }

  @Test
  void theSameBytesHaveAnotherCommitmentEachTime() {
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      String ada = vault.pseudonym("Ada");
      byte[] yes = "yes".getBytes(UTF_8);
      assertThat(store.put(ada, yes)).isNotEqualTo(store.put(ada, yes));
    }
  }

  @Test
  void aPayloadHasAMostOfBytes() {
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      String ada = vault.pseudonym("Ada");
      byte[] most = new byte[PayloadStore.MOST_BYTES];
      most[most.length - 1] = 1;
      Commitment commitment = store.put(ada, most);
      assertThat(store.get(commitment).orElseThrow().bytes()).isEqualTo(most);
      assertRefused("payload-too-large", () -> store.put(ada, new byte[most.length + 1]));
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> store.put("Ada", most));
    }
  }

  @Test
  void anErasedSubjectIsForgottenAndOthersAreNot() {
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      Commitment ada = store.put(vault.pseudonym("Ada"), "one".getBytes(UTF_8));
      Commitment bob = store.put(vault.pseudonym("Bob"), "two".getBytes(UTF_8));
      Erasure erasure = store.erase(vault.pseudonym("Ada"));
      assertThat(erasure.payloads()).isEqualTo(1);
      assertThat(erasure.payloadKey()).isEqualTo(vault.payloadKeyId());
      assertThat(store.find(ada)).isEqualTo(new Finding.Erased(erasure.at()));
      assertThat(store.get(ada)).isEmpty();
      assertThat(store.get(bob)).isPresent();
      assertThat(store.find(new Commitment("0".repeat(64)))).isEqualTo(new Finding.Absent());
      Commitment again = store.put(vault.pseudonym("Ada"), "three".getBytes(UTF_8));
      assertThat(store.get(again)).isPresent();
      assertThat(store.find(ada)).isEqualTo(new Finding.Erased(erasure.at()));
      assertThat(store.erase(vault.pseudonym("Ada")).payloads()).isEqualTo(1);
      assertThat(store.find(ada)).isEqualTo(new Finding.Erased(erasure.at()));
      assertThat(store.find(again)).isInstanceOf(Finding.Erased.class);
      assertThat(store.erase(vault.pseudonym("Eve")).payloads()).isZero();
    }
  }

  @Test
  void aStoreOfAnotherVaultIsNotRead() throws IOException {
    Commitment commitment;
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      commitment = store.put(vault.pseudonym("Ada"), "one".getBytes(UTF_8));
    }
    Files.delete(rooms.home().resolve("keys.p12"));
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      assertThatExceptionOfType(LedgerException.class)
          .isThrownBy(() -> store.get(commitment))
          .satisfies(e -> assertThat(e.code()).isEqualTo("ledger.payload-key-unknown"));
    }
  }

  @Test
  void aClosedStoreRefuses() {
    try (Pkcs12KeyVault vault = rooms.vault()) {
      PayloadStore store = rooms.store(vault);
      String ada = vault.pseudonym("Ada");
      Commitment commitment = store.put(ada, new byte[3]);
      store.close();
      store.close();
      assertRefused("payloads-closed", () -> store.put(ada, new byte[3]));
      assertRefused("payloads-closed", () -> store.get(commitment));
    }
  }

  @Test
  void anotherDatabaseIsRefused() throws SQLException, IOException {
    try (Pkcs12KeyVault vault = rooms.vault()) {
      try (Connection other = open();
          Statement statement = other.createStatement()) {
        statement.execute("CREATE TABLE store (a)");
        statement.execute("PRAGMA user_version = 7");
      }
      assertRefused("payloads-version", () -> rooms.store(vault));
      Files.writeString(rooms.database(), "this is no database, but it is long enough".repeat(99));
      assertRefused("payloads-damaged", () -> rooms.store(vault));
      Files.delete(rooms.database());
      Files.createDirectory(rooms.database());
      assertRefused("payloads-unwritable", () -> rooms.store(vault));
    }
  }

  @Test
  void aStoreOfTheFirstVersionIsBroughtUp() throws SQLException {
    try (Pkcs12KeyVault vault = rooms.vault()) {
      String ada = vault.pseudonym("Ada");
      Commitment before;
      try (PayloadStore store = rooms.store(vault)) {
        before = store.put(ada, "before".getBytes(UTF_8));
      }
      try (Connection other = open();
          Statement statement = other.createStatement()) {
        statement.execute("ALTER TABLE payloads DROP COLUMN put_at");
        statement.execute("PRAGMA user_version = 1");
      }
      try (PayloadStore store = rooms.store(vault)) {
        assertThat(store.get(before).orElseThrow().bytes()).isEqualTo("before".getBytes(UTF_8));
        Instant now = Instant.now();
        Commitment after = store.put(ada, "after".getBytes(UTF_8));
        assertThat(store.putBefore(now)).containsExactly(before);
        assertThat(store.putBefore(now.plusSeconds(60))).containsExactly(before, after);
      }
    }
  }

  /** The last one of a subject takes its key along; what else the subject has stays. */
  @Test
  void whatIsDiscardedLeavesNoTrace() throws SQLException {
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      String ada = vault.pseudonym("Ada");
      String bob = vault.pseudonym("Bob");
      Commitment first = store.put(ada, new byte[3]);
      Commitment second = store.put(ada, new byte[4]);
      Commitment only = store.put(bob, new byte[5]);
      Commitment unknown = new Commitment("ab".repeat(32));
      assertThat(store.discard(List.of(first, only, unknown))).isEqualTo(2);
      assertThat(store.discard(List.of(first))).isZero();
      assertThat(store.find(first)).isInstanceOf(Finding.Absent.class);
      assertThat(store.find(only)).isInstanceOf(Finding.Absent.class);
      assertThat(store.get(second).orElseThrow().bytes()).hasSize(4);
      assertThat(store.count(ada)).isOne();
      try (Connection other = open();
          Statement statement = other.createStatement();
          ResultSet rows =
              statement.executeQuery(
                  "SELECT (SELECT count(*) FROM subjects), (SELECT count(*) FROM bodies)")) {
        assertThat(rows.getLong(1)).isOne();
        assertThat(rows.getLong(2)).isOne();
      }
      // Who was erased stays known.
      store.erase(ada);
      assertThat(store.discard(List.of(second))).isZero();
      assertThat(store.find(second)).isInstanceOf(Finding.Erased.class);
    }
  }

  @Test
  void aProcessThatKeepsTheLockIsNamedBusy() throws SQLException {
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      String ada = vault.pseudonym("Ada");
      Commitment commitment = store.put(ada, new byte[3]);
      try (Connection other = open();
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        assertRefused("payloads-busy", () -> store.put(ada, new byte[3]));
        assertThat(store.get(commitment)).isPresent();
        statement.execute("COMMIT");
      }
      assertThat(store.get(store.put(ada, new byte[3]))).isPresent();
    }
  }

  @Test
  void filesAreForTheirOwnerAloneAndHaveOddNames() throws IOException {
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = PayloadStore.open(rooms.home().resolve("a b?c=d%20#é.db"), vault)) {
      store.put(vault.pseudonym("Ada"), new byte[3]);
      assertThat(rooms.files().stream().map(file -> file.getFileName().toString()))
          .contains("a b?c=d%20#é.db", "a b?c=d%20#é.db-wal");
      for (Path file : rooms.files()) {
        if (!file.toString().endsWith(".lock")) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .isEqualTo("rw-------");
        }
      }
    }
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + rooms.database());
  }

  private static void assertRefused(String reason, ThrowingCallable call) {
    assertThatExceptionOfType(GovernanceException.class)
        .isThrownBy(call)
        .satisfies(e -> {
          assertThat(e.code()).isEqualTo("governance." + reason);
          assertThat(e.remedy()).isNotBlank();
        });
  }
}
