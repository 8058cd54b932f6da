package dev.candor.ledger.merkle;

import dev.candor.ledger.LedgerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * That a tree only grew: the leaves of the smaller one are the first of the larger one. RFC 6962,
 * section 2.1.2.
 *
 * @param from leaves of the smaller tree, at least 1: from no leaf every tree can grow, so there is
 *     nothing to prove
 * @param to leaves of the larger tree
 * @param hashes of 32 bytes each; none if the trees have the same size; not copied
 */
public record ConsistencyProof(long from, long to, List<byte[]> hashes) {

  /**
   * @throws LedgerException {@code ledger.tree-range} if from is less than 1 or more than to,
   *     {@code ledger.proof-malformed} if there are more than 64 hashes or one has not 32 bytes
   */
  public ConsistencyProof {
    requireGrowth(from, to);
    hashes = Hashes.checked(hashes);
  }

  /**
   * The proof between two sizes.
   *
   * @throws LedgerException {@code ledger.tree-range} if from is less than 1 or more than to
   */
  public static ConsistencyProof of(long from, long to, HashSource source) {
    requireGrowth(from, to);
    List<byte[]> hashes = new ArrayList<>();
    long begin = 0;
    long end = to;
    while (end != from) {
      long middle = begin + Subtree.split(end - begin);
      if (from <= middle) {
        hashes.add(Subtree.hash(middle, end, source));
        end = middle;
      } else {
        hashes.add(Subtree.hash(begin, middle, source));
        begin = middle;
      }
    }
    if (begin != 0) {
      // The verifier knows the root of the smaller tree, but not this part of it.
      hashes.add(Subtree.hash(begin, end, source));
    }
    return new ConsistencyProof(from, to, hashes.reversed());
  }

  /** Whether the proof binds these two roots to one history (RFC 9162, section 2.1.4.2). */
  public boolean proves(byte[] fromRoot, byte[] toRoot) {
    if (from == to) {
      return hashes.isEmpty() && Arrays.equals(fromRoot, toRoot);
    }
    int levels = Long.numberOfTrailingZeros(from);
    long node = (from - 1) >>> levels;
    long last = (to - 1) >>> levels;
    boolean whole = node == 0;
    if (hashes.isEmpty() && !whole) {
      return false;
    }
    byte[] seed = whole ? fromRoot : hashes.getFirst();
    byte[] small = seed;
    byte[] large = seed;
    for (byte[] hash : hashes.subList(whole ? 0 : 1, hashes.size())) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        small = TreeHash.node(hash, small);
        large = TreeHash.node(hash, large);
        int without = Long.numberOfTrailingZeros(node);
        node >>>= without;
        last >>>= without;
      } else {
        large = TreeHash.node(large, hash);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 && Arrays.equals(small, fromRoot) && Arrays.equals(large, toRoot);
  }

  private static void requireGrowth(long from, long to) {
    if (from < 1) {
      throw Subtree.outside("the size of the smaller tree", from, 1, Long.MAX_VALUE);
    }
    if (to < from) {
      throw Subtree.outside("the size of the larger tree", to, from, Long.MAX_VALUE);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConsistencyProof that
        && from == that.from
        && to == that.to
        && Hashes.equal(hashes, that.hashes);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Long.hashCode(from) + Long.hashCode(to)) + Hashes.hashCode(hashes);
  }

  @Override
  public String toString() {
    return "from " + from + " to " + to + " by " + Hashes.text(hashes);
  }
}
