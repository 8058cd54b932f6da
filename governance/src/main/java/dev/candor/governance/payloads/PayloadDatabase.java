package dev.candor.governance.payloads;

import dev.candor.governance.GovernanceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TempStore;

/**
 * The tables of a payload store, and one connection to them; used by one thread at a time. SQLite
 * finds no damage by itself within a page: so each row that says what became of a payload has a
 * check, and each ciphertext has its tag.
 */
final class PayloadDatabase implements AutoCloseable {

  private static final int BUSY_MILLIS = 5_000;

  /**
   * For what rotates and erases: SQLite does not queue those who wait, and a process that writes
   * without a pause can keep another out for seconds.
   */
  private static final int PATIENT_MILLIS = 60_000;

  private static final int CHECK_BYTES = 16;

  private final Connection connection;
  private final List<PreparedStatement> statements = new ArrayList<>();
  private final PreparedStatement living;
  private final PreparedStatement addSubject;
  private final PreparedStatement rewrap;
  private final PreparedStatement addPayload;
  private final PreparedStatement addBody;
  private final PreparedStatement find;

  /**
   * A data subject that is there.
   *
   * @param id of the row
   * @param pseudonym what the ledger calls it
   * @param wrapped its key, wrapped by the vault
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Subject(long id, String pseudonym, byte[] wrapped) {}

  /**
   * A row of a payload, with its subject and its ciphertext.
   *
   * @param sealed none if it is erased
   * @param erasedAt none if it is there
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Row(Subject subject, Optional<byte[]> sealed, Optional<Instant> erasedAt) {}

  private PayloadDatabase(Connection connection) throws SQLException {
    this.connection = connection;
    living =
        prepare(
            "SELECT id, wrapped, erased_at, digest FROM subjects"
                + " WHERE pseudonym = ? AND erased_at = 0");
    addSubject =
        prepare(
            "INSERT INTO subjects (id, pseudonym, wrapped, erased_at, digest)"
                + " VALUES (?, ?, ?, 0, ?)");
    rewrap = prepare("UPDATE subjects SET wrapped = ?, digest = ? WHERE id = ?");
    addPayload =
        prepare(
            "INSERT INTO payloads (id, commitment, subject, digest, put_at)"
                + " VALUES (?, ?, ?, ?, ?)");
    addBody = prepare("INSERT INTO bodies (id, sealed) VALUES (?, ?)");
    find =
        prepare(
            "SELECT p.id, p.subject, p.digest, s.pseudonym, s.wrapped, s.erased_at, s.digest,"
                + " b.sealed FROM payloads p LEFT JOIN subjects s ON s.id = p.subject"
                + " LEFT JOIN bodies b ON b.id = p.id WHERE p.commitment = ?");
  }

  /** Opens the file, and creates it if it is not there. */
  static PayloadDatabase open(Path file, String payloadKey) throws SQLException {
    PayloadSchema.createPrivate(file);
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setTempStore(TempStore.MEMORY);
    config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "ON");
    // A URI, because everything behind a ? in a plain name would be taken for settings.
    Connection connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath().toUri());
    try {
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA cell_size_check = ON");
        statement.execute("PRAGMA trusted_schema = OFF");
      }
      PayloadSchema.create(connection, payloadKey, file);
      return new PayloadDatabase(connection);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** Waits longer for others from now on, or as usual again. */
  void setPatient(boolean patient) throws SQLException {
    execute("PRAGMA busy_timeout = " + (patient ? PATIENT_MILLIS : BUSY_MILLIS));
  }

  void begin() throws SQLException {
    execute("BEGIN IMMEDIATE");
  }

  void commit() throws SQLException {
    execute("COMMIT");
  }

  /** The payload key of the last rotation that ended. */
  String payloadKey() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT payload_key FROM store WHERE one = 1")) {
      if (!rows.next()) {
        throw damaged("it does not say its payload key");
      }
      return rows.getString(1);
    }
  }

  void setPayloadKey(String id) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE store SET payload_key = ? WHERE one = 1")) {
      update.setString(1, id);
      update.executeUpdate();
    }
  }

  /** The subject of this pseudonym that is not erased. */
  Optional<Subject> living(String pseudonym) throws SQLException {
    living.setString(1, pseudonym);
    try (ResultSet rows = living.executeQuery()) {
      if (!rows.next()) {
        return Optional.empty();
      }
      Subject subject = new Subject(rows.getLong(1), pseudonym, rows.getBytes(2));
      requireDigest(subject, rows.getLong(3), rows.getBytes(4));
      return Optional.of(subject);
    }
  }

  Subject addSubject(String pseudonym, byte[] wrapped) throws SQLException {
    Subject subject = new Subject(nextId("subjects"), pseudonym, wrapped);
    addSubject.setLong(1, subject.id());
    addSubject.setString(2, pseudonym);
    addSubject.setBytes(3, wrapped);
    addSubject.setBytes(4, digest(subject, 0));
    addSubject.executeUpdate();
    return subject;
  }

  void addPayload(byte[] commitment, Subject subject, byte[] sealed, Instant at)
      throws SQLException {
    long id = nextId("payloads");
    addPayload.setLong(1, id);
    addPayload.setBytes(2, commitment);
    addPayload.setLong(3, subject.id());
    addPayload.setBytes(4, digest(id, commitment, subject.id()));
    addPayload.setLong(5, at.toEpochMilli());
    addPayload.executeUpdate();
    addBody.setLong(1, id);
    addBody.setBytes(2, sealed);
    addBody.executeUpdate();
  }

  /**
   * The row of a commitment. That there is none is to be believed only of a file in order, see
   * {@link #requireOrder}.
   *
   * @throws GovernanceException {@code governance.payloads-damaged} if a digest does not fit
   */
  Optional<Row> find(byte[] commitment) throws SQLException {
    find.setBytes(1, commitment);
    try (ResultSet rows = find.executeQuery()) {
      if (!rows.next()) {
        return Optional.empty();
      }
      long id = rows.getLong(1);
      if (!Arrays.equals(rows.getBytes(3), digest(id, commitment, rows.getLong(2)))) {
        throw damaged("the row of " + HexFormat.of().formatHex(commitment) + " is not as written");
      }
      String pseudonym = rows.getString(4);
      byte[] wrapped = rows.getBytes(5);
      if (pseudonym == null || wrapped == null) {
        throw damaged("a payload's subject is missing");
      }
      Subject subject = new Subject(rows.getLong(2), pseudonym, wrapped);
      long erasedAt = rows.getLong(6);
      requireDigest(subject, erasedAt, rows.getBytes(7));
      return Optional.of(
          new Row(
              subject,
              Optional.ofNullable(rows.getBytes(8)),
              erasedAt == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(erasedAt))));
    }
  }

  /**
   * Subjects that are not erased and whose key is wrapped under another payload key than this.
   *
   * @param after the id of the row before the first one
   * @param most how many at most, by their ids
   */
  List<Subject> wrappedUnderOther(String payloadKey, long after, int most) throws SQLException {
    List<Subject> subjects = new ArrayList<>();
    // The id of the payload key is behind a byte with the version.
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT id, pseudonym, wrapped, erased_at, digest FROM subjects WHERE id > ?"
                + " AND erased_at = 0 AND substr(wrapped, 2, 8) <> ? ORDER BY id LIMIT ?")) {
      query.setLong(1, after);
      query.setBytes(2, HexFormat.of().parseHex(payloadKey));
      query.setInt(3, most);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          Subject subject = new Subject(rows.getLong(1), rows.getString(2), rows.getBytes(3));
          requireDigest(subject, rows.getLong(4), rows.getBytes(5));
          subjects.add(subject);
        }
      }
    }
    return subjects;
  }

  void rewrap(Subject subject, byte[] wrapped) throws SQLException {
    rewrap.setBytes(1, wrapped);
    rewrap.setBytes(2, digest(new Subject(subject.id(), subject.pseudonym(), wrapped), 0));
    rewrap.setLong(3, subject.id());
    rewrap.executeUpdate();
  }

  /** Overwrites the subject's key and deletes its ciphertexts; gives how many there were. */
  long erase(Subject subject, Instant at) throws SQLException {
    // In its own place first, so that nothing of the row has to move while the key is in it.
    rewrap(subject, new byte[subject.wrapped().length]);
    long payloads;
    try (PreparedStatement bodies =
            connection.prepareStatement(
                "DELETE FROM bodies WHERE id IN (SELECT id FROM payloads WHERE subject = ?)");
        PreparedStatement row =
            connection.prepareStatement(
                "UPDATE subjects SET wrapped = ?, erased_at = ?, digest = ? WHERE id = ?")) {
      bodies.setLong(1, subject.id());
      payloads = bodies.executeUpdate();
      Subject erased = new Subject(subject.id(), subject.pseudonym(), new byte[0]);
      row.setBytes(1, erased.wrapped());
      row.setLong(2, at.toEpochMilli());
      row.setBytes(3, digest(erased, at.toEpochMilli()));
      row.setLong(4, erased.id());
      row.executeUpdate();
    }
    return payloads;
  }

  /** How many payloads of a pseudonym were erased from an instant on. */
  long erasedSince(String pseudonym, Instant since) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT count(*) FROM payloads p JOIN subjects s ON s.id = p.subject"
                + " WHERE s.pseudonym = ? AND s.erased_at >= ?")) {
      query.setString(1, pseudonym);
      query.setLong(2, Math.max(1, since.toEpochMilli()));
      return number(query);
    }
  }

  /** How many payloads of a pseudonym are there. */
  long count(String pseudonym) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT count(*) FROM payloads p JOIN subjects s ON s.id = p.subject"
                + " WHERE s.pseudonym = ? AND s.erased_at = 0")) {
      query.setString(1, pseudonym);
      return number(query);
    }
  }

  /** Commitments to what is there and was put before an instant, in the order it was put. */
  List<byte[]> putBefore(Instant instant) throws SQLException {
    List<byte[]> commitments = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT p.commitment FROM payloads p JOIN subjects s ON s.id = p.subject"
                + " WHERE s.erased_at = 0 AND p.put_at < ? ORDER BY p.id")) {
      query.setLong(1, instant.toEpochMilli());
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          commitments.add(rows.getBytes(1));
        }
      }
    }
    return commitments;
  }

  /** Deletes one payload without a trace, and with the last one of a subject its key. */
  boolean discard(byte[] commitment) throws SQLException {
    Optional<Row> row = find(commitment);
    if (row.isEmpty() || row.get().erasedAt().isPresent()) {
      return false;
    }
    Subject subject = row.get().subject();
    try (PreparedStatement body =
            connection.prepareStatement(
                "DELETE FROM bodies WHERE id = (SELECT id FROM payloads WHERE commitment = ?)");
        PreparedStatement payload =
            connection.prepareStatement("DELETE FROM payloads WHERE commitment = ?");
        PreparedStatement owner =
            connection.prepareStatement("DELETE FROM subjects WHERE id = ?")) {
      body.setBytes(1, commitment);
      body.executeUpdate();
      payload.setBytes(1, commitment);
      payload.executeUpdate();
      if (count(subject.pseudonym()) == 0) {
        // In its own place first, as in erase.
        rewrap(subject, new byte[subject.wrapped().length]);
        owner.setLong(1, subject.id());
        owner.executeUpdate();
      }
    }
    return true;
  }

  /**
   * Moves the log of the database into it and cuts the log to nothing.
   *
   * @return false if somebody was reading in it for as long as this waits
   */
  boolean emptyLog() throws SQLException {
    long began = System.nanoTime();
    // SQLite waits for readers and writers, but not for another process that does the same.
    while (number(connection, "PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
      if (System.nanoTime() - began > BUSY_MILLIS * 1_000_000L) {
        return false;
      }
      LockSupport.parkNanos(10_000_000);
    }
    return true;
  }

  /**
   * Goes on only if the file as a whole is in order. Reads all of it.
   *
   * @throws GovernanceException {@code governance.payloads-damaged}
   */
  void requireOrder() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA integrity_check(1)")) {
      if (!rows.next() || !"ok".equals(rows.getString(1))) {
        throw damaged("SQLite finds it out of order");
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT id, commitment, subject, digest FROM payloads")) {
      while (rows.next()) {
        if (!Arrays.equals(
            rows.getBytes(4), digest(rows.getLong(1), rows.getBytes(2), rows.getLong(3)))) {
          throw damaged("a row of a payload is not as written");
        }
      }
    }
  }

  static GovernanceException damaged(String why) {
    return new GovernanceException(
        "payloads-damaged",
        "the payload store is damaged: " + why,
        "Restore it from a copy; the ledger's proofs hold without it.");
  }

  private long nextId(String table) throws SQLException {
    return number(connection, "SELECT coalesce(max(id), 0) + 1 FROM " + table);
  }

  private static void requireDigest(Subject subject, long erasedAt, byte[] digest) {
    if (!Arrays.equals(digest, digest(subject, erasedAt))) {
      throw damaged("the row of the subject " + subject.pseudonym() + " is not as written");
    }
  }

  private static byte[] digest(Subject subject, long erasedAt) {
    byte[] pseudonym = subject.pseudonym().getBytes(StandardCharsets.UTF_8);
    return digest(
        ByteBuffer.allocate(1 + 8 + 8 + 4 + pseudonym.length + subject.wrapped().length)
            .put((byte) 's')
            .putLong(subject.id())
            .putLong(erasedAt)
            .putInt(pseudonym.length)
            .put(pseudonym)
            .put(subject.wrapped()));
  }

  private static byte[] digest(long id, byte[] commitment, long subject) {
    return digest(
        ByteBuffer.allocate(1 + 8 + 8 + commitment.length)
            .put((byte) 'p')
            .putLong(id)
            .putLong(subject)
            .put(commitment));
  }

  private static byte[] digest(ByteBuffer row) {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(row.array()), CHECK_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static long number(PreparedStatement query) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private PreparedStatement prepare(String query) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(query);
    statements.add(statement);
    return statement;
  }

  private void execute(String command) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(command);
    }
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : statements) {
      statement.close();
    }
    connection.close();
  }
}
