package dev.candor.governance.provenance.attestations;

import dev.candor.governance.GovernanceException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;

/**
 * A public key that signatures are verified with.
 *
 * @param key on one of the curves of {@link Curve}
 * @param curve of the key
 */
public record VerificationKey(PublicKey key, Curve curve) {

  private static final String PEM_LABEL = "PUBLIC KEY";

  /** The key, if it is on a curve that is supported. */
  public static VerificationKey of(PublicKey key) {
    return new VerificationKey(key, Curve.of(key));
  }

  /**
   * The key of a PEM file.
   *
   * @throws GovernanceException {@code governance.key-malformed} if there is not exactly one block
   *     {@code PUBLIC KEY} in it, or that holds no key on a curve; {@code
   *     governance.key-unsupported}
   */
  public static VerificationKey parse(byte[] pem) {
    List<Pem> keys =
        Pem.all(pem).stream().filter(block -> block.label().equals(PEM_LABEL)).toList();
    if (keys.size() != 1) {
      throw malformed("there are " + keys.size() + " blocks " + PEM_LABEL + " in it, not one");
    }
    return ofDer(keys.getFirst().der());
  }

  /** The key of a SubjectPublicKeyInfo. */
  static VerificationKey ofDer(byte[] subjectPublicKeyInfo) {
    try {
      return of(
          KeyFactory.getInstance("EC")
              .generatePublic(new X509EncodedKeySpec(subjectPublicKeyInfo)));
    } catch (InvalidKeySpecException e) {
      throw malformed("it holds no key on an elliptic curve");
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has keys on curves", e);
    }
  }

  private static GovernanceException malformed(String why) {
    return new GovernanceException(
        "key-malformed",
        "this is not a public key: " + why,
        "Give a PEM file with one block -----BEGIN PUBLIC KEY-----.");
  }

  /** As a PEM file. */
  public String pem() {
    return new Pem(PEM_LABEL, key.getEncoded()).text();
  }

  /**
   * What bundles call the key: SHA-256 of its PEM file as OpenSSL writes it, 64 lower-case
   * hexadecimal digits.
   */
  public String fingerprint() {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(pem().getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Whether this key has signed these bytes; what is no signature at all has not. */
  public boolean verifies(byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(curve.signatureAlgorithm());
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("the key was made for this", e);
    }
  }
}
