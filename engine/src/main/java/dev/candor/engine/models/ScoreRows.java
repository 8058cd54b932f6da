package dev.candor.engine.models;

import java.util.ArrayDeque;

/** Room for attention scores, as much as somebody ever needed; one per thread that attends. */
final class ScoreRows {

  private static final int SHORTEST = 256;

  private final ArrayDeque<float[]> idle = new ArrayDeque<>();

  /** From one query's scores to the next: each has a margin on both sides. */
  static int stride(int visible) {
    return visible + 2 * KeyValueCache.MARGIN;
  }

  /**
   * Room for the scores of some queries with up to so many keys, {@link #stride} apart; the
   * caller's alone until {@link #giveBack}.
   */
  float[] take(int queries, int visible) {
    int length = Math.multiplyExact(queries, stride(visible));
    float[] row;
    synchronized (idle) {
      row = idle.pollLast();
    }
    if (row != null && row.length >= length) {
      return row;
    }
    return new float[rowLength(length)];
  }

  /** Bytes that one thread's room has at last if no larger one is ever needed. */
  static long bytes(int queries, int visible) {
    return (long) Float.BYTES * rowLength(Math.multiplyExact(queries, stride(visible)));
  }

  /** Lengths grow with each token of a sequence: doubling keeps new rows rare. */
  private static int rowLength(int length) {
    return Math.max(SHORTEST, Integer.highestOneBit(length) * 2);
  }

  void giveBack(float[] row) {
    synchronized (idle) {
      idle.addLast(row);
    }
  }
}
