package dev.candor.governance.payloads;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.payloads.PayloadDatabase.Row;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds payloads, one at a time, over a connection of its own: readers do not wait for the writer.
 * It is opened when something is looked for, which most programs never do.
 */
final class PayloadReader implements AutoCloseable {

  private final Path file;
  private final Supplier<String> payloadKey;

  private @Nullable PayloadDatabase database;
  private boolean closed;

  PayloadReader(Path file, Supplier<String> payloadKey) {
    this.file = file;
    this.payloadKey = payloadKey;
  }

  Optional<Row> find(byte[] commitment) {
    return read(database -> database.find(commitment));
  }

  /** Reads something. */
  synchronized <T> T read(PayloadWriter.Action<T> action) {
    if (closed) {
      throw new GovernanceException(
          "payloads-closed", "the payload store " + file + " is closed", "Open it again.");
    }
    try {
      PayloadDatabase open = database;
      if (open == null) {
        open = PayloadDatabase.open(file, payloadKey.get());
        database = open;
      }
      return action.on(open);
    } catch (SQLException e) {
      throw SqliteErrors.of(file, e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    PayloadDatabase open = database;
    database = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        throw SqliteErrors.of(file, e);
      }
    }
  }
}
