package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.MerkleRoot;
import dev.candor.ledger.notes.Checkpoint;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What is known of a ledger before its entries are read, and that they may not fall short of.
 *
 * @param acknowledgement what the file of that name says, or that nothing is known
 * @param checkpoint the one in the file
 * @param least the size that this process has seen itself
 */
record Known(Acknowledgement acknowledgement, Optional<Checkpoint> checkpoint, long least) {

  static Known read(StorageFolder folder) throws IOException {
    return new Known(
        Acknowledgement.read(folder).orElse(Acknowledgement.none()),
        CheckpointFile.read(folder).map(CheckpointFile::checkpoint),
        0);
  }

  Known atLeast(long size) {
    return new Known(acknowledgement, checkpoint, Math.max(least, size));
  }

  /** How many entries have been acknowledged for certain. */
  long size() {
    return Math.max(
        Math.max(least, acknowledgement.size()), checkpoint.map(Checkpoint::size).orElse(0L));
  }

  /** Compares the roots with those of a tree that is large enough. */
  void check(HashTiles tree) {
    check("the file " + Acknowledgement.NAME, acknowledgement.size(), acknowledgement.root(), tree);
    checkpoint.ifPresent(signed -> check("the file " + CheckpointFile.NAME, signed, tree));
  }

  /** Compares the root of a checkpoint with that of a tree that is large enough. */
  static void check(String source, Checkpoint signed, HashTiles tree) {
    check(source, signed.size(), signed.root(), tree);
  }

  private static void check(String source, long size, byte[] root, HashTiles tree) {
    if (!Arrays.equals(MerkleRoot.of(size, tree), root)) {
      throw new LedgerException(
          "other-history",
          source + " names another root of the first " + size + " entries than the entries give",
          "The entries, or that file, are of another ledger or were altered: restore them from a"
              + " copy; candor audit verify says more.");
    }
  }

  /** {@code ledger.truncated}. */
  LedgerException truncated(long size) {
    String source =
        checkpoint.map(Checkpoint::size).orElse(0L) == size()
            ? "the signed checkpoint is of "
            : acknowledgement.size() == size() ? "acknowledged were " : "this process has seen ";
    return new LedgerException(
        "truncated",
        "the ledger has " + size + " entries, but " + source + size() + ": the last are gone",
        "Nothing was changed. Restore the ledger from a copy that has them all; never append to"
            + " this one.");
  }
}
