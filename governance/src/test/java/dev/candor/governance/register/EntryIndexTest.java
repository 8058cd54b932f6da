package dev.candor.governance.register;

import static dev.candor.governance.register.IndexedLedger.adopted;
import static dev.candor.governance.register.IndexedLedger.given;
import static dev.candor.governance.register.IndexedLedger.started;
import static dev.candor.governance.register.IndexedLedger.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.storage.Ledger.Appended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryIndexTest {

  private static final String[] KINDS = {
    "consent-given", "consent-withdrawn", "consent", "policy-adopted", "decision-started", "request"
  };

  @TempDir private Path folder = Path.of("");

  private IndexedLedger open() {
    return IndexedLedger.open(folder.resolve("ledger"), folder.resolve("index.db"));
  }

  /** Appends entries with one wait for all. */
  private static void fill(IndexedLedger with, int count) {
    List<CompletableFuture<Appended>> waiting = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      waiting.add(with.ledger.appendLater(started("d" + i, "s" + i % 7, "r" + i)));
    }
    waiting.forEach(CompletableFuture::join);
  }

  private void execute(String... commands) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("index.db"));
        Statement statement = connection.createStatement()) {
      for (String command : commands) {
        statement.execute(command);
      }
    }
  }

  private long number(String query) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("index.db"));
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      return rows.getLong(1);
    }
  }

  private static Entry random(SplittableRandom random) {
    String subject = "s" + random.nextInt(3);
    String id = "c" + random.nextInt(4);
    return switch (random.nextInt(5)) {
      case 0 -> given(subject, id);
      case 1 -> withdrawn(subject, id);
      case 2 -> adopted("p" + random.nextInt(9));
      case 3 -> started("s" + random.nextInt(6), subject, "c" + random.nextInt(9));
      default -> IndexedLedger.entry("note", "text", "nobody looks for it");
    };
  }

  private static void requireRight(IndexedLedger one, SplittableRandom random) {
    String kind = KINDS[random.nextInt(KINDS.length)];
    String about = List.of("", "s", "c").get(random.nextInt(3));
    about = about.isEmpty() ? about : about + random.nextInt(4);
    String key = EntryIndex.key(kind, about);
    List<Long> places = one.index.places(key);
    assertThat(places).as(key).isEqualTo(one.expected(kind, about));
    OptionalLong last = one.index.last(key);
    assertThat(last.isPresent() ? List.of(last.getAsLong()) : List.of())
        .as("last " + key)
        .isEqualTo(places.isEmpty() ? List.of() : List.of(places.getLast()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void answersLikeTheLedgerWhateverTwoProcessesDo(long seed) throws SQLException {
    SplittableRandom random = new SplittableRandom(seed);
    IndexedLedger[] both = {open(), open()};
    boolean damages = seed % 2 == 0;
    long answered = 0;
    try {
      for (int step = 0; step < 400; step++) {
        int which = random.nextInt(2);
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3 -> both[which].ledger.append(random(random));
          case 4 -> both[which].ledger.refresh();
          case 5 -> {
            if (random.nextInt(10) == 0) {
              both[which].close();
              both[which] = open();
            }
          }
          case 6 -> {
            if (damages && random.nextInt(10) == 0) {
              execute("DELETE FROM acts WHERE place = " + random.nextInt(step + 1));
            }
          }
          default -> {
            requireRight(both[which], random);
            // What one of them was told, the other is told too.
            assertThat(both[which].ledger.size()).isGreaterThanOrEqualTo(answered);
            answered = both[which].ledger.size();
          }
        }
      }
      if (!damages) {
        assertThat(both[0].index.rebuilds() + both[1].index.rebuilds()).isZero();
      }
    } finally {
      both[0].close();
      both[1].close();
    }
  }

  @Test
  void oneThatLagsDestroysNothingAndMissesNothing() throws SQLException {
    try (IndexedLedger lagging = open();
        IndexedLedger ahead = open()) {
      fill(ahead, 40);
      ahead.ledger.append(given("s1", "c1"));
      ahead.ledger.append(withdrawn("s1", "c1"));
      assertThat(ahead.index.places("consent-withdrawn:s1")).containsExactly(41L);
      assertThat(lagging.ledger.size()).isZero();

      assertThat(lagging.index.places("consent-withdrawn:s1")).containsExactly(41L);
      assertThat(lagging.ledger.entry(41).kind()).isEqualTo("consent-withdrawn");
      assertThat(ahead.index.places("consent-withdrawn:s1")).containsExactly(41L);
      assertThat(number("SELECT applied FROM progress")).isEqualTo(42);
      assertThat(lagging.index.rebuilds() + ahead.index.rebuilds()).isZero();
    }
  }

  @Test
  void whoeverAppendsFindsItAtOnce() throws InterruptedException, ExecutionException {
    try (IndexedLedger one = open();
        IndexedLedger other = open();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        IndexedLedger mine = i % 2 == 0 ? one : other;
        String subject = "s" + i;
        all.add(
            threads.submit(() -> {
              List<Long> appended = new ArrayList<>();
              for (int j = 0; j < 25; j++) {
                appended.add(mine.ledger.append(withdrawn(subject, "c" + j)).index());
                assertThat(mine.index.places("consent-withdrawn:" + subject)).isEqualTo(appended);
              }
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      assertThat(one.index.rebuilds() + other.index.rebuilds()).isZero();
    }
  }

  @Test
  void ledgerFromACopyIsAnsweredForAsItIs() throws IOException {
    Path copy = folder.resolve("copy");
    try (IndexedLedger first = open()) {
      fill(first, 300);
    }
    IndexedLedger.copy(folder.resolve("ledger"), copy);
    try (IndexedLedger first = open()) {
      first.ledger.append(given("s1", "c1"));
      first.ledger.append(adopted("p1"));
      first.ledger.append(adopted("p2"));
      assertThat(first.index.last("policy-adopted:")).hasValue(302);
    }
    try (IndexedLedger restored = IndexedLedger.open(copy, folder.resolve("index.db"))) {
      assertThat(restored.index.last("policy-adopted:")).isEmpty();
      restored.ledger.append(withdrawn("s1", "c1"));
      assertThat(restored.index.places("consent-given:s1")).isEmpty();
      assertThat(restored.index.places("consent-withdrawn:s1")).containsExactly(300L);
      assertThat(restored.index.last("decision-started:s0")).hasValue(294);
      assertThat(restored.index.about("decision-started", "d29", 100)).hasSize(11);
      assertThat(restored.index.rebuilds()).isZero();

      fill(restored, 5);
      assertThat(restored.index.places("consent-given:s1")).isEmpty();
      assertThat(restored.index.places("consent-withdrawn:s1")).containsExactly(300L);
      assertThat(restored.index.last("decision-started:d4")).hasValue(305);
      assertThat(restored.index.rebuilds()).isEqualTo(1);
    }
  }

  @Test
  void indexOfAnotherLedgerIsMadeAnew() {
    try (IndexedLedger first = open()) {
      fill(first, 600);
      first.index.catchUp();
    }
    try (IndexedLedger other =
        IndexedLedger.open(folder.resolve("other"), folder.resolve("index.db"))) {
      assertThat(other.index.about("decision-started", "d", 5)).isEmpty();
      other.ledger.append(adopted("p1"));
      fill(other, 259);
      assertThat(other.index.places("policy-adopted:")).containsExactly(0L);
      assertThat(other.index.places("decision-started:d258")).containsExactly(259L);
      assertThat(other.index.rebuilds()).isEqualTo(1);
    }
  }

  /** What a loss of power leaves: the file, and a beginning of its log or a log with a hole. */
  @Test
  void tornLogLosesNoRowThatTheProgressCounts() throws IOException {
    try (IndexedLedger one = open()) {
      for (int i = 0; i < 12; i++) {
        one.ledger.append(given("s" + i % 2, "c" + i));
        one.index.catchUp();
      }
      byte[] database = Files.readAllBytes(folder.resolve("index.db"));
      byte[] log = Files.readAllBytes(folder.resolve("index.db-wal"));
      SplittableRandom random = new SplittableRandom(5);
      for (int i = 0; i < 40; i++) {
        Path file = Files.createDirectory(folder.resolve("torn" + i)).resolve("index.db");
        byte[] torn = log.clone();
        if (i % 2 == 0) {
          torn = Arrays.copyOf(log, random.nextInt(log.length));
        } else {
          int from = random.nextInt(log.length);
          Arrays.fill(torn, from, Math.min(log.length, from + 512), (byte) 0);
        }
        Files.write(file, database);
        Files.write(file.resolveSibling("index.db-wal"), torn);
        try (EntryIndex index = EntryIndex.open(file, one.ledger)) {
          assertThat(index.places("consent-given:s1"))
              .isEqualTo(one.expected("consent-given", "s1"));
          assertThat(index.rebuilds()).isZero();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM acts WHERE key = 'consent-withdrawn:s1' AND place = 2",
        "DELETE FROM acts WHERE key = 'consent-withdrawn:s1' AND place = 4",
        "DELETE FROM acts",
        "DELETE FROM chains",
        "UPDATE acts SET key = 'consent-withdrawn:s2' WHERE key = 'consent-withdrawn:s1'",
        "UPDATE acts SET place = 1 WHERE key = 'consent-withdrawn:s1' AND place = 2",
        "DELETE FROM progress",
        "UPDATE progress SET applied = 3"
      })
  void lostOrAlteredRowOfAnActIsNoticedAtTheNextAnswer(String damage) throws SQLException {
    try (IndexedLedger one = open()) {
      one.ledger.append(given("s1", "c1"));
      fill(one, 1);
      one.ledger.append(withdrawn("s1", "c1"));
      one.ledger.append(given("s1", "c2"));
      one.ledger.append(withdrawn("s1", "c2"));
      assertThat(one.index.places("consent-withdrawn:s1")).containsExactly(2L, 4L);
      execute(damage);
      assertThat(one.index.places("consent-withdrawn:s1")).containsExactly(2L, 4L);
      assertThat(one.index.last("consent-withdrawn:s1")).hasValue(4);
      assertThat(one.index.rebuilds()).isEqualTo(1);
    }
  }

  @Test
  void lastActThatIsLostIsNoticed() throws SQLException {
    try (IndexedLedger one = open()) {
      one.ledger.append(adopted("p1"));
      one.ledger.append(adopted("p2"));
      assertThat(one.index.last("policy-adopted:")).hasValue(1);
      execute("DELETE FROM acts WHERE place = 1");
      assertThat(one.index.last("policy-adopted:")).hasValue(1);
      assertThat(one.index.rebuilds()).isEqualTo(1);
    }
  }

  @Test
  void actLostWithItsCheckIsNoticedWhenTheIndexIsOpened() throws SQLException {
    try (IndexedLedger one = open()) {
      one.ledger.append(withdrawn("s1", "c1"));
      one.index.catchUp();
    }
    execute(
        "DELETE FROM acts WHERE key = 'consent-withdrawn:s1'",
        "DELETE FROM chains WHERE key = 'consent-withdrawn:s1'");
    try (IndexedLedger one = open()) {
      assertThat(one.index.places("consent-withdrawn:s1")).containsExactly(0L);
      assertThat(one.index.rebuilds()).isEqualTo(1);
    }
  }

  @Test
  void tablesOfAnEarlierVersionAreReplaced() throws SQLException {
    execute(
        "CREATE TABLE progress (version INTEGER, applied INTEGER, root BLOB)",
        "CREATE TABLE places (key TEXT, place INTEGER, PRIMARY KEY (key, place)) WITHOUT ROWID",
        "INSERT INTO places VALUES ('policy-adopted:', 7)");
    try (IndexedLedger one = open()) {
      one.ledger.append(adopted("p1"));
      assertThat(one.index.places("policy-adopted:")).containsExactly(0L);
    }
  }

  @Test
  void isForItsOwnerAloneWhateverItsName() throws IOException {
    Path file = folder.resolve("index ?mode=memory&x#%41.db");
    try (IndexedLedger one = IndexedLedger.open(folder.resolve("ledger"), file)) {
      one.ledger.append(adopted("p1"));
      one.index.catchUp();
      for (String end : List.of("", "-wal", "-shm")) {
        assertThat(Files.getPosixFilePermissions(file.resolveSibling(file.getFileName() + end)))
            .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      }
    }
  }

  @Test
  void whatIsNoDatabaseIsRefusedWithARemedy() throws IOException {
    Files.writeString(folder.resolve("index.db"), "no database ".repeat(100));
    assertThatThrownBy(this::open)
        .asInstanceOf(type(GovernanceException.class))
        .satisfies(e -> assertThat(e.code()).isEqualTo("governance.index"))
        .satisfies(e -> assertThat(e.remedy()).contains("index.db"));
  }
}
