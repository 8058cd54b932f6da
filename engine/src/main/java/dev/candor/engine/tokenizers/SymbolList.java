package dev.candor.engine.tokenizers;

import java.util.Arrays;

/**
 * The symbols of one piece of text while byte-pair encoding merges them: a doubly linked list in
 * arrays, and a heap of the merges that are possible. Merging n symbols takes O(n log n).
 */
final class SymbolList {

  /** Up to so many symbols, looking at all pairs each time is faster than a heap. */
  private static final int FEW = 24;

  private static final long NONE = MergeRule.NONE;

  private int count;
  private int[] ids = new int[64];
  private int[] starts = new int[64];
  private int[] lengths = new int[64];
  private int[] next = new int[64];
  private int[] previous = new int[64];
  private final long[] candidates = new long[FEW];
  // Rank in the high and position in the low half: the lowest rank, then the leftmost, comes first.
  private long[] heapKeys = new long[64];
  private int[] heapIds = new int[64];
  private int heapSize;

  void clear() {
    count = 0;
  }

  /** Appends a symbol: bytes [start, start + length) of the piece; id −1 if it is no token. */
  void add(int id, int start, int length) {
    if (count == ids.length) {
      int capacity = 2 * count;
      ids = Arrays.copyOf(ids, capacity);
      starts = Arrays.copyOf(starts, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
      next = Arrays.copyOf(next, capacity);
      previous = Arrays.copyOf(previous, capacity);
    }
    ids[count] = id;
    starts[count] = start;
    lengths[count] = length;
    next[count] = -1;
    previous[count] = count - 1;
    if (count > 0) {
      next[count - 1] = count;
    }
    count++;
  }

  /** The first symbol, or −1. */
  int first() {
    return count == 0 ? -1 : 0;
  }

  /** The symbol after this one, or −1. */
  int next(int symbol) {
    return next[symbol];
  }

  int id(int symbol) {
    return ids[symbol];
  }

  int start(int symbol) {
    return starts[symbol];
  }

  int length(int symbol) {
    return lengths[symbol];
  }

  /** Applies the merge of lowest rank, the leftmost of equals, until none is left. */
  void merge(MergeRule rule, byte[] piece) {
    if (count <= FEW) {
      mergeFew(rule, piece);
    } else {
      mergeMany(rule, piece);
    }
  }

  private void mergeFew(MergeRule rule, byte[] piece) {
    for (int i = 0; i < count; i++) {
      candidates[i] = candidate(rule, piece, i);
    }
    while (true) {
      int best = -1;
      long lowest = Long.MAX_VALUE;
      for (int i = first(); i >= 0; i = next[i]) {
        long candidate = candidates[i];
        if (candidate != NONE && candidate >>> 32 < lowest) {
          lowest = candidate >>> 32;
          best = i;
        }
      }
      if (best < 0) {
        return;
      }
      join(best, (int) candidates[best]);
      candidates[best] = candidate(rule, piece, best);
      int left = previous[best];
      if (left >= 0) {
        candidates[left] = candidate(rule, piece, left);
      }
    }
  }

  /** As {@link #merge}, by the heap whatever the number of symbols. */
  void mergeMany(MergeRule rule, byte[] piece) {
    heapSize = 0;
    for (int i = 0; i < count - 1; i++) {
      push(candidate(rule, piece, i), i);
    }
    while (heapSize > 0) {
      int symbol = (int) heapKeys[0];
      int merged = heapIds[0];
      pop();
      // The pair may have changed since it was put there: then its merge gives another token.
      if (lengths[symbol] < 0) {
        continue;
      }
      long candidate = candidate(rule, piece, symbol);
      if (candidate == NONE || (int) candidate != merged) {
        continue;
      }
      join(symbol, merged);
      push(candidate(rule, piece, symbol), symbol);
      int left = previous[symbol];
      if (left >= 0) {
        push(candidate(rule, piece, left), left);
      }
    }
  }

  private long candidate(MergeRule rule, byte[] piece, int left) {
    int right = next[left];
    return right < 0 ? NONE : rule.candidate(this, piece, left, right);
  }

  private void join(int left, int merged) {
    int right = next[left];
    ids[left] = merged;
    lengths[left] += lengths[right];
    lengths[right] = -1;
    next[left] = next[right];
    if (next[left] >= 0) {
      previous[next[left]] = left;
    }
  }

  private void push(long candidate, int symbol) {
    if (candidate == NONE) {
      return;
    }
    if (heapSize == heapKeys.length) {
      heapKeys = Arrays.copyOf(heapKeys, 2 * heapSize);
      heapIds = Arrays.copyOf(heapIds, 2 * heapSize);
    }
    long key = candidate >>> 32 << 32 | symbol;
    int at = heapSize++;
    while (at > 0) {
      int parent = at - 1 >>> 1;
      if (heapKeys[parent] <= key) {
        break;
      }
      heapKeys[at] = heapKeys[parent];
      heapIds[at] = heapIds[parent];
      at = parent;
    }
    heapKeys[at] = key;
    heapIds[at] = (int) candidate;
  }

  private void pop() {
    heapSize--;
    long key = heapKeys[heapSize];
    int id = heapIds[heapSize];
    int at = 0;
    while (2 * at + 1 < heapSize) {
      int child = 2 * at + 1;
      if (child + 1 < heapSize && heapKeys[child + 1] < heapKeys[child]) {
        child++;
      }
      if (heapKeys[child] >= key) {
        break;
      }
      heapKeys[at] = heapKeys[child];
      heapIds[at] = heapIds[child];
      at = child;
    }
    heapKeys[at] = key;
    heapIds[at] = id;
  }
}
