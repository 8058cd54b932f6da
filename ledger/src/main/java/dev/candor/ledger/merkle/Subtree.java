package dev.candor.ledger.merkle;

import dev.candor.ledger.LedgerException;

/** The hash of any subtree that a proof needs, from those of whole ones. */
final class Subtree {

  private Subtree() {}

  /**
   * MTH(D[begin:end]) of RFC 6962, section 2.1.
   *
   * @param begin a multiple of the least power of two that is not less than end − begin: so it is
   *     with every subtree of that definition
   */
  static byte[] hash(long begin, long end, HashSource source) {
    long leaves = end - begin;
    int level = Long.numberOfTrailingZeros(leaves);
    byte[] hash = source.hash(level, (end - 1) >>> level);
    for (long rest = leaves & (leaves - 1), at = end - (1L << level); rest != 0; ) {
      level = Long.numberOfTrailingZeros(rest);
      hash = TreeHash.node(source.hash(level, (at - 1) >>> level), hash);
      rest &= rest - 1;
      at -= 1L << level;
    }
    return hash;
  }

  /** The number of leaves of the left side: the largest power of two less than this. */
  static long split(long leaves) {
    return Long.highestOneBit(leaves - 1);
  }

  static LedgerException outside(String field, long value, long least, long most) {
    return new LedgerException(
        "tree-range",
        field + " is " + value + ", allowed are " + least + " to " + most,
        "Ask for what the tree has, or for a checkpoint of a larger one.");
  }
}
