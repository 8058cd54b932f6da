package dev.candor.governance.payloads;

import dev.candor.governance.GovernanceException;
import dev.candor.ledger.entries.Commitment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM under the key of a subject. The ciphertext begins with a random nonce of 12 bytes;
 * the plaintext is the salt and the bytes; the associated data is {@code candor-payload/1}, the
 * commitment in hexadecimal and the pseudonym, each with a line feed. One subject's key may encrypt
 * 2^32 payloads (NIST SP 800-38D, section 8.3).
 */
final class PayloadCipher {

  static final int KEY_BYTES = 32;

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;

  private final SecureRandom random = new SecureRandom();

  byte[] randomKey() {
    return randomBytes(KEY_BYTES);
  }

  byte[] randomSalt() {
    return randomBytes(Commitment.SALT_BYTES);
  }

  byte[] encrypt(byte[] key, Commitment commitment, String subject, byte[] salt, byte[] bytes) {
    byte[] nonce = randomBytes(NONCE_BYTES);
    byte[] sealed = new byte[NONCE_BYTES + salt.length + bytes.length + TAG_BYTES];
    System.arraycopy(nonce, 0, sealed, 0, NONCE_BYTES);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, commitment, subject);
      int done = cipher.update(salt, 0, salt.length, sealed, NONCE_BYTES);
      cipher.doFinal(bytes, 0, bytes.length, sealed, NONCE_BYTES + done);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
    return sealed;
  }

  Payload decrypt(byte[] key, Commitment commitment, String subject, byte[] sealed) {
    if (sealed.length < NONCE_BYTES + Commitment.SALT_BYTES + TAG_BYTES) {
      throw damaged(commitment);
    }
    try {
      byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, commitment, subject);
      byte[] plain = cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
      ByteBuffer parts = ByteBuffer.wrap(plain);
      byte[] salt = new byte[Commitment.SALT_BYTES];
      parts.get(salt);
      byte[] bytes = new byte[parts.remaining()];
      parts.get(bytes);
      Arrays.fill(plain, (byte) 0);
      if (!commitment.opens(salt, bytes)) {
        throw damaged(commitment);
      }
      return new Payload(salt, bytes);
    } catch (AEADBadTagException e) {
      throw damaged(commitment);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  static GovernanceException damaged(Commitment commitment) {
    return new GovernanceException(
        "payload-damaged",
        "the payload of the commitment " + commitment + " is damaged",
        "Restore the payload store from a copy; the ledger's proofs hold without it.");
  }

  private static Cipher cipher(
      int mode, byte[] key, byte[] nonce, Commitment commitment, String subject)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD(
        ("candor-payload/1\n" + commitment.hex() + "\n" + subject + "\n")
            .getBytes(StandardCharsets.US_ASCII));
    return cipher;
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
