package dev.candor.ledger.keys;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.notes.SignatureType;
import dev.candor.ledger.notes.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a log says when its keys change: the verifier keys it had, those it has from now on, and
 * signatures of the former over both. Whoever knows the first keys of a log can follow it by these
 * statements to its present ones. The signed text is
 *
 * <pre>
 *   candor-key-rotation/1
 *   old &lt;vkey of the Ed25519 key>
 *   old &lt;vkey of the ML-DSA-44 key>
 *   new &lt;vkey of the Ed25519 key>
 *   new &lt;vkey of the ML-DSA-44 key>
 * </pre>
 *
 * with a line feed after each line. Each old key signs these bytes themselves: Ed25519 by RFC 8032,
 * ML-DSA-44 by FIPS 204 with an empty context. No checkpoint and no message of a cosigner begins
 * with that first line, so that no signature of one kind passes for another.
 *
 * @param before the vkeys up to now
 * @param after the vkeys from now on
 * @param ed25519Signature 64 bytes, by the old Ed25519 key
 * @param mlDsa44Signature 2,420 bytes, by the old ML-DSA-44 key
 */
public record KeyRotation(
    LogVkeys before, LogVkeys after, byte[] ed25519Signature, byte[] mlDsa44Signature) {

  /** The kind of the entry that holds a statement. */
  public static final String KIND = "key-rotated";

  /** SubjectPublicKeyInfo of ML-DSA-44 is this and the raw key. */
  private static final byte[] ML_DSA_44_INFO =
      HexFormat.of().parseHex("30820532300b06096086480165030403110382052100");

  /** The verifier keys of a log, as C2SP signed-note writes them. */
  public record LogVkeys(String ed25519, String mlDsa44) {}

  public KeyRotation {
    ed25519Signature = ed25519Signature.clone();
    mlDsa44Signature = mlDsa44Signature.clone();
  }

  @Override
  public byte[] ed25519Signature() {
    return ed25519Signature.clone();
  }

  @Override
  public byte[] mlDsa44Signature() {
    return mlDsa44Signature.clone();
  }

  /** What the old keys sign. */
  static byte[] text(LogVkeys before, LogVkeys after) {
    return ("candor-key-rotation/1\nold "
            + before.ed25519()
            + "\nold "
            + before.mlDsa44()
            + "\nnew "
            + after.ed25519()
            + "\nnew "
            + after.mlDsa44()
            + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** As it is logged; about 10,000 bytes. */
  public Entry entry() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("old-ed25519", before.ed25519());
    values.put("old-ml-dsa-44", before.mlDsa44());
    values.put("new-ed25519", after.ed25519());
    values.put("new-ml-dsa-44", after.mlDsa44());
    values.put("signature-ed25519", Base64.getEncoder().encodeToString(ed25519Signature));
    values.put("signature-ml-dsa-44", Base64.getEncoder().encodeToString(mlDsa44Signature));
    return new Entry(KIND, values);
  }

  /**
   * Reads what was logged; other values of the entry, such as its time, are passed over. Verifies
   * nothing yet.
   *
   * @throws LedgerException {@code ledger.key-rotation-malformed} if a signature is not base64,
   *     {@code ledger.entry-field} if a value is missing
   */
  public static KeyRotation of(Entry entry) {
    return new KeyRotation(
        new LogVkeys(entry.required("old-ed25519"), entry.required("old-ml-dsa-44")),
        new LogVkeys(entry.required("new-ed25519"), entry.required("new-ml-dsa-44")),
        base64(entry.required("signature-ed25519")),
        base64(entry.required("signature-ml-dsa-44")));
  }

  /**
   * Whether both old keys have signed it. That the old keys are those of the log is for the caller
   * to compare.
   *
   * @throws LedgerException {@code ledger.key-malformed} if a vkey is not one, {@code
   *     ledger.key-rotation-malformed} if it is not of the algorithm of its place
   */
  public boolean isSigned() {
    byte[] text = text(before, after);
    key(after.ed25519(), SignatureType.ED25519);
    key(after.mlDsa44(), SignatureType.ML_DSA_44);
    return key(before.ed25519(), SignatureType.ED25519).verifies(text, ed25519Signature)
        && mlDsa44Verifies(key(before.mlDsa44(), SignatureType.ML_DSA_44), text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyRotation that
        && before.equals(that.before)
        && after.equals(that.after)
        && Arrays.equals(ed25519Signature, that.ed25519Signature)
        && Arrays.equals(mlDsa44Signature, that.mlDsa44Signature);
  }

  @Override
  public int hashCode() {
    return 31 * before.hashCode() + after.hashCode();
  }

  @Override
  public String toString() {
    return "from " + before.ed25519() + " to " + after.ed25519();
  }

  /** A verifier key of ML-DSA-44 itself knows signatures of checkpoints alone. */
  private boolean mlDsa44Verifies(VerifierKey verifier, byte[] text) {
    byte[] raw = verifier.key();
    byte[] encoded = Arrays.copyOf(ML_DSA_44_INFO, ML_DSA_44_INFO.length + raw.length);
    System.arraycopy(raw, 0, encoded, ML_DSA_44_INFO.length, raw.length);
    try {
      PublicKey key =
          KeyFactory.getInstance(LogKeys.ML_DSA_44).generatePublic(new X509EncodedKeySpec(encoded));
      Signature signature = Signature.getInstance(LogKeys.ML_DSA_44);
      signature.initVerify(key);
      signature.update(text);
      return signature.verify(mlDsa44Signature);
    } catch (GeneralSecurityException e) {
      return false; // A signature of the wrong length.
    }
  }

  private static VerifierKey key(String vkey, SignatureType type) {
    VerifierKey key = VerifierKey.parse(vkey);
    if (key.type() != type) {
      throw malformed("a vkey is not of " + type.algorithm());
    }
    return key;
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw malformed("a value is not base64");
    }
  }

  private static LedgerException malformed(String why) {
    return new LedgerException(
        "key-rotation-malformed",
        "a statement of rotated keys is malformed: " + why,
        "The entry was altered or written by another version; candor audit verify says which.");
  }
}
