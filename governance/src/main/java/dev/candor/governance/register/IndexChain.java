package dev.candor.governance.register;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What is kept of the places of a key, so that one that is lost or altered is noticed when they are
 * read: how many, the last, and a digest over all in their order. With no place it is SHA-256 of
 * the key; each place makes it SHA-256 of the digest before and the place in 8 bytes, big-endian.
 *
 * @param last −1 if there is none
 */
@SuppressWarnings("ArrayRecordComponent")
record IndexChain(long count, long last, byte[] digest) {

  static IndexChain empty(String key) {
    return new IndexChain(0, -1, sha256().digest(key.getBytes(StandardCharsets.UTF_8)));
  }

  IndexChain plus(long place) {
    MessageDigest sha256 = sha256();
    sha256.update(digest);
    return new IndexChain(
        count + 1, place, sha256.digest(ByteBuffer.allocate(8).putLong(place).array()));
  }

  boolean same(IndexChain that) {
    return count == that.count && last == that.last && Arrays.equals(digest, that.digest);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
