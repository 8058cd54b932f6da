package dev.candor.governance.provenance.attestations;

import dev.candor.governance.GovernanceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A private key that signs, with the public key that belongs to it.
 *
 * <p>Its file is PKCS#8 in PEM with the public key in it (RFC 5915, field 1), as OpenSSL writes it:
 * the JDK does not compute one from the other.
 */
public final class SigningKey {

  private static final String PEM_LABEL = "PRIVATE KEY";
  private static final byte[] PROBE = "candor-key-pair".getBytes(StandardCharsets.US_ASCII);

  private final PrivateKey key;
  private final VerificationKey publicKey;
  private final byte[] encoded;

  private SigningKey(PrivateKey key, VerificationKey publicKey, byte[] encoded) {
    this.key = key;
    this.publicKey = publicKey;
    this.encoded = encoded;
  }

  /** A new key on P-256, which every verifier of model signatures has to know. */
  public static SigningKey generate() {
    return generate(Curve.P_256);
  }

  /** A new key on a curve. */
  public static SigningKey generate(Curve curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve.standardName()));
      return of(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has the curve " + curve, e);
    }
  }

  /** A pair that somebody else has made, on one of the curves of {@link Curve}. */
  public static SigningKey of(KeyPair pair) {
    return new SigningKey(pair.getPrivate(), VerificationKey.of(pair.getPublic()), encoded(pair));
  }

  /** PKCS#8 with the public key in it: RFC 5958, RFC 5915. */
  private static byte[] encoded(KeyPair pair) {
    List<DerValue> subject = DerValue.all(pair.getPublic().getEncoded()).getFirst().parts();
    int bytes = (((ECPrivateKey) pair.getPrivate()).getParams().getOrder().bitLength() + 7) / 8;
    byte[] scalar = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray();
    byte[] padded = new byte[bytes];
    int length = Math.min(bytes, scalar.length);
    System.arraycopy(scalar, scalar.length - length, padded, bytes - length, length);
    DerValue privateKey =
        DerValue.of(
            DerValue.SEQUENCE,
            new DerValue(DerValue.INTEGER, new byte[] {1}),
            new DerValue(DerValue.OCTET_STRING, padded),
            DerValue.of(DerValue.CONTEXT_1, subject.get(1)));
    Arrays.fill(padded, (byte) 0);
    Arrays.fill(scalar, (byte) 0);
    return DerValue.of(
            DerValue.SEQUENCE,
            new DerValue(DerValue.INTEGER, new byte[] {0}),
            subject.get(0),
            new DerValue(DerValue.OCTET_STRING, privateKey.encoded()))
        .encoded();
  }

  /**
   * The key of a PEM file.
   *
   * @throws GovernanceException {@code governance.key-malformed}, {@code
   *     governance.key-unsupported}; {@code governance.key-encrypted}; {@code
   *     governance.key-without-public} if its file does not hold the public key
   */
  public static SigningKey parse(byte[] pem) {
    List<Pem> blocks = Pem.all(pem);
    if (blocks.stream().anyMatch(block -> block.label().equals("ENCRYPTED PRIVATE KEY"))) {
      throw new GovernanceException(
          "key-encrypted",
          "the private key is under a passphrase, which is not supported",
          "Decrypt it into a file of mode 0600: openssl pkcs8 -in KEY -out PLAIN.");
    }
    List<Pem> keys = blocks.stream().filter(block -> block.label().equals(PEM_LABEL)).toList();
    if (keys.size() != 1) {
      throw DerValue.malformed();
    }
    byte[] der = keys.getFirst().der();
    try {
      PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
      VerificationKey publicKey = publicKey(der);
      SigningKey pair = new SigningKey(key, publicKey, der);
      if (!publicKey.verifies(PROBE, pair.sign(PROBE))) {
        throw DerValue.malformed();
      }
      return pair;
    } catch (GeneralSecurityException e) {
      throw DerValue.malformed();
    }
  }

  private static VerificationKey publicKey(byte[] der) {
    List<DerValue> outer = DerValue.all(der);
    List<DerValue> fields = outer.size() == 1 ? outer.getFirst().parts() : List.of();
    if (fields.size() < 3) {
      throw DerValue.malformed();
    }
    List<DerValue> inner = DerValue.all(fields.get(2).content());
    DerValue point =
        (inner.size() == 1 ? inner.getFirst().parts() : List.<DerValue>of())
            .stream()
                .filter(part -> part.tag() == DerValue.CONTEXT_1)
                .findFirst()
                .orElseThrow(() ->
                    new GovernanceException(
                        "key-without-public",
                        "the file of the private key does not hold the public key",
                        "Let OpenSSL write it anew: openssl pkey -in KEY -out NEW."));
    List<DerValue> bits = point.parts();
    if (bits.size() != 1 || bits.getFirst().tag() != DerValue.BIT_STRING) {
      throw DerValue.malformed();
    }
    return VerificationKey.ofDer(
        DerValue.of(DerValue.SEQUENCE, fields.get(1), bits.getFirst()).encoded());
  }

  /** The public key. */
  public VerificationKey publicKey() {
    return publicKey;
  }

  /** The signature of a message, in DER. */
  public byte[] sign(byte[] message) {
    try {
      Signature signer = Signature.getInstance(publicKey.curve().signatureAlgorithm());
      signer.initSign(key);
      signer.update(message);
      return signer.sign();
    } catch (InvalidKeyException e) {
      throw DerValue.malformed();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("the key was made for this", e);
    }
  }

  /**
   * Writes the key into a new file that only its owner may read, and the public key beside it, with
   * {@code .pub} after the name.
   *
   * @return the file of the public key
   * @throws GovernanceException {@code governance.key-exists} if there is such a file
   */
  public Path write(Path file) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".pub");
    try {
      create(beside, publicKey.pem(), "rw-r--r--");
      try {
        create(file, new Pem(PEM_LABEL, encoded).text(), "rw-------");
      } catch (IOException e) {
        Files.deleteIfExists(beside);
        throw e;
      }
      return beside;
    } catch (FileAlreadyExistsException e) {
      throw new GovernanceException(
          "key-exists",
          "there is already a file " + e.getFile(),
          "Give the new key another name; an old one is never overwritten.");
    }
  }

  private static void create(Path file, String text, String permissions) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
            }
            : new FileAttribute<?>[0];
    try (var channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  /** What it is, and nothing that is secret. */
  @Override
  public String toString() {
    return "SigningKey[" + publicKey.fingerprint() + "]";
  }
}
