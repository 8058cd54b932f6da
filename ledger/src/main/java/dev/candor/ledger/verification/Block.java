package dev.candor.ledger.verification;

import dev.candor.ledger.merkle.TilePath;
import dev.candor.ledger.merkle.TreeHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Up to 256 consecutive leaves, and the hashes of the whole subtrees within them. */
final class Block {

  /** Leaves of a whole one. */
  static final int WIDTH = TilePath.WIDTH;

  private final List<List<byte[]>> levels = new ArrayList<>();

  Block(List<byte[]> leaves) {
    levels.add(List.copyOf(leaves));
    while (levels.getLast().size() > 1) {
      List<byte[]> below = levels.getLast();
      List<byte[]> level = new ArrayList<>();
      for (int i = 0; i + 1 < below.size(); i += 2) {
        level.add(TreeHash.node(below.get(i), below.get(i + 1)));
      }
      levels.add(level);
    }
  }

  /** Out of the bytes of a tile, as many hashes as there are whole. */
  static Block ofTile(byte[] bytes) {
    List<byte[]> leaves = new ArrayList<>();
    for (int at = 0; at + TreeHash.BYTES <= bytes.length; at += TreeHash.BYTES) {
      leaves.add(Arrays.copyOfRange(bytes, at, at + TreeHash.BYTES));
    }
    return new Block(leaves);
  }

  int size() {
    return levels.getFirst().size();
  }

  boolean isWhole() {
    return size() == WIDTH;
  }

  byte[] leaf(int index) {
    return levels.getFirst().get(index);
  }

  /** The hash of a whole subtree of 2^level leaves. */
  byte[] hash(int level, int index) {
    return levels.get(level).get(index);
  }

  /** The same leaves up to one. */
  Block first(int leaves) {
    return leaves == size() ? this : new Block(levels.getFirst().subList(0, leaves));
  }

  /** The first leaf that is not the same, or the size of the smaller. */
  int differsAt(Block other) {
    int both = Math.min(size(), other.size());
    for (int i = 0; i < both; i++) {
      if (!Arrays.equals(leaf(i), other.leaf(i))) {
        return i;
      }
    }
    return both;
  }

  /** The bytes of a tile of these leaves. */
  byte[] tile() {
    byte[] bytes = new byte[size() * TreeHash.BYTES];
    for (int i = 0; i < size(); i++) {
      System.arraycopy(leaf(i), 0, bytes, i * TreeHash.BYTES, TreeHash.BYTES);
    }
    return bytes;
  }
}
