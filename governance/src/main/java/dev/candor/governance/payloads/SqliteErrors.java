package dev.candor.governance.payloads;

import dev.candor.governance.GovernanceException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** What SQLite reports, in the words of this room. */
final class SqliteErrors {

  private SqliteErrors() {}

  static GovernanceException of(Path file, SQLException e) {
    String said = "the payload store " + file;
    return switch (SQLiteErrorCode.getErrorCode(e.getErrorCode() & 0xFF)) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          new GovernanceException(
              "payloads-busy",
              said + " has been locked by another process for 5 seconds",
              "Try again when it is done.",
              e);
      case SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM ->
          new GovernanceException(
              "payloads-unwritable",
              said + " cannot be read or written: " + e.getMessage(),
              "Free space on its disk and make its folder writable.",
              e);
      default ->
          new GovernanceException(
              "payloads-damaged",
              said + " is damaged: " + e.getMessage(),
              "Restore it from a copy; the ledger's proofs hold without it.",
              e);
    };
  }
}
