package dev.candor.ledger.merkle;

import dev.candor.ledger.LedgerException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What proofs need of lists of hashes: records compare arrays by identity. */
final class Hashes {

  /**
   * Most hashes of a proof: a tree of 2^63 − 1 leaves has 63 levels, and one more for its split.
   */
  static final int MOST = 64;

  private Hashes() {}

  static List<byte[]> checked(List<byte[]> hashes) {
    if (hashes.size() > MOST) {
      throw new LedgerException(
          "proof-malformed",
          "a proof has " + hashes.size() + " hashes, allowed are " + MOST,
          "Take the proof again from the log.");
    }
    for (byte[] hash : hashes) {
      if (hash.length != TreeHash.BYTES) {
        throw new LedgerException(
            "proof-malformed",
            "a hash of a proof has " + hash.length + " bytes, not " + TreeHash.BYTES,
            "Take the proof again from the log.");
      }
    }
    return List.copyOf(hashes);
  }

  static boolean equal(List<byte[]> one, List<byte[]> other) {
    return Arrays.deepEquals(one.toArray(), other.toArray());
  }

  static int hashCode(List<byte[]> hashes) {
    return Arrays.deepHashCode(hashes.toArray());
  }

  static String text(List<byte[]> hashes) {
    return hashes.stream().map(HexFormat.of()::formatHex).toList().toString();
  }
}
