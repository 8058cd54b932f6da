package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;

/** Some records of a strip that follow one another, and where their quants are. */
final class StripRun {

  /**
   * Records at most: a block of K-quants. More of them save a little work and cost the order in
   * which memory is read, because scales are read after the quants.
   */
  static final int RECORDS = 8;

  MemorySegment data = MemorySegment.NULL;

  /** Which record of the strip is the first. */
  int first;

  int count;

  private long at;
  private int step;

  /**
   * @param at of the first record's quants
   * @param step bytes from one record to the next
   */
  void set(MemorySegment data, long at, int step, int first, int count) {
    this.data = data;
    this.at = at;
    this.step = step;
    this.first = first;
    this.count = count;
  }

  /** Where the quants of record k in [0, count) are. */
  long at(int k) {
    return at + (long) k * step;
  }
}
