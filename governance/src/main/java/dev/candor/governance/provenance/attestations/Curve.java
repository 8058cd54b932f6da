package dev.candor.governance.provenance.attestations;

import dev.candor.governance.GovernanceException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Arrays;

/** The curves that keys may be on (FIPS 186-5), each with the hash that belongs to it. */
public enum Curve {
  P_256("secp256r1", "SHA256withECDSA"),
  P_384("secp384r1", "SHA384withECDSA"),
  P_521("secp521r1", "SHA512withECDSA");

  private final String standardName;
  private final String signatureAlgorithm;
  private final ECParameterSpec parameters;

  Curve(String standardName, String signatureAlgorithm) {
    this.standardName = standardName;
    this.signatureAlgorithm = signatureAlgorithm;
    try {
      AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
      named.init(new ECGenParameterSpec(standardName));
      this.parameters = named.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has the curve " + standardName, e);
    }
  }

  /** What SEC 2 calls it, such as {@code secp256r1}. */
  public String standardName() {
    return standardName;
  }

  /** What the JDK calls signatures with it. */
  String signatureAlgorithm() {
    return signatureAlgorithm;
  }

  /**
   * The curve of a key.
   *
   * @throws GovernanceException {@code governance.key-unsupported} if it is on none of these
   */
  public static Curve of(PublicKey key) {
    if (key instanceof ECPublicKey point) {
      ECParameterSpec given = point.getParams();
      return Arrays.stream(values())
          .filter(curve -> curve.is(given))
          .findFirst()
          .orElseThrow(() -> unsupported("is on another curve"));
    }
    throw unsupported("is of the kind " + key.getAlgorithm());
  }

  private boolean is(ECParameterSpec given) {
    return parameters.getCurve().equals(given.getCurve())
        && parameters.getGenerator().equals(given.getGenerator())
        && parameters.getOrder().equals(given.getOrder())
        && parameters.getCofactor() == given.getCofactor();
  }

  private static GovernanceException unsupported(String what) {
    return new GovernanceException(
        "key-unsupported",
        "the key " + what + ", allowed are the curves P-256, P-384 and P-521",
        "Use such a key: candor sign --new-key FILE makes one.");
  }
}
