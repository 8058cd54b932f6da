package dev.candor.engine.kernels;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Threads that live as long as the pool, spin for some tens of microseconds between loops, and then
 * park. Starting a loop costs under a microsecond while they spin.
 *
 * <p>A second caller waits for the first one's loop to end; a task that calls {@link #run} of its
 * own pool does that inner loop alone. Nothing is allocated per loop.
 */
public final class PersistentWorkerPool implements WorkerPool {

  /**
   * Turns of a spinning thread before it parks: about 50 µs. Long enough to bridge the serial parts
   * of a layer, short enough not to hurt other processes when there are fewer cores than threads.
   */
  private static final int SPINS = 2_000;

  /** First iteration of a loop that is over: no count exceeds it. */
  private static final int TAKEN = Integer.MAX_VALUE;

  /** Above this a count of threads is a mistake. */
  private static final int MOST_THREADS = 1_024;

  private final List<Worker> workers;
  private final ReentrantLock turn = new ReentrantLock();

  /**
   * Upper half: number of the loop. Lower half: its first iteration that nobody has taken. A thread
   * that comes late fails to advance it, because the number has changed.
   */
  private final AtomicLong cursor = new AtomicLong();

  /** Iterations of the loop that are done or given up. */
  private final AtomicInteger done = new AtomicInteger();

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  // Written before the cursor announces the loop, so visible to whoever takes a part of it.
  private int count;
  private int grain;
  private @Nullable RangeTask task;

  private volatile @Nullable Thread waiting;
  private volatile boolean closed;

  /**
   * @param threads how many threads work, the caller included: 1 to 1,024
   */
  public PersistentWorkerPool(int threads) {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new IllegalArgumentException(threads + " threads; 1 to " + MOST_THREADS + " can work");
    }
    workers = new ArrayList<>(threads - 1);
    for (int i = 1; i < threads; i++) {
      Worker worker = new Worker("candor-worker-" + i);
      workers.add(worker);
      worker.start();
    }
  }

  /** The processors that this process may use; a container's limit counts. */
  public static int defaultThreads() {
    return Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS);
  }

  @Override
  public int threads() {
    return workers.size() + 1;
  }

  @Override
  public void run(int count, int grain, RangeTask task) {
    if (count < 0 || grain < 1) {
      throw new IllegalArgumentException(count + " iterations in chunks of " + grain);
    }
    if (closed) {
      throw new IllegalStateException("the worker pool is closed");
    }
    if (count <= grain || workers.isEmpty() || isInside()) {
      inChunks(0, count, grain, task);
      return;
    }
    turn.lock();
    try {
      runShared(count, grain, task);
    } finally {
      turn.unlock();
    }
  }

  private boolean isInside() {
    return turn.isHeldByCurrentThread()
        || (Thread.currentThread() instanceof Worker worker && worker.pool() == this);
  }

  private void runShared(int count, int grain, RangeTask task) {
    this.count = count;
    this.grain = grain;
    this.task = task;
    done.setPlain(0);
    failure.setPlain(null);
    long loop = (cursor.getPlain() >>> 32) + 1;
    cursor.set(loop << 32);
    wake((int) Math.min((count - 1L) / grain, workers.size()));
    work(loop);
    awaitOthers(count);
    // Before the fields change: a thread that still looks at this loop must find it taken, whatever
    // the count of the next one.
    cursor.set(loop << 32 | TAKEN);
    this.task = null;
    Throwable thrown = failure.get();
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown != null) {
      throw (RuntimeException) thrown;
    }
  }

  private void wake(int helpers) {
    for (int i = 0; i < helpers; i++) {
      Worker worker = workers.get(i);
      if (worker.parked) {
        LockSupport.unpark(worker);
      }
    }
  }

  /** Takes chunks of the loop until none is left or another loop has begun. */
  private void work(long loop) {
    while (true) {
      long seen = cursor.get();
      if (seen >>> 32 != (loop & 0xFFFF_FFFFL)) {
        return;
      }
      int from = (int) seen;
      int end = count;
      int size = grain;
      RangeTask body = task;
      if (from >= end || body == null) {
        return;
      }
      int to = from + share(end - from, size);
      // Succeeds only if the loop is still the one announced; then the fields read were its own.
      if (!cursor.compareAndSet(seen, seen - from + to)) {
        continue;
      }
      try {
        inChunks(from, to, size, body);
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
        finish(giveUp(loop, end), end);
      }
      finish(to - from, end);
    }
  }

  /**
   * How many iterations a thread takes at a time: its share of what is left, because neighbouring
   * ones read neighbouring memory, which comes faster in one stream; at the end a chunk, so that
   * nobody waits for long. (Polychronopoulos and Kuck, Guided Self-Scheduling, IEEE Transactions on
   * Computers C-36, 1987.)
   */
  private int share(int left, int grain) {
    return Math.min(left, Math.max(grain, left / threads() / grain * grain));
  }

  private static void inChunks(int from, int to, int grain, RangeTask task) {
    for (int at = from; at < to; ) {
      int end = to - at > grain ? at + grain : to;
      task.run(at, end);
      at = end;
    }
  }

  /** Takes all that is left of the loop, so that nobody starts it; returns how much it was. */
  private int giveUp(long loop, int end) {
    long all = loop << 32 | end;
    return end - (int) cursor.getAndSet(all);
  }

  private void finish(int iterations, int end) {
    if (done.addAndGet(iterations) == end) {
      Thread caller = waiting;
      if (caller != null) {
        LockSupport.unpark(caller);
      }
    }
  }

  private void awaitOthers(int count) {
    for (int spins = 0; spins < SPINS; spins++) {
      if (done.get() == count) {
        return;
      }
      Thread.onSpinWait();
    }
    waiting = Thread.currentThread();
    boolean interrupted = false;
    while (done.get() != count) {
      LockSupport.park(this);
      // An interrupt would make park return at once, over and over; it is kept for the caller.
      interrupted |= Thread.interrupted();
    }
    waiting = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the threads; a loop that runs is finished first. */
  @Override
  public void close() {
    turn.lock();
    try {
      closed = true;
    } finally {
      turn.unlock();
    }
    workers.forEach(LockSupport::unpark);
  }

  private final class Worker extends Thread {

    volatile boolean parked;

    Worker(String name) {
      super(name);
      setDaemon(true);
    }

    PersistentWorkerPool pool() {
      return PersistentWorkerPool.this;
    }

    @Override
    public void run() {
      long last = 0;
      while (!closed) {
        long loop = cursor.get() >>> 32;
        if (loop != last) {
          last = loop;
          work(loop);
          continue;
        }
        awaitLoopAfter(loop);
      }
    }

    private void awaitLoopAfter(long last) {
      for (int spins = 0; spins < SPINS; spins++) {
        if (cursor.get() >>> 32 != last) {
          return;
        }
        Thread.onSpinWait();
      }
      parked = true;
      while (cursor.get() >>> 32 == last && !closed) {
        LockSupport.park(PersistentWorkerPool.this);
        // Workers answer to close alone; an interrupt left set would turn parking into spinning.
        Thread.interrupted();
      }
      parked = false;
    }
  }
}
