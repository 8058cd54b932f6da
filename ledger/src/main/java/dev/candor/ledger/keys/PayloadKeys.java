package dev.candor.ledger.keys;

import dev.candor.ledger.LedgerException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps the keys that payloads are encrypted with: AES-256-GCM under one of the vault's payload
 * keys. What is wrapped begins with a byte 1, the 8 bytes of the payload key's id, and a random
 * nonce of 12 bytes; the ciphertext and its tag of 16 bytes follow. The associated data is {@code
 * candor-wrap/1} and a line feed, the id, and the context that the caller gives.
 *
 * <p>A nonce is random: one payload key may wrap 2^32 keys (NIST SP 800-38D, section 8.3).
 */
final class PayloadKeys {

  static final int ID_BYTES = 8;
  static final int KEY_BYTES = 32;

  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int HEADER_BYTES = 1 + ID_BYTES + NONCE_BYTES;
  private static final byte[] DOMAIN = "candor-wrap/1\n".getBytes(StandardCharsets.US_ASCII);

  /**
   * One of them.
   *
   * @param id random, hexadecimal, 16 digits: ids of two vaults never meet
   * @param bytes 32, which {@link #forget} overwrites
   */
  record PayloadKey(String id, byte[] bytes) {

    static PayloadKey random(SecureRandom random) {
      byte[] id = new byte[ID_BYTES];
      byte[] bytes = new byte[KEY_BYTES];
      random.nextBytes(id);
      random.nextBytes(bytes);
      return new PayloadKey(HexFormat.of().formatHex(id), bytes);
    }

    void forget() {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private PayloadKeys() {}

  /** The id of the payload key that something was wrapped under. */
  static String id(byte[] wrapped) {
    if (wrapped.length < HEADER_BYTES + TAG_BYTES || wrapped[0] != VERSION) {
      throw damaged();
    }
    return HexFormat.of().formatHex(wrapped, 1, 1 + ID_BYTES);
  }

  /** The key of this id. */
  static Optional<PayloadKey> find(List<PayloadKey> keys, String id) {
    return keys.stream().filter(key -> key.id().equals(id)).findFirst();
  }

  static byte[] wrap(PayloadKey key, byte[] dataKey, byte[] context, SecureRandom random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    ByteBuffer wrapped = ByteBuffer.allocate(HEADER_BYTES + dataKey.length + TAG_BYTES);
    wrapped.put(VERSION).put(HexFormat.of().parseHex(key.id())).put(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, context);
      cipher.doFinal(ByteBuffer.wrap(dataKey), wrapped);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
    return wrapped.array();
  }

  static byte[] unwrap(PayloadKey key, byte[] wrapped, byte[] context) {
    byte[] nonce = Arrays.copyOfRange(wrapped, 1 + ID_BYTES, HEADER_BYTES);
    try {
      return cipher(Cipher.DECRYPT_MODE, key, nonce, context)
          .doFinal(wrapped, HEADER_BYTES, wrapped.length - HEADER_BYTES);
    } catch (AEADBadTagException e) {
      throw damaged();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  private static Cipher cipher(int mode, PayloadKey key, byte[] nonce, byte[] context)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(key.bytes(), "AES"),
        new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD(DOMAIN);
    cipher.updateAAD(HexFormat.of().parseHex(key.id()));
    cipher.updateAAD(context);
    return cipher;
  }

  private static LedgerException damaged() {
    return new LedgerException(
        "wrapped-key-damaged",
        "a wrapped key is damaged, or belongs to something else",
        "Restore the file it came from; what it encrypts cannot be read without it.");
  }
}
