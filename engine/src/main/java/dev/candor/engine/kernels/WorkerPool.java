package dev.candor.engine.kernels;

/**
 * Threads that share one loop at a time. The calling thread works too, so a pool of one starts no
 * thread. Results never depend on the number of threads: a task computes each of its outputs
 * wholly.
 */
public interface WorkerPool extends AutoCloseable {

  /** A part of a loop. */
  @FunctionalInterface
  interface RangeTask {
    /** Does the iterations in [from, to). */
    void run(int from, int to);
  }

  /** How many threads work, the caller included. */
  int threads();

  /**
   * Runs iterations [0, count) in chunks of about {@code grain}, and returns when all are done. An
   * exception of a task is thrown here after the others have stopped.
   */
  void run(int count, int grain, RangeTask task);

  @Override
  void close();
}
