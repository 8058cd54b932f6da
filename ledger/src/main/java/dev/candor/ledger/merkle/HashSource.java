package dev.candor.ledger.merkle;

/** Where the hashes of a tree are: those of whole subtrees, which no later entry changes. */
@FunctionalInterface
public interface HashSource {

  /**
   * The hash of a whole subtree.
   *
   * @param level 0 for a leaf, k for a subtree of 2^k leaves
   * @param index its place among those of its level, from 0: it covers the leaves index · 2^level
   *     up to (index + 1) · 2^level, exclusive
   * @return 32 bytes
   */
  byte[] hash(int level, long index);
}
