package dev.candor.ledger.notes;

import dev.candor.ledger.LedgerException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A public key and the name it signs under: what a C2SP vkey says, {@code <name>+<id>+<Base64 of
 * type and key>}.
 *
 * @param name of whom it is, such as {@code example.com/log}: 1 to 255 bytes without spaces and +
 * @param type what its signatures are over
 * @param key the public key's own encoding, without any wrapping; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its content
public record VerifierKey(String name, SignatureType type, byte[] key) {

  /** Most characters of a vkey. */
  private static final int MOST_CHARACTERS = 4096;

  private static final HexFormat HEX = HexFormat.of();

  /**
   * The points of small order of Ed25519, without the sign bit. Under such a key a signature can be
   * made for any text by anyone; the JDK does not refuse them.
   */
  private static final Set<String> SMALL_ORDER =
      Set.of(
          "0000000000000000000000000000000000000000000000000000000000000000",
          "0100000000000000000000000000000000000000000000000000000000000000",
          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

  /**
   * @throws LedgerException {@code ledger.key-malformed} if there is no such name or key
   */
  public VerifierKey {
    if (!NoteText.isName(name)) {
      throw NoteText.malformed(
          "key",
          "its name is not 1 to 255 bytes without spaces, plus signs and control characters");
    }
    if (key.length != type.keyBytes()) {
      throw NoteText.malformed(
          "key",
          "a public key of "
              + type.algorithm()
              + " has "
              + type.keyBytes()
              + " bytes, not "
              + key.length);
    }
    publicKey(type, key);
  }

  /**
   * Reads a vkey.
   *
   * @throws LedgerException {@code ledger.key-malformed} if it is not exactly what {@link #vkey}
   *     gives for some key
   */
  public static VerifierKey parse(String vkey) {
    if (vkey.length() > MOST_CHARACTERS) {
      throw NoteText.malformed(
          "key", "it has " + vkey.length() + " characters, allowed are " + MOST_CHARACTERS);
    }
    String[] parts = vkey.split("\\+", 3);
    if (parts.length != 3) {
      throw NoteText.malformed("key", "it is not a name, an id and a key with + between them");
    }
    byte[] typed =
        NoteText.base64(parts[2])
            .filter(bytes -> bytes.length > 0)
            .orElseThrow(() -> NoteText.malformed("key", "its last part is not Base64"));
    SignatureType type =
        SignatureType.of(typed[0])
            .orElseThrow(() ->
                NoteText.malformed(
                    "key",
                    "its type is 0x" + HEX.toHexDigits(typed[0]) + ", known are 01, 04 and 06"));
    VerifierKey key = new VerifierKey(parts[0], type, Arrays.copyOfRange(typed, 1, typed.length));
    if (!parts[1].equals(HEX.toHexDigits(key.id()))) {
      throw NoteText.malformed("key", "its id is not the one of its name and key");
    }
    return key;
  }

  /**
   * The vkeys of a file, one a line.
   *
   * @param lines of which empty ones are passed over
   * @throws LedgerException {@code ledger.key-malformed} if one is not
   */
  public static List<VerifierKey> parseLines(String lines) {
    return lines.lines().filter(line -> !line.isBlank()).map(VerifierKey::parse).toList();
  }

  /**
   * The key of this name in a JDK's public key.
   *
   * @throws LedgerException {@code ledger.key-malformed} if it is not of the type's algorithm
   */
  public static VerifierKey of(String name, SignatureType type, PublicKey key) {
    byte[] raw =
        Optional.ofNullable(key.getEncoded())
            .flatMap(type::raw)
            .orElseThrow(() ->
                NoteText.malformed(
                    "key", "it is of " + key.getAlgorithm() + ", not of " + type.algorithm()));
    return new VerifierKey(name, type, raw);
  }

  /** What stands for it in signatures: the first 4 bytes of a hash of its name, type and key. */
  public int id() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(NoteText.encode("key", name));
      digest.update((byte) '\n');
      digest.update(type.code());
      return ByteBuffer.wrap(digest.digest(key)).getInt();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** As text, one line. */
  public String vkey() {
    byte[] typed = new byte[1 + key.length];
    typed[0] = type.code();
    System.arraycopy(key, 0, typed, 1, key.length);
    return name + "+" + HEX.toHexDigits(id()) + "+" + NoteText.base64(typed);
  }

  /**
   * Whether this key made the signature of this text. A {@link SignatureType#timed} signature is
   * one of a checkpoint, so of any other text there is none.
   *
   * @param text of the note, in UTF-8, with its last line feed
   * @param signature without the id of the key
   */
  public boolean verifies(byte[] text, byte[] signature) {
    if (signature.length != type.signatureBytes()) {
      return false;
    }
    byte[] message = text;
    byte[] bare = signature;
    if (type.timed()) {
      try {
        Cosignature cosignature = Cosignature.parse(signature);
        message = Cosignature.message(this, cosignature.seconds(), text);
        bare = cosignature.signature();
      } catch (LedgerException e) {
        return false; // No checkpoint, or a time that no clock shows.
      }
    }
    try {
      Signature verification = Signature.getInstance(type.algorithm());
      verification.initVerify(publicKey(type, key));
      verification.update(message);
      return verification.verify(bare);
    } catch (GeneralSecurityException e) {
      return false; // The right length, and still no signature.
    }
  }

  /** Whether both wrap the same public key, whatever their names and what they sign. */
  public boolean sameKeyAs(VerifierKey other) {
    return type.algorithm().equals(other.type.algorithm()) && Arrays.equals(key, other.key);
  }

  private static PublicKey publicKey(SignatureType type, byte[] key) {
    if (type.algorithm().equals("Ed25519")) {
      byte[] unsigned = key.clone();
      unsigned[31] &= 0x7F;
      if (SMALL_ORDER.contains(HEX.formatHex(unsigned))) {
        throw NoteText.malformed("key", "under this Ed25519 key anyone can sign");
      }
    }
    try {
      PublicKey decoded =
          KeyFactory.getInstance(type.algorithm())
              .generatePublic(new X509EncodedKeySpec(type.encoded(key)));
      // Only here does the JDK see whether an Ed25519 key is a point of the curve.
      Signature.getInstance(type.algorithm()).initVerify(decoded);
      return decoded;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("JDK 24 and later have " + type.algorithm(), e);
    } catch (GeneralSecurityException e) {
      throw NoteText.malformed("key", "it is no public key of " + type.algorithm());
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + type.code()) + Arrays.hashCode(key);
  }

  /** Name and id, which tell keys apart for people. */
  @Override
  public String toString() {
    return NoteText.shown(name) + "+" + HEX.toHexDigits(id());
  }
}
