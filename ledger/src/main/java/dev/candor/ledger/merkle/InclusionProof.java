package dev.candor.ledger.merkle;

import dev.candor.ledger.LedgerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * That a leaf stands at its place in a tree: the audit path of RFC 6962, section 2.1.1.
 *
 * @param index of the leaf, from 0
 * @param size leaves of the tree; only a checkpoint binds it to a root, for the same hashes may
 *     hold for trees of other sizes
 * @param hashes of 32 bytes each, from the leaf's sibling to a child of the root; not copied
 */
public record InclusionProof(long index, long size, List<byte[]> hashes) {

  /**
   * @throws LedgerException {@code ledger.tree-range} if no tree of this size has such a leaf,
   *     {@code ledger.proof-malformed} if there are more than 64 hashes or one has not 32 bytes
   */
  public InclusionProof {
    requireLeaf(index, size);
    hashes = Hashes.checked(hashes);
  }

  /**
   * The proof for a leaf.
   *
   * @throws LedgerException {@code ledger.tree-range} if no tree of this size has such a leaf
   */
  public static InclusionProof of(long index, long size, HashSource source) {
    requireLeaf(index, size);
    List<byte[]> hashes = new ArrayList<>();
    long begin = 0;
    long end = size;
    while (end - begin > 1) {
      long middle = begin + Subtree.split(end - begin);
      if (index < middle) {
        hashes.add(Subtree.hash(middle, end, source));
        end = middle;
      } else {
        hashes.add(Subtree.hash(begin, middle, source));
        begin = middle;
      }
    }
    return new InclusionProof(index, size, hashes.reversed());
  }

  /**
   * Whether the proof binds this leaf to this root (RFC 9162, section 2.1.3.2).
   *
   * @param leafHash {@link TreeHash#leaf} of the entry
   * @param root of the tree of {@link #size} leaves, from where it can be trusted
   */
  public boolean proves(byte[] leafHash, byte[] root) {
    byte[] hash = leafHash;
    long node = index;
    long last = size - 1;
    for (byte[] sibling : hashes) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = TreeHash.node(sibling, hash);
        int levels = Long.numberOfTrailingZeros(node);
        // A last node without a right sibling has been carried up to where it has a left one.
        node >>>= levels;
        last >>>= levels;
      } else {
        hash = TreeHash.node(hash, sibling);
      }
      node >>>= 1;
      last >>>= 1;
    }
    return last == 0 && leafHash.length == TreeHash.BYTES && Arrays.equals(hash, root);
  }

  private static void requireLeaf(long index, long size) {
    if (size < 1) {
      throw Subtree.outside("the size of the tree", size, 1, Long.MAX_VALUE);
    }
    if (index < 0 || index >= size) {
      throw Subtree.outside("the index of the leaf", index, 0, size - 1);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof InclusionProof that
        && index == that.index
        && size == that.size
        && Hashes.equal(hashes, that.hashes);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Long.hashCode(index) + Long.hashCode(size)) + Hashes.hashCode(hashes);
  }

  @Override
  public String toString() {
    return "leaf " + index + " of " + size + " by " + Hashes.text(hashes);
  }
}
