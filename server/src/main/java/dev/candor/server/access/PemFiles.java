package dev.candor.server.access;

import dev.candor.server.ServerException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRL;
import java.security.cert.CRLException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and private keys from PEM files (RFC 7468). */
final class PemFiles {

  private static final long LONGEST = 1 << 20;

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

  private PemFiles() {}

  /**
   * The certificates of a file, in their order.
   *
   * @throws ServerException {@code server.tls-certificate}
   */
  static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> found = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Certificate each :
          factory.generateCertificates(
              new ByteArrayInputStream(text(file).getBytes(StandardCharsets.UTF_8)))) {
        found.add((X509Certificate) each);
      }
    } catch (CertificateException e) {
      throw unusable(file, "holds no X.509 certificates: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw unusable(file, "holds no certificate", new CertificateException());
    }
    return found;
  }

  /**
   * The lists of revoked certificates of a file.
   *
   * @throws ServerException {@code server.tls-revocations}
   */
  static Collection<? extends CRL> revocations(Path file) {
    try {
      Collection<? extends CRL> found =
          CertificateFactory.getInstance("X.509")
              .generateCRLs(
                  new ByteArrayInputStream(text(file).getBytes(StandardCharsets.ISO_8859_1)));
      if (found.isEmpty()) {
        throw new CRLException("it is empty");
      }
      return found;
    } catch (CertificateException | CRLException e) {
      throw new ServerException(
          "tls-revocations",
          file + " holds no list of revoked certificates: " + e.getMessage(),
          "Give a PEM file of certificate revocation lists (RFC 5280).",
          e);
    }
  }

  private static ServerException unusable(Path file, String why, Exception e) {
    return new ServerException(
        "tls-certificate", file + " " + why, "Give a PEM file of certificates.", e);
  }

  /**
   * The private key of a file.
   *
   * @throws ServerException {@code server.tls-key}
   */
  static PrivateKey key(Path file) {
    Matcher pem = KEY.matcher(text(file));
    if (!pem.find()) {
      throw new ServerException(
          "tls-key",
          file + " has no line BEGIN PRIVATE KEY: it is no PKCS#8 key, or it is encrypted",
          "Convert it: openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW.");
    }
    PKCS8EncodedKeySpec spec =
        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        // It is of another algorithm.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new ServerException(
        "tls-key",
        file + " holds a key of none of the algorithms " + String.join(", ", ALGORITHMS),
        "Use a key of one of these.");
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new ServerException(
            "tls-file",
            file + " has more than " + LONGEST + " bytes",
            "Give a PEM file that holds what is needed and nothing else.");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new ServerException(
          "tls-file", file + " cannot be read", "Check the path and its permissions.", e);
    }
  }
}
