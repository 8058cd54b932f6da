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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a subject, and of all others, on the disk and in copies of it. */
class PayloadErasureTest {

  private static final String CANARY = "a canary that sings in prompts";

  @TempDir private Path folder = Path.of("");

  private Rooms rooms = new Rooms(Path.of(""));

  @BeforeEach
  void name() {
    rooms = new Rooms(folder.resolve("device"));
  }

  @Test
  void noTextAndNoNameIsOnTheDisk() throws IOException {
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      store.put(vault.pseudonym("Ada who is a canary"), CANARY.repeat(500).getBytes(UTF_8));
      assertThat(rooms.files()).hasSizeGreaterThanOrEqualTo(4);
      for (String text : List.of(CANARY, "Ada who is a canary")) {
        for (byte[] form : Rooms.forms(text)) {
          assertThat(rooms.holding(form)).isEmpty();
        }
      }
      // That the search finds what is there.
      assertThat(rooms.holding(vault.pseudonym("Ada who is a canary").getBytes(UTF_8)))
          .isNotEmpty();
    }
  }

  @Test
  void nothingOfAnErasedSubjectIsInAnyFile() throws Exception {
    long seed = 1;
    SplittableRandom random = new SplittableRandom(seed);
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      List<String> subjects = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        subjects.add(vault.pseudonym("subject " + i));
      }
      Map<String, List<Commitment>> put = new LinkedHashMap<>();
      putSome(store, subjects, 400, random, put);
      for (int i = 0; i < 25; i++) {
        String erased = subjects.remove(random.nextInt(subjects.size()));
        List<byte[]> keys = allKeys();
        List<byte[]> traces = tracesOf(erased);
        assertThat(traces).isNotEmpty();
        assertThat(rooms.holding(traces.getFirst())).isNotEmpty();

        store.erase(erased);

        List<byte[]> left = new ArrayList<>();
        for (Path file : rooms.files()) {
          byte[] bytes = Files.readAllBytes(file);
          for (byte[] trace : traces) {
            if (Rooms.contains(bytes, trace)) {
              left.add(trace);
            }
          }
          for (byte[] key : keys) {
            if (Rooms.contains(bytes, key)) {
              left.add(key);
            }
          }
        }
        assertThat(left).as("erasure %d, seed %d", i, seed).isEmpty();
        for (Commitment commitment : put.getOrDefault(erased, List.of())) {
          assertThat(store.find(commitment)).isInstanceOf(Finding.Erased.class);
        }
        putSome(store, subjects, 10, random, put);
      }
      for (String subject : subjects) {
        for (Commitment commitment : put.getOrDefault(subject, List.of())) {
          assertThat(store.find(commitment)).isInstanceOf(Finding.Present.class);
        }
      }
    }
  }

  @Test
  void aCopyOfTheDatabaseFromBeforeOpensWithNoKeystoreFromAfter() throws IOException {
    Rooms before = new Rooms(folder.resolve("before"));
    Commitment ada;
    Commitment bob;
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      ada = store.put(vault.pseudonym("Ada"), CANARY.getBytes(UTF_8));
      bob = store.put(vault.pseudonym("Bob"), CANARY.getBytes(UTF_8));
    }
    rooms.copyHomeTo(before.home());
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      store.erase(vault.pseudonym("Ada"));
      assertThat(store.get(bob)).isPresent();
    }
    Path keystore = before.home().resolve("keys.p12");
    byte[] keystoreBefore = Files.readAllBytes(keystore);
    Files.write(keystore, Files.readAllBytes(rooms.home().resolve("keys.p12")));
    copyPassphrase(before);
    try (Pkcs12KeyVault vault = before.vault();
        PayloadStore store = before.store(vault)) {
      for (Commitment commitment : List.of(ada, bob)) {
        assertThatExceptionOfType(LedgerException.class)
            .isThrownBy(() -> store.get(commitment))
            .satisfies(e -> assertThat(e.code()).isEqualTo("ledger.payload-key-unknown"));
      }
    }
    // A copy of both and the passphrase is a copy of everything: no erasure reaches it.
    Files.write(keystore, keystoreBefore);
    try (Pkcs12KeyVault vault = before.vault();
        PayloadStore store = before.store(vault)) {
      assertThat(store.get(ada).orElseThrow().bytes()).isEqualTo(CANARY.getBytes(UTF_8));
    }
  }

  @Test
  void anErasureSaysIfAReaderKeepsTheLog() throws SQLException {
    try (Pkcs12KeyVault vault = rooms.vault();
        PayloadStore store = rooms.store(vault)) {
      String ada = vault.pseudonym("Ada");
      Commitment commitment = store.put(ada, new byte[3]);
      try (Connection other = connection();
          Statement statement = other.createStatement()) {
        statement.execute("BEGIN");
        try (ResultSet rows = statement.executeQuery("SELECT * FROM bodies")) {
          assertThat(rows.next()).isTrue();
          assertThatExceptionOfType(GovernanceException.class)
              .isThrownBy(() -> store.erase(ada))
              .satisfies(e -> assertThat(e.code()).isEqualTo("governance.erasure-unfinished"));
        }
        statement.execute("COMMIT");
      }
      Finding found = store.find(commitment);
      assertThat(found).isInstanceOf(Finding.Erased.class);
      store.erase(ada);
      assertThat(store.find(commitment)).isEqualTo(found);
    }
  }

  private static void putSome(
      PayloadStore store,
      List<String> subjects,
      int count,
      SplittableRandom random,
      Map<String, List<Commitment>> put) {
    for (int i = 0; i < count; i++) {
      // The first so many have one each, in an order of their own.
      String subject = subjects.get(i * 37 % subjects.size());
      byte[] bytes = new byte[random.nextInt(1 << random.nextInt(4, 15))];
      random.nextBytes(bytes);
      put.computeIfAbsent(subject, s -> new ArrayList<>()).add(store.put(subject, bytes));
    }
  }

  /** The wrapped keys of all subjects. */
  private List<byte[]> allKeys() throws SQLException {
    List<byte[]> keys = new ArrayList<>();
    try (Connection connection = connection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT wrapped FROM subjects WHERE wrapped <> x''")) {
      while (rows.next()) {
        // Behind the byte of the version, the id of the key and the nonce: the encrypted key.
        keys.add(Arrays.copyOfRange(rows.getBytes(1), 21, 53));
      }
    }
    return keys;
  }

  /** Pieces of 16 bytes of the wrapped key and of all ciphertexts, from all over them. */
  private List<byte[]> tracesOf(String subject) throws SQLException {
    List<byte[]> traces = new ArrayList<>();
    try (Connection connection = connection();
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT s.wrapped, b.sealed FROM subjects s JOIN payloads p ON p.subject = s.id"
                    + " JOIN bodies b ON b.id = p.id WHERE s.pseudonym = ? AND s.erased_at = 0")) {
      query.setString(1, subject);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          traces.add(Arrays.copyOfRange(rows.getBytes(1), 9, 25));
          traces.add(Arrays.copyOfRange(rows.getBytes(1), 50, 66));
          byte[] sealed = rows.getBytes(2);
          for (int at = 0; at + 16 <= sealed.length; at += 256) {
            traces.add(Arrays.copyOfRange(sealed, at, at + 16));
          }
          traces.add(Arrays.copyOfRange(sealed, sealed.length - 16, sealed.length));
        }
      }
    }
    return traces;
  }

  private void copyPassphrase(Rooms to) throws IOException {
    Path file = to.passphrase().file();
    Path folderOfIt = file.getParent();
    assertThat(folderOfIt).isNotNull();
    Files.createDirectories(folderOfIt);
    Files.copy(rooms.passphrase().file(), file, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
  }

  private Connection connection() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + rooms.database());
  }
}
