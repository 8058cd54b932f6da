package dev.candor.ledger.storage;

import dev.candor.ledger.merkle.TreeHash;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole subtrees that a tree falls into, the largest first: all that is needed to append to it
 * and to give its root. A size with k one-bits has k of them. It is a value: appending gives
 * another.
 */
final class Frontier {

  static final Frontier EMPTY = new Frontier(0, List.of());

  private final long size;
  private final List<byte[]> hashes;

  private Frontier(long size, List<byte[]> hashes) {
    this.size = size;
    this.hashes = hashes;
  }

  /** Leaves of the tree. */
  long size() {
    return size;
  }

  /** With one more leaf. */
  Frontier plus(byte[] leafHash) {
    return plus(0, leafHash);
  }

  /**
   * With one more subtree of 2^level leaves; the size is a multiple of that.
   *
   * @param hash of the subtree, 32 bytes
   */
  Frontier plus(int level, byte[] hash) {
    if ((size & (1L << level) - 1) != 0) {
      throw new IllegalArgumentException(
          "a subtree of level " + level + " does not follow " + size + " leaves");
    }
    List<byte[]> more = new ArrayList<>(hashes);
    byte[] merged = hash;
    for (long bits = size >>> level; (bits & 1) == 1; bits >>>= 1) {
      merged = TreeHash.node(more.removeLast(), merged);
    }
    more.add(merged);
    return new Frontier(size + (1L << level), List.copyOf(more));
  }

  /** The root of the tree, 32 bytes. */
  byte[] root() {
    if (hashes.isEmpty()) {
      return TreeHash.empty();
    }
    byte[] root = hashes.getLast();
    for (int i = hashes.size() - 2; i >= 0; i--) {
      root = TreeHash.node(hashes.get(i), root);
    }
    return root.clone();
  }
}
