package dev.candor.ledger.notes;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The kinds of signature that a note can carry here, of those that C2SP signed-note assigns. */
public enum SignatureType {

  /** Ed25519 over the text. */
  ED25519(0x01, "Ed25519", "302a300506032b6570032100", 32, 64),

  /** Ed25519 over a time and the text of a checkpoint: C2SP tlog-cosignature. */
  ED25519_COSIGNATURE(0x04, "Ed25519", "302a300506032b6570032100", 32, 8 + 64),

  /**
   * ML-DSA-44 (FIPS 204) over a time and the origin, size and root of a checkpoint, but not its
   * extension lines: C2SP tlog-cosignature.
   */
  ML_DSA_44(0x06, "ML-DSA-44", "30820532300b060960864801650304031103820521" + "00", 1312, 8 + 2420);

  private final byte code;
  private final String algorithm;
  private final String keyPrefix;
  private final int keyBytes;
  private final int signatureBytes;

  SignatureType(int code, String algorithm, String keyPrefix, int keyBytes, int signatureBytes) {
    this.code = (byte) code;
    this.algorithm = algorithm;
    this.keyPrefix = keyPrefix;
    this.keyBytes = keyBytes;
    this.signatureBytes = signatureBytes;
  }

  /** The byte that stands for it in a verifier key. */
  public byte code() {
    return code;
  }

  /** The name of the algorithm in the JDK. */
  public String algorithm() {
    return algorithm;
  }

  /** Bytes of a public key. */
  public int keyBytes() {
    return keyBytes;
  }

  /** Bytes of a signature, with its time where it has one, without the id of the key. */
  public int signatureBytes() {
    return signatureBytes;
  }

  /** Whether the signature has a time in front and is made of checkpoints alone. */
  public boolean timed() {
    return this != ED25519;
  }

  static Optional<SignatureType> of(byte code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }

  /** The public key as the JDK reads it: X.509 SubjectPublicKeyInfo. */
  byte[] encoded(byte[] key) {
    byte[] prefix = HexFormat.of().parseHex(keyPrefix);
    byte[] encoded = Arrays.copyOf(prefix, prefix.length + keyBytes);
    System.arraycopy(key, 0, encoded, prefix.length, keyBytes);
    return encoded;
  }

  /** The public key out of what {@link #encoded} gives; empty if it is of another kind. */
  Optional<byte[]> raw(byte[] encoded) {
    String hex = HexFormat.of().formatHex(encoded);
    return hex.startsWith(keyPrefix) && encoded.length == keyPrefix.length() / 2 + keyBytes
        ? Optional.of(Arrays.copyOfRange(encoded, keyPrefix.length() / 2, encoded.length))
        : Optional.empty();
  }
}
