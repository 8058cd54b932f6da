package dev.candor.governance.register;

import dev.candor.governance.GovernanceException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;
import org.sqlite.SQLiteErrorCode;

/**
 * The tables of an index, and one connection to them; used by one thread at a time. What is read or
 * written together is so within one transaction: {@link #within}.
 *
 * <p>A loss of power may take the last transactions and never a part of one, so that the index
 * reaches less far and holds all up to there. Frames of the write-ahead log have checksums that go
 * on from frame to frame, and SQLite takes the log up to the last whole transaction. With {@code
 * synchronous = NORMAL} it is forced before its pages are moved into the file, and the file before
 * the log is begun again: those are the moments at which an order lost would be pages lost.
 */
final class IndexDatabase implements AutoCloseable {

  static final String FOR_READING = "BEGIN";
  static final String FOR_WRITING = "BEGIN IMMEDIATE";

  private static final int VERSION = 3;
  private static final int BUSY_MILLIS = 5_000;

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE progress (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            applied INTEGER NOT NULL,
            root TEXT NOT NULL,
            acts INTEGER NOT NULL
          ) STRICT\
          """,
          "CREATE TABLE roots (size INTEGER PRIMARY KEY, root TEXT NOT NULL) STRICT",
          """
          CREATE TABLE places (
            key TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (key, place)
          ) STRICT, WITHOUT ROWID\
          """,
          """
          CREATE TABLE acts (
            key TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (key, place)
          ) STRICT, WITHOUT ROWID\
          """,
          """
          CREATE TABLE chains (
            key TEXT PRIMARY KEY,
            count INTEGER NOT NULL,
            last INTEGER NOT NULL,
            digest BLOB NOT NULL
          ) STRICT, WITHOUT ROWID\
          """);

  private final Connection connection;

  /**
   * Up to where the index goes.
   *
   * @param applied how many entries it has read, from the first
   * @param root of the tree of that size, in hexadecimal
   * @param acts how many rows the acts have
   */
  record Progress(long applied, String root, long acts) {}

  /** Where an entry is to be found. */
  record Row(String key, long place) {}

  /** Work within a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException;
  }

  private IndexDatabase(Connection connection) {
    this.connection = connection;
  }

  /** Opens the file, and creates it if it is not there; drops what another version has made. */
  static IndexDatabase open(Path file) throws SQLException {
    createPrivate(file);
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.NORMAL);
    config.setTempStore(TempStore.MEMORY);
    // Not by the DriverManager, which looks for drivers in every jar. A URI, because everything
    // behind a ? in a plain name would be taken for settings.
    Connection connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath().toUri());
    try {
      IndexDatabase database = new IndexDatabase(connection);
      if (database.version() != VERSION) {
        database.within(FOR_WRITING, database::createTables);
      }
      return database;
    } catch (SQLException | RuntimeException e) {
      try {
        connection.close();
      } catch (SQLException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  private static void createPrivate(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null && Files.getFileStore(folder).supportsFileAttributeView("posix")) {
        // SQLite gives the files beside it the permissions of this one.
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
    } catch (FileAlreadyExistsException e) {
      // It is there already.
    } catch (IOException e) {
      throw new GovernanceException(
          "index",
          "the index of the ledger " + file + " cannot be created: " + e.getMessage(),
          "Make its folder, and make it writable.",
          e);
    }
  }

  private long version() throws SQLException {
    return number("PRAGMA user_version");
  }

  private boolean createTables() throws SQLException {
    if (version() == VERSION) {
      return false; // Another process was here first.
    }
    for (String table : List.of("progress", "roots", "places", "acts", "chains")) {
      execute("DROP TABLE IF EXISTS " + table);
    }
    for (String table : TABLES) {
      execute(table);
    }
    execute("PRAGMA user_version = " + VERSION);
    return true;
  }

  /** Does something within a transaction that is kept if it returns, and undone if it throws. */
  <T> T within(String begin, Work<T> work) throws SQLException {
    execute(begin);
    try {
      T result = work.run();
      execute("COMMIT");
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      try {
        execute("ROLLBACK");
      } catch (SQLException f) {
        e.addSuppressed(f); // SQLite has undone it already, as it does if the disk is full.
      }
      throw e;
    }
  }

  /** Up to where the index goes; empty if nothing was put there yet. */
  Optional<Progress> progress() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT applied, root, acts FROM progress")) {
      return row.next()
          ? Optional.of(new Progress(row.getLong(1), row.getString(2), row.getLong(3)))
          : Optional.empty();
    }
  }

  void setProgress(Progress progress) throws SQLException {
    try (PreparedStatement replace =
        connection.prepareStatement("INSERT OR REPLACE INTO progress VALUES (1, ?, ?, ?)")) {
      replace.setLong(1, progress.applied());
      replace.setString(2, progress.root());
      replace.setLong(3, progress.acts());
      replace.executeUpdate();
    }
  }

  /** The root of the tree of a size at which it was kept. */
  Optional<String> root(long size) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT root FROM roots WHERE size = ?")) {
      select.setLong(1, size);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  void addRoot(long size, String root) throws SQLException {
    try (PreparedStatement replace =
        connection.prepareStatement("INSERT OR REPLACE INTO roots VALUES (?, ?)")) {
      replace.setLong(1, size);
      replace.setString(2, root);
      replace.executeUpdate();
    }
  }

  /** How many rows the acts have, counted. */
  long countActs() throws SQLException {
    return number("SELECT count(*) FROM acts");
  }

  void clear() throws SQLException {
    for (String table : List.of("progress", "roots", "places", "acts", "chains")) {
      execute("DELETE FROM " + table);
    }
  }

  /**
   * Adds rows.
   *
   * @throws IndexDamage if one is there already
   */
  void addPlaces(List<Row> rows) throws SQLException {
    add("INSERT INTO places VALUES (?, ?)", rows);
  }

  /** The same with those of acts, ascending, and what is kept to check them. */
  void addActs(List<Row> rows) throws SQLException {
    add("INSERT INTO acts VALUES (?, ?)", rows);
    Map<String, IndexChain> chains = new LinkedHashMap<>();
    for (Row row : rows) {
      IndexChain chain = chains.get(row.key());
      chains.put(row.key(), (chain == null ? chain(row.key()) : chain).plus(row.place()));
    }
    try (PreparedStatement replace =
        connection.prepareStatement("INSERT OR REPLACE INTO chains VALUES (?, ?, ?, ?)")) {
      for (Map.Entry<String, IndexChain> chain : chains.entrySet()) {
        replace.setString(1, chain.getKey());
        replace.setLong(2, chain.getValue().count());
        replace.setLong(3, chain.getValue().last());
        replace.setBytes(4, chain.getValue().digest());
        replace.addBatch();
      }
      replace.executeBatch();
    }
  }

  private void add(String insert, List<Row> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      for (Row row : rows) {
        statement.setString(1, row.key());
        statement.setLong(2, row.place());
        statement.addBatch();
      }
      statement.executeBatch();
    } catch (SQLException e) {
      if (SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xFF)
          == SQLiteErrorCode.SQLITE_CONSTRAINT) {
        throw new IndexDamage("a row is there before its entry was read");
      }
      throw e;
    }
  }

  private IndexChain chain(String key) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT count, last, digest FROM chains WHERE key = ?")) {
      select.setString(1, key);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? new IndexChain(row.getLong(1), row.getLong(2), row.getBytes(3))
            : IndexChain.empty(key);
      }
    }
  }

  /** Places of a key below a size, ascending. */
  List<Long> places(String key, long below) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT place FROM places WHERE key = ? AND place < ? ORDER BY place")) {
      select.setString(1, key);
      select.setLong(2, below);
      return numbers(select);
    }
  }

  /**
   * The same of an act.
   *
   * @throws IndexDamage if they are not those that were added
   */
  List<Long> acts(String key, long below) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT place FROM acts WHERE key = ? ORDER BY place")) {
      select.setString(1, key);
      List<Long> places = numbers(select);
      IndexChain chain = IndexChain.empty(key);
      for (long place : places) {
        chain = chain.plus(place);
      }
      if (!chain.same(chain(key))) {
        throw new IndexDamage("the places of " + key + " are not those that were found");
      }
      return places.stream().filter(place -> place < below).toList();
    }
  }

  /** The last place of a key below a size. */
  OptionalLong lastPlace(String key, long below) throws SQLException {
    return last("SELECT max(place) FROM places WHERE key = ? AND place < ?", key, below);
  }

  /**
   * The same of an act.
   *
   * @throws IndexDamage if the last of all is not the one that was added last
   */
  OptionalLong lastAct(String key, long below) throws SQLException {
    String select = "SELECT max(place) FROM acts WHERE key = ? AND place < ?";
    if (last(select, key, Long.MAX_VALUE).orElse(-1) != chain(key).last()) {
      throw new IndexDamage("the last place of " + key + " is not the one that was found");
    }
    return last(select, key, below);
  }

  private OptionalLong last(String query, String key, long below) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(query)) {
      select.setString(1, key);
      select.setLong(2, below);
      try (ResultSet row = select.executeQuery()) {
        long place = row.next() ? row.getLong(1) : 0;
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(place);
      }
    }
  }

  /**
   * Keys that a place below a size has.
   *
   * @param acts whether they are those of acts
   * @param from the first there may be
   * @param to behind the last
   * @param most how many at most, ascending
   */
  List<String> keys(boolean acts, String from, String to, long below, int most)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT DISTINCT key FROM "
                + (acts ? "acts" : "places")
                + " WHERE key >= ? AND key < ? AND place < ? ORDER BY key LIMIT ?")) {
      select.setString(1, from);
      select.setString(2, to);
      select.setLong(3, below);
      select.setInt(4, most);
      List<String> keys = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          keys.add(rows.getString(1));
        }
      }
      return keys;
    }
  }

  private static List<Long> numbers(PreparedStatement select) throws SQLException {
    List<Long> numbers = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        numbers.add(rows.getLong(1));
      }
    }
    return numbers;
  }

  private long number(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private void execute(String command) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(command);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
