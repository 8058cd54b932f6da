package dev.candor.governance.provenance.signatures;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;

/** Why a signature of a model is refused, said in one way. */
final class SignatureErrors {

  private SignatureErrors() {}

  /** It is not of the form that the specification has. */
  static GovernanceException malformed(String why) {
    return new GovernanceException(
        "signature-malformed",
        "this is not a signature of a model: " + PlainText.shown(why),
        "Give the bundle as its signer wrote it (OpenSSF Model Signing v1.0).");
  }

  /** It names a file that is not below the model. */
  static GovernanceException path(String what, String path) {
    return new GovernanceException(
        "signature-path",
        what + " is '" + PlainText.shown(path) + "', allowed is a path below the model",
        "Do not use this signature: no signer that keeps the specification writes such a path.");
  }

  /** It is of the specification, and not supported here. */
  static GovernanceException unsupported(String what, String given, String supported) {
    return new GovernanceException(
        "signature-unsupported",
        what + " is '" + PlainText.shown(given) + "', supported is " + supported,
        "Ask for a signature with " + supported + ", or verify it with another program.");
  }
}
