package dev.candor.ledger.verification;

import dev.candor.ledger.merkle.HashSource;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.merkle.TreeHash;
import java.util.ArrayList;
import java.util.List;

/** The tree of the whole blocks so far: 64 bytes for each 256 entries, whatever they hold. */
final class Blocks {

  private static final int BLOCK_LEVEL = 8;

  /** Level 8 first. */
  private final List<List<byte[]>> levels = new ArrayList<>();

  /** How many leaves they have. */
  long size() {
    return levels.isEmpty() ? 0 : (long) levels.getFirst().size() << BLOCK_LEVEL;
  }

  /** With one more block. */
  void add(byte[] blockHash) {
    add(0, blockHash);
  }

  private void add(int above, byte[] hash) {
    if (levels.size() == above) {
      levels.add(new ArrayList<>());
    }
    List<byte[]> level = levels.get(above);
    level.add(hash);
    if (level.size() % 2 == 0) {
      add(above + 1, TreeHash.node(level.get(level.size() - 2), hash));
    }
  }

  /** The hash of a whole subtree of blocks. */
  byte[] hash(int level, long index) {
    return levels.get(level - BLOCK_LEVEL).get((int) index);
  }

  /** How many whole subtrees there are of 2^level leaves. */
  long count(int level) {
    int above = level - BLOCK_LEVEL;
    return above < levels.size() ? levels.get(above).size() : 0;
  }

  /** The root with the first leaves of one more block. */
  byte[] root(Block block, int leaves) {
    return root(
        leaves,
        (level, index) ->
            level < BLOCK_LEVEL ? block.hash(level, (int) index) : block.hash(BLOCK_LEVEL, 0));
  }

  /** The root with one more whole block of which only the hash is known. */
  byte[] root(byte[] blockHash) {
    return root(Block.WIDTH, (level, index) -> blockHash);
  }

  private byte[] root(int leaves, HashSource block) {
    long first = size();
    return MerkleRoot.of(
        first + leaves,
        (level, index) -> {
          long begin = index << level;
          if (begin + (1L << level) <= first) {
            return hash(level, index);
          }
          if (begin >= first) {
            return block.hash(level, index - (first >>> level));
          }
          // A subtree that the new block completes: everything left of it is there.
          byte[] hash = block.hash(BLOCK_LEVEL, 0);
          for (int l = BLOCK_LEVEL; l < level; l++) {
            hash = TreeHash.node(hash(l, (first >>> l) - 1), hash);
          }
          return hash;
        });
  }
}
