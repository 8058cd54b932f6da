package dev.candor.governance.payloads;

import dev.candor.governance.GovernanceException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a process that writes a payload store. What waits is written in one
 * transaction, so that many threads share the time that a disk takes to make it durable. After an
 * error of SQLite the connection is opened anew: what it thinks of the file is not trusted again.
 */
final class PayloadWriter implements AutoCloseable {

  /** Most that wait. */
  static final int MOST_WAITING = 256;

  /** Most bytes of what waits and of what is being written. */
  static final int MOST_WAITING_BYTES = 64 << 20;

  private final Path file;
  private final Supplier<String> payloadKey;
  private final BlockingQueue<Write<?>> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final Semaphore room = new Semaphore(MOST_WAITING_BYTES, true);
  private final Thread thread = new Thread(this::run, "candor-payloads");
  private final Object ending = new Object();

  private @Nullable PayloadDatabase database;
  private volatile PayloadActivity activity = PayloadActivity.NONE;
  private boolean ended;

  /** What is done with the database. */
  @FunctionalInterface
  interface Action<T> {
    T on(PayloadDatabase database) throws SQLException;
  }

  private enum Kind {
    SHARES_A_TRANSACTION,
    HAS_ITS_OWN,
    ENDS_THE_THREAD
  }

  /** What waits. */
  private static final class Write<T> {

    private final Action<T> action;
    private final Kind kind;
    private final CompletableFuture<T> done = new CompletableFuture<>();
    private Runnable completion = () -> {};

    Write(Action<T> action, Kind kind) {
      this.action = action;
      this.kind = kind;
    }

    /** Its future is done only when what it wrote is durable. */
    void act(PayloadDatabase database) throws SQLException {
      T result = action.on(database);
      completion = () -> done.complete(result);
    }
  }

  /** Opens the store, and starts the thread. */
  static PayloadWriter start(Path file, Supplier<String> payloadKey) throws SQLException {
    PayloadWriter writer =
        new PayloadWriter(file, payloadKey, PayloadDatabase.open(file, payloadKey.get()));
    writer.thread.setDaemon(true);
    writer.thread.start();
    return writer;
  }

  private PayloadWriter(Path file, Supplier<String> payloadKey, PayloadDatabase database) {
    this.file = file;
    this.payloadKey = payloadKey;
    this.database = database;
  }

  /** Does something in a transaction that it may share with others; bytes that it keeps alive. */
  <T> CompletableFuture<T> together(int bytes, Action<T> action) {
    Write<T> write = new Write<>(action, Kind.SHARES_A_TRANSACTION);
    try {
      room.acquire(bytes);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    CompletableFuture<T> done = write.done.whenComplete((result, error) -> room.release(bytes));
    try {
      add(write);
    } catch (GovernanceException e) {
      room.release(bytes);
      throw e;
    }
    return done;
  }

  /** Does something that begins and commits transactions of its own. */
  <T> CompletableFuture<T> alone(Action<T> action) {
    Write<T> write = new Write<>(action, Kind.HAS_ITS_OWN);
    add(write);
    return write.done;
  }

  PayloadActivity activity() {
    return activity;
  }

  private void add(Write<?> write) {
    // Nothing gets behind the one that ends the thread.
    synchronized (ending) {
      if (ended) {
        throw new GovernanceException(
            "payloads-closed", "the payload store " + file + " is closed", "Open it again.");
      }
      try {
        waiting.put(write);
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
  }

  private GovernanceException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new GovernanceException(
        "payloads-interrupted",
        "the thread was interrupted while it waited to write to " + file,
        "Ask again.",
        e);
  }

  private void run() {
    List<Write<?>> writes = new ArrayList<>();
    List<Write<?>> group = new ArrayList<>();
    boolean ends = false;
    while (!ends) {
      writes.clear();
      try {
        writes.add(waiting.take());
      } catch (InterruptedException e) {
        continue; // Nobody interrupts this thread; what waits would be left behind.
      }
      waiting.drainTo(writes);
      for (Write<?> write : writes) {
        if (write.kind == Kind.SHARES_A_TRANSACTION) {
          group.add(write);
          continue;
        }
        writeTogether(group);
        group.clear();
        if (write.kind == Kind.HAS_ITS_OWN) {
          writeAlone(write);
        }
        ends = write.kind == Kind.ENDS_THE_THREAD;
      }
      writeTogether(group);
      group.clear();
    }
    closeDatabase();
  }

  private void writeTogether(List<Write<?>> group) {
    if (group.isEmpty()) {
      return;
    }
    List<Write<?>> good = new ArrayList<>();
    try {
      PayloadDatabase open = open();
      open.begin();
      for (Write<?> write : group) {
        try {
          write.act(open);
          good.add(write);
        } catch (RuntimeException e) {
          write.done.completeExceptionally(e); // This one alone: SQLite had no part in it.
        }
      }
      open.commit();
    } catch (SQLException | RuntimeException | Error e) {
      giveUp(group, e);
      return;
    }
    activity = activity.plus(good.size());
    good.forEach(write -> write.completion.run());
  }

  private void writeAlone(Write<?> write) {
    try {
      PayloadDatabase database = open();
      database.setPatient(true);
      write.act(database);
      database.setPatient(false);
    } catch (SQLException | RuntimeException | Error e) {
      giveUp(List.of(write), e);
      return;
    }
    write.completion.run();
  }

  /** Even out of memory: who waits must not wait for ever. */
  private void giveUp(List<Write<?>> writes, Throwable e) {
    closeDatabase();
    Throwable told = e instanceof SQLException reported ? SqliteErrors.of(file, reported) : e;
    writes.forEach(write -> write.done.completeExceptionally(told));
  }

  private PayloadDatabase open() throws SQLException {
    PayloadDatabase open = database;
    if (open == null) {
      open = PayloadDatabase.open(file, payloadKey.get());
      database = open;
    }
    return open;
  }

  /** Closing rolls back what was not committed. */
  private void closeDatabase() {
    PayloadDatabase open = database;
    database = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        System.getLogger(PayloadWriter.class.getName())
            .log(System.Logger.Level.DEBUG, "closing a payload store failed", e);
      }
    }
  }

  /** Writes what waits, and ends. */
  @Override
  public void close() {
    synchronized (ending) {
      if (ended) {
        return;
      }
      ended = true;
      try {
        waiting.put(new Write<>(open -> true, Kind.ENDS_THE_THREAD));
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
    boolean wasInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        wasInterrupted = true; // The database has to be closed before this returns.
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
