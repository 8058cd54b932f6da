package dev.candor.ledger.entries;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What an entry says of something that is kept beside the ledger: it binds to the bytes and tells
 * nothing of them, as long as the salt is not known. SHA-256 of the ASCII characters {@code
 * candor-commitment/1} and a line feed, the 32 bytes of the salt, and the bytes committed to.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Commitment(String hex) {

  /** Bytes of a salt. Random and never used twice: who erases it forgets what was committed to. */
  public static final int SALT_BYTES = 32;

  private static final byte[] DOMAIN = "candor-commitment/1\n".getBytes(StandardCharsets.US_ASCII);

  public Commitment {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not 64 hexadecimal digits: " + hex);
    }
  }

  /** Commits to bytes under a salt of {@link #SALT_BYTES}. */
  public static Commitment to(byte[] salt, byte[] bytes) {
    if (salt.length != SALT_BYTES) {
      throw new IllegalArgumentException("a salt has 32 bytes, not " + salt.length);
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(DOMAIN);
      digest.update(salt);
      return new Commitment(HexFormat.of().formatHex(digest.digest(bytes)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Whether these bytes are what was committed to. */
  public boolean opens(byte[] salt, byte[] bytes) {
    return salt.length == SALT_BYTES && to(salt, bytes).equals(this);
  }

  @Override
  public String toString() {
    return hex;
  }
}
