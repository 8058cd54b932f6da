package dev.candor.governance.provenance.signatures;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.provenance.attestations.VerificationKey;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whom a verifier believes. */
public sealed interface Trust {

  /** Whoever has the private key of this one. */
  record Key(VerificationKey key) implements Trust {}

  /**
   * Whoever has a certificate that one of these vouches for, by whatever chain the bundle brings.
   * Whether it was revoked is not asked: nothing here uses a network.
   *
   * @param roots certificates that are believed as they are
   * @param at when the chain has to be valid
   */
  record Roots(Set<X509Certificate> roots, Instant at) implements Trust {
    public Roots {
      roots = Set.copyOf(roots);
    }
  }

  /**
   * The certificates of a PEM file.
   *
   * @throws GovernanceException {@code governance.certificate-malformed}
   */
  static List<X509Certificate> certificates(byte[] pem) {
    try {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem));
      if (all.isEmpty()) {
        throw malformed();
      }
      return all.stream().map(X509Certificate.class::cast).toList();
    } catch (CertificateException e) {
      throw malformed();
    }
  }

  private static GovernanceException malformed() {
    return new GovernanceException(
        "certificate-malformed",
        "there is no certificate in the file, or one that cannot be read",
        "Give a PEM file with -----BEGIN CERTIFICATE----- lines.");
  }

  /** The key that the signature must be of, by what the bundle says and what is believed. */
  default VerificationKey signer(VerificationMaterial material) {
    return switch (material) {
      case VerificationMaterial.Key(Optional<String> fingerprint) ->
          switch (this) {
            case Key(VerificationKey key) -> same(fingerprint, key);
            case Roots _ -> throw otherMethod("a key", "--key");
          };
      case VerificationMaterial.Certificates(List<X509Certificate> chain) ->
          switch (this) {
            case Key _ -> throw otherMethod("a certificate", "--certificate-roots");
            case Roots(Set<X509Certificate> roots, Instant at) -> vouchedFor(chain, roots, at);
          };
      case VerificationMaterial.Keyless _ ->
          throw new GovernanceException(
              "signature-keyless",
              "the signature is by Sigstore's certificates of minutes, which cannot be verified"
                  + " without its logs",
              "Verify it with 'model_signing verify sigstore' on a machine with a network, or ask"
                  + " for a signature with a key or a certificate.");
    };
  }

  private static VerificationKey same(Optional<String> fingerprint, VerificationKey key) {
    if (fingerprint.isPresent() && !fingerprint.get().equals(key.fingerprint())) {
      throw new GovernanceException(
          "signature-other-key",
          "the signature is of the key "
              + PlainText.shown(fingerprint.get())
              + ", the key that was given is "
              + key.fingerprint(),
          "Give the public key of who has signed.");
    }
    return key;
  }

  private static GovernanceException otherMethod(String what, String option) {
    return new GovernanceException(
        "signature-other-method",
        "the signature is with " + what + ", and something else was given to verify it",
        "Verify it with " + option + ".");
  }

  private static VerificationKey vouchedFor(
      List<X509Certificate> chain, Set<X509Certificate> roots, Instant at) {
    X509Certificate signer = chain.getFirst();
    Set<TrustAnchor> anchors = new HashSet<>();
    roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
    try {
      if (!roots.contains(signer)) {
        // A root may be in the bundle as well; it is believed for being given, not for that.
        CertPath path =
            CertificateFactory.getInstance("X.509")
                .generateCertPath(chain.stream().filter(it -> !roots.contains(it)).toList());
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
      } else {
        signer.checkValidity(Date.from(at));
      }
      if (!maySign(signer)) {
        throw refused("it is not made for signing");
      }
      return VerificationKey.of(signer.getPublicKey());
    } catch (CertPathValidatorException | CertificateException e) {
      throw refused(String.valueOf(e.getMessage()));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK validates chains", e);
    }
  }

  /** By its key usage, or by the extended one for code (as model-signing has it). */
  private static boolean maySign(X509Certificate certificate) throws CertificateParsingException {
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null && usage[0]) {
      return true;
    }
    List<String> extended = certificate.getExtendedKeyUsage();
    return extended != null && extended.contains("1.3.6.1.5.5.7.3.3");
  }

  private static GovernanceException refused(String why) {
    return new GovernanceException(
        "signature-certificate",
        "the certificate of the signer is not believed: " + PlainText.shown(why),
        "Give the roots that vouch for it, or ask for a signature with a valid certificate.");
  }
}
