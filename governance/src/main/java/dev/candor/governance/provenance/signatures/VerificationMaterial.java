package dev.candor.governance.provenance.signatures;

import dev.candor.engine.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a bundle says of who has signed (section 4.1 of the specification). */
public sealed interface VerificationMaterial {

  /**
   * A key that both sides have.
   *
   * @param fingerprint what the bundle calls it; none in bundles of before version 1.1
   */
  record Key(Optional<String> fingerprint) implements VerificationMaterial {}

  /**
   * A certificate and those that vouch for it.
   *
   * @param chain that of the signer first
   */
  record Certificates(List<X509Certificate> chain) implements VerificationMaterial {
    public Certificates {
      chain = List.copyOf(chain);
      if (chain.isEmpty()) {
        throw SignatureErrors.malformed("x509CertificateChain is empty");
      }
    }
  }

  /** A certificate of minutes from Sigstore, whose log says when it was used. */
  record Keyless() implements VerificationMaterial {}

  /** Reads it. */
  static VerificationMaterial of(JsonObject material) {
    List<String> methods =
        List.of("publicKey", "x509CertificateChain", "certificate").stream()
            .filter(material::has)
            .toList();
    if (methods.size() != 1) {
      throw SignatureErrors.malformed(
          "verificationMaterial has "
              + methods.size()
              + " of publicKey, x509CertificateChain and certificate, not one");
    }
    JsonObject content =
        material
            .object(methods.getFirst())
            .orElseThrow(() -> SignatureErrors.malformed(methods.getFirst() + " is no object"));
    return switch (methods.getFirst()) {
      case "publicKey" -> key(content);
      case "x509CertificateChain" -> certificates(content);
      default -> keyless(material, content);
    };
  }

  private static VerificationMaterial key(JsonObject content) {
    if (content.has("hint") || content.has("rawBytes")) {
      return new Key(content.optionalString("hint"));
    }
    throw SignatureErrors.malformed("publicKey has neither hint nor rawBytes");
  }

  private static VerificationMaterial certificates(JsonObject content) {
    List<X509Certificate> chain = new ArrayList<>();
    for (Object value : content.list("certificates").orElse(List.of())) {
      if (!(value instanceof JsonObject certificate)) {
        throw SignatureErrors.malformed("certificates holds something that is no object");
      }
      chain.add(certificate(certificate.string("rawBytes")));
    }
    return new Certificates(chain);
  }

  private static VerificationMaterial keyless(JsonObject material, JsonObject content) {
    certificate(content.string("rawBytes"));
    if (material.list("tlogEntries").orElse(List.of()).isEmpty()) {
      throw SignatureErrors.malformed("tlogEntries is empty, and the method is sigstore");
    }
    return new Keyless();
  }

  private static X509Certificate certificate(String base64) {
    try {
      byte[] der = Base64.getDecoder().decode(base64);
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (IllegalArgumentException | CertificateException e) {
      throw SignatureErrors.malformed("a certificate cannot be read");
    }
  }

  /** As members of a JSON object. */
  default Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    switch (this) {
      case Key(Optional<String> fingerprint) ->
          members.put("publicKey", Map.of("hint", fingerprint.orElseThrow()));
      case Certificates(List<X509Certificate> chain) ->
          members.put(
              "x509CertificateChain",
              Map.of("certificates", chain.stream().map(VerificationMaterial::rawBytes).toList()));
      case Keyless _ -> throw new IllegalStateException("nothing here signs without a key");
    }
    members.put("tlogEntries", List.of());
    return members;
  }

  private static Map<String, Object> rawBytes(X509Certificate certificate) {
    try {
      return Map.of("rawBytes", Base64.getEncoder().encodeToString(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new AssertionError("it was read from its encoding", e);
    }
  }
}
