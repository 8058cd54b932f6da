package dev.candor.governance.payloads;

import dev.candor.governance.GovernanceException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The file of a payload store and its tables; docs/reference/payloads.md describes them. */
final class PayloadSchema {

  /** "Cand" in ASCII: what the file is. */
  private static final int APPLICATION = 0x43616e64;

  private static final int VERSION = 2;
  private static final int SMALLEST_PAGE = 512;

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE store (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            payload_key TEXT NOT NULL
          ) STRICT\
          """,
          """
          CREATE TABLE subjects (
            id INTEGER PRIMARY KEY,
            pseudonym TEXT NOT NULL,
            wrapped BLOB NOT NULL,
            erased_at INTEGER NOT NULL,
            digest BLOB NOT NULL
          ) STRICT\
          """,
          "CREATE UNIQUE INDEX living ON subjects (pseudonym) WHERE erased_at = 0",
          """
          CREATE TABLE payloads (
            id INTEGER PRIMARY KEY,
            commitment BLOB NOT NULL UNIQUE,
            subject INTEGER NOT NULL,
            digest BLOB NOT NULL,
            put_at INTEGER NOT NULL DEFAULT 0
          ) STRICT\
          """,
          "CREATE INDEX by_subject ON payloads (subject)",
          "CREATE TABLE bodies (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT");

  private PayloadSchema() {}

  /** Makes an empty file that only its owner can read, if there is none. */
  static void createPrivate(Path file) {
    try {
      long size = Files.exists(file) ? Files.size(file) : 0;
      if (size > 0 && size < SMALLEST_PAGE) {
        throw PayloadDatabase.damaged(
            "it has " + size + " bytes"); // SQLite would take it for an empty one.
      }
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
          "payloads-unwritable",
          "the payload store " + file + " cannot be created: " + e.getMessage(),
          "Make its folder, and make it writable.",
          e);
    }
  }

  /**
   * Makes the tables where they are not there yet, and brings those of version 1 up to this one.
   *
   * @throws GovernanceException {@code governance.payloads-version}
   */
  static void create(Connection connection, String payloadKey, Path file) throws SQLException {
    if (PayloadDatabase.number(connection, "PRAGMA user_version") < VERSION) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("BEGIN IMMEDIATE");
        try {
          if (PayloadDatabase.number(connection, "PRAGMA user_version") == 0) {
            for (String table : TABLES) {
              statement.execute(table);
            }
            statement.execute("INSERT INTO store VALUES (1, '" + payloadKey + "')");
            statement.execute("PRAGMA application_id = " + APPLICATION);
            statement.execute("PRAGMA user_version = " + VERSION);
          } else if (PayloadDatabase.number(connection, "PRAGMA user_version") == 1
              && PayloadDatabase.number(connection, "PRAGMA application_id") == APPLICATION) {
            statement.execute("ALTER TABLE payloads ADD COLUMN put_at INTEGER NOT NULL DEFAULT 0");
            statement.execute("PRAGMA user_version = " + VERSION);
          }
          statement.execute("COMMIT");
        } catch (SQLException e) {
          statement.execute("ROLLBACK");
          throw e;
        }
      }
    }
    long version = PayloadDatabase.number(connection, "PRAGMA user_version");
    long application = PayloadDatabase.number(connection, "PRAGMA application_id");
    if (version != VERSION || application != APPLICATION) {
      throw new GovernanceException(
          "payloads-version",
          "the payload store "
              + file
              + " has the version "
              + version
              + " of the application "
              + Long.toHexString(application)
              + ", known is version "
              + VERSION
              + " of "
              + Long.toHexString(APPLICATION),
          "Open it with the program that made it, or restore it from a copy.");
    }
  }
}
