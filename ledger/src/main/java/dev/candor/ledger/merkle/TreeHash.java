package dev.candor.ledger.merkle;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hashes of a Merkle tree, RFC 6962, section 2.1, with SHA-256. All take and give 32 bytes,
 * save the data of a leaf, which may have any length.
 */
public final class TreeHash {

  /** Bytes of a hash. */
  public static final int BYTES = 32;

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private TreeHash() {}

  /** Of the tree without leaves: the hash of no bytes. */
  public static byte[] empty() {
    return sha256().digest();
  }

  /** Of a leaf: SHA-256(0x00 || data). */
  public static byte[] leaf(byte[] data) {
    MessageDigest digest = sha256();
    digest.update(LEAF);
    return digest.digest(data);
  }

  /** Of a node: SHA-256(0x01 || left || right). */
  public static byte[] node(byte[] left, byte[] right) {
    MessageDigest digest = sha256();
    digest.update(NODE);
    digest.update(left);
    return digest.digest(right);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
