package dev.candor.governance.register;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.consent.ConsentGrant;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.storage.Ledger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.sqlite.SQLiteConfig;

/**
 * Finds entries by what they are about without reading the whole ledger. It holds where they are
 * and nothing of what they say: whoever looks an entry up reads it in the ledger. Several processes
 * may use the file; it remembers up to where it has read and the root of the tree there, and is
 * made anew if the ledger's root there is another. Safe for use by many threads.
 */
public final class EntryIndex implements AutoCloseable {

  private static final int VERSION = 2;
  private static final int BUSY_MILLIS = 5_000;

  private final Ledger ledger;
  private final Path file;
  private Connection connection;
  private long applied;

  private EntryIndex(Ledger ledger, Path file, Connection connection) {
    this.ledger = ledger;
    this.file = file;
    this.connection = connection;
  }

  /**
   * Opens the index of a ledger, or makes it.
   *
   * @throws GovernanceException {@code governance.index}
   */
  public static EntryIndex open(Path file, Ledger ledger) {
    try {
      EntryIndex index = new EntryIndex(ledger, file, connect(file));
      index.applied = index.readApplied();
      if (index.applied < 0) {
        index.begin();
      }
      return index;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static Connection connect(Path file) throws SQLException {
    // Not by the DriverManager, which looks for drivers in every jar. A URI, because everything
    // behind a ? in a plain name would be taken for settings.
    Connection connection =
        new SQLiteConfig().createConnection("jdbc:sqlite:" + file.toAbsolutePath().toUri());
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + BUSY_MILLIS);
      statement.execute("PRAGMA journal_mode = WAL");
      // What a power cut takes is read from the ledger again.
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS progress"
              + " (version INTEGER NOT NULL, applied INTEGER NOT NULL, root BLOB NOT NULL) STRICT");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS places (key TEXT NOT NULL, place INTEGER NOT NULL,"
              + " PRIMARY KEY (key, place)) STRICT, WITHOUT ROWID");
    }
    return connection;
  }

  /** Up to where the index goes; −1 if it is not one of this ledger. */
  private long readApplied() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version, applied, root FROM progress")) {
      if (!row.next() || row.getInt(1) != VERSION) {
        return -1;
      }
      long to = row.getLong(2);
      boolean same =
          to <= ledger.size() && Arrays.equals(row.getBytes(3), MerkleRoot.of(to, ledger.hashes()));
      return same ? to : -1;
    }
  }

  private void begin() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      statement.execute("DELETE FROM places");
      statement.execute("DELETE FROM progress");
      statement.execute("COMMIT");
    }
    applied = 0;
  }

  /** Reads what the ledger has gained. */
  public synchronized void catchUp() {
    long size = ledger.size();
    if (applied == size) {
      return;
    }
    try (Statement transaction = connection.createStatement()) {
      transaction.execute("BEGIN IMMEDIATE");
      try {
        // Another process may have been here since.
        long from = Math.max(0, readApplied());
        if (from < size) {
          insert(from, size);
        }
        transaction.execute("COMMIT");
        applied = Math.max(from, size);
      } catch (SQLException | RuntimeException e) {
        transaction.execute("ROLLBACK");
        throw e;
      }
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private void insert(long from, long to) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT OR IGNORE INTO places VALUES (?, ?)")) {
      for (long place = from; place < to; place++) {
        for (String key : keys(ledger.entry(place))) {
          insert.setString(1, key);
          insert.setLong(2, place);
          insert.addBatch();
        }
        if (place % 1_000 == 999) {
          insert.executeBatch();
        }
      }
      insert.executeBatch();
    }
    try (Statement delete = connection.createStatement();
        PreparedStatement progress =
            connection.prepareStatement("INSERT INTO progress VALUES (?, ?, ?)")) {
      delete.execute("DELETE FROM progress");
      progress.setInt(1, VERSION);
      progress.setLong(2, to);
      progress.setBytes(3, MerkleRoot.of(to, ledger.hashes()));
      progress.execute();
    }
  }

  /** By which an entry is found: its kind with the decision, subject, request or consent in it. */
  private static List<String> keys(Entry entry) {
    List<String> keys = new ArrayList<>();
    entry.value("decision").ifPresent(id -> keys.add(key(entry.kind(), id)));
    entry.value("subject").ifPresent(subject -> keys.add(key(entry.kind(), subject)));
    if (entry.kind().equals(ConsentGrant.KIND)) {
      entry.value("consent").ifPresent(id -> keys.add(key("consent", id)));
    }
    if (entry.kind().equals(DecisionStarted.KIND)) {
      entry.value("request").ifPresent(request -> keys.add(key("request", request)));
    } else if (!entry.kind().equals("decision-finished")) {
      keys.add(key(entry.kind(), ""));
    }
    return keys;
  }

  /**
   * Of all entries of a kind, but those that begin and end decisions; or of those about something.
   *
   * @param about a decision, a subject, (of the kind {@code request}) a request or (of the kind
   *     {@code consent}) the id of a consent that was given; empty for all
   */
  public static String key(String kind, String about) {
    return kind + ":" + about;
  }

  /** Indices of the entries with this key, ascending. */
  public synchronized List<Long> places(String key) {
    catchUp();
    try (PreparedStatement select =
        connection.prepareStatement("SELECT place FROM places WHERE key = ? ORDER BY place")) {
      select.setString(1, key);
      List<Long> places = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          places.add(rows.getLong(1));
        }
      }
      return places;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** Index of the last entry with this key. */
  public OptionalLong last(String key) {
    List<Long> places = places(key);
    return places.isEmpty() ? OptionalLong.empty() : OptionalLong.of(places.getLast());
  }

  /** What entries of a kind are about, if it begins so; at most so many. */
  public synchronized List<String> about(String kind, String beginning, int most) {
    catchUp();
    String from = key(kind, beginning);
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT DISTINCT key FROM places WHERE key >= ? AND key < ? ORDER BY key LIMIT ?")) {
      select.setString(1, from);
      select.setString(2, from + '\uFFFF');
      select.setInt(3, most);
      List<String> found = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1).substring(kind.length() + 1));
        }
      }
      return found;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private static GovernanceException failed(SQLException e) {
    return new GovernanceException(
        "index",
        "the index of the ledger cannot be used: " + e.getMessage(),
        "Delete the file index.db in CANDOR_HOME, which is made again from the ledger, and check"
            + " that there is room.",
        e);
  }
}
