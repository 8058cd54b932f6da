package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Entries that wait to be committed. Whoever comes first starts a leader, which commits all that
 * waits at that moment as a group; what comes meanwhile is the next group. Nothing runs while
 * nothing waits. A leader is a virtual thread: nobody interrupts it in the middle of a commit.
 */
final class CommitQueue {

  /** Most entries of a group: two files may share them, but no more. */
  private static final int MOST_GROUPED = Frames.ENTRIES_PER_FILE;

  /** An entry and who waits for it. */
  record Waiting(Entry entry, CompletableFuture<Ledger.Appended> appended) {}

  /** Commits groups. */
  @FunctionalInterface
  interface Committer {

    /**
     * Commits entries, in their order.
     *
     * @param outcomes where to put what tells each of those who wait; run later
     * @throws LedgerException if those without an outcome could not be committed
     */
    void commit(List<Waiting> group, List<Runnable> outcomes);
  }

  private final Committer committer;
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  /** Leaders that have committed and are telling those who waited. */
  private final Set<Thread> telling = new HashSet<>();

  private boolean leading;
  private boolean closed;

  /**
   * @param most entries that may wait
   */
  CommitQueue(Committer committer, int most) {
    this.committer = committer;
    this.most = most;
  }

  /**
   * Lets an entry wait; entries are committed in the order of these calls.
   *
   * @throws LedgerException {@code ledger.queue-full} or {@code ledger.closed}
   */
  CompletableFuture<Ledger.Appended> add(Entry entry) {
    Waiting last = new Waiting(entry, new CompletableFuture<>());
    lock.lock();
    try {
      if (closed) {
        throw new LedgerException("closed", "the ledger is closed", "Open it again.");
      }
      if (waiting.size() == most) {
        throw new LedgerException(
            "queue-full",
            most + " entries wait to be committed, as many as may wait",
            "Wait for some of them; if this lasts, the disk is too slow for what is logged.");
      }
      waiting.add(last);
      if (!leading) {
        leading = true;
        Thread.startVirtualThread(this::lead);
      }
    } finally {
      lock.unlock();
    }
    return last.appended();
  }

  /**
   * Returns when all that waits is committed and told; takes nothing more. What closes it may be
   * one of those who are being told.
   */
  void close() {
    lock.lock();
    try {
      closed = true;
      telling.remove(Thread.currentThread());
      while (leading || !telling.isEmpty()) {
        idle.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private void lead() {
    List<Waiting> group = take(MOST_GROUPED);
    List<Runnable> outcomes = new ArrayList<>();
    try {
      committer.commit(group, outcomes);
    } catch (LedgerException e) {
      fail(group.subList(outcomes.size(), group.size()), outcomes, e);
      fail(take(Integer.MAX_VALUE), outcomes, e);
    } catch (RuntimeException | Error e) {
      fail(group.subList(outcomes.size(), group.size()), outcomes, e);
      throw e;
    } finally {
      // The next leader first: what waits for an outcome may append at once.
      handOver();
      try {
        outcomes.forEach(Runnable::run);
      } finally {
        told();
      }
    }
  }

  private static void fail(List<Waiting> group, List<Runnable> outcomes, Throwable cause) {
    for (Waiting one : group) {
      outcomes.add(() -> one.appended().completeExceptionally(cause));
    }
  }

  private List<Waiting> take(int count) {
    lock.lock();
    try {
      List<Waiting> group = new ArrayList<>();
      while (group.size() < count && !waiting.isEmpty()) {
        group.add(waiting.remove());
      }
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void handOver() {
    lock.lock();
    try {
      telling.add(Thread.currentThread());
      if (waiting.isEmpty()) {
        leading = false;
        idle.signalAll();
      } else {
        Thread.startVirtualThread(this::lead);
      }
    } finally {
      lock.unlock();
    }
  }

  private void told() {
    lock.lock();
    try {
      telling.remove(Thread.currentThread());
      idle.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
