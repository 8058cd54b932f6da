package dev.candor.engine.tokenizers;

import java.util.Arrays;

/**
 * A list of merges in order of rank (Sennrich et al. 2016, arXiv 1508.07909), as an open hash table
 * from a pair of ids to its rank and result.
 */
final class PairMerges implements MergeRule {

  private static final long EMPTY = -1;

  private long[] pairs;
  private long[] results;
  private int count;

  /**
   * @param expected about how many merges will come
   */
  PairMerges(int expected) {
    int capacity = Integer.highestOneBit(Math.max(16, expected)) << 2;
    pairs = new long[capacity];
    results = new long[capacity];
    Arrays.fill(pairs, EMPTY);
  }

  /** Adds a merge; a pair that comes again has the later rank. */
  void add(int left, int right, int rank, int merged) {
    if (4L * count >= 3L * pairs.length) {
      grow();
    }
    put((long) left << 32 | right, (long) rank << 32 | merged);
  }

  private void put(long pair, long result) {
    int slot = slot(pair);
    if (pairs[slot] == EMPTY) {
      pairs[slot] = pair;
      count++;
    }
    results[slot] = result;
  }

  private int slot(long pair) {
    int mask = pairs.length - 1;
    long h = pair * 0x9E3779B97F4A7C15L;
    int slot = (int) (h ^ h >>> 32) & mask;
    while (pairs[slot] != EMPTY && pairs[slot] != pair) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldPairs = pairs;
    long[] oldResults = results;
    pairs = new long[2 * oldPairs.length];
    results = new long[2 * oldPairs.length];
    Arrays.fill(pairs, EMPTY);
    count = 0;
    for (int i = 0; i < oldPairs.length; i++) {
      if (oldPairs[i] != EMPTY) {
        put(oldPairs[i], oldResults[i]);
      }
    }
  }

  @Override
  public long candidate(SymbolList symbols, byte[] piece, int left, int right) {
    int a = symbols.id(left);
    int b = symbols.id(right);
    if (a < 0 || b < 0) {
      return NONE;
    }
    int slot = slot((long) a << 32 | b);
    return pairs[slot] == EMPTY ? NONE : results[slot];
  }
}
