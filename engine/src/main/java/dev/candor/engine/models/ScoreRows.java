package dev.candor.engine.models;

import java.util.ArrayDeque;

/** Rows for attention scores, as long as somebody ever needed; one per thread that attends. */
final class ScoreRows {

  private static final int SHORTEST = 256;

  private final ArrayDeque<float[]> idle = new ArrayDeque<>();

  /** A row of at least this length, the caller's alone until {@link #giveBack}. */
  float[] take(int length) {
    float[] row;
    synchronized (idle) {
      row = idle.pollLast();
    }
    if (row != null && row.length >= length) {
      return row;
    }
    return new float[rowLength(length)];
  }

  /** Bytes that one thread's row has at last if no longer one is ever needed. */
  static long bytes(int longest) {
    return (long) Float.BYTES * rowLength(longest);
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
