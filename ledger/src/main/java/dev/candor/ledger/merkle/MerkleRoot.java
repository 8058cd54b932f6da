package dev.candor.ledger.merkle;

import dev.candor.ledger.LedgerException;

/** The root of a tree: one hash for all entries and their order. */
public final class MerkleRoot {

  private MerkleRoot() {}

  /**
   * MTH(D[0:size]) of RFC 6962, section 2.1.
   *
   * @param size how many leaves, from the first; with 0 the source is not asked
   * @return 32 bytes
   * @throws LedgerException {@code ledger.tree-range} if the size is negative
   */
  public static byte[] of(long size, HashSource source) {
    if (size < 0) {
      throw Subtree.outside("the size of the tree", size, 0, Long.MAX_VALUE);
    }
    return size == 0 ? TreeHash.empty() : Subtree.hash(0, size, source);
  }
}
