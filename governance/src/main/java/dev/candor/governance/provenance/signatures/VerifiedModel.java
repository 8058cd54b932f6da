package dev.candor.governance.provenance.signatures;

import dev.candor.governance.provenance.attestations.VerificationKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model that is what somebody has signed.
 *
 * @param subject what the signer called it; nobody relies on it
 * @param rootDigest SHA-256 over the digests of all its files
 * @param resources names to SHA-256, as they were signed
 * @param signer the key that has signed
 * @param certificate whose it is, as its certificate says, if there is one
 * @param ignored what was there and left out
 * @param unsigned files that were there and that nobody has signed; empty unless that was allowed
 * @param warnings links that lead out of the model
 */
public record VerifiedModel(
    String subject,
    String rootDigest,
    Map<String, String> resources,
    VerificationKey signer,
    Optional<String> certificate,
    List<String> ignored,
    List<String> unsigned,
    List<String> warnings) {

  public VerifiedModel {
    ignored = List.copyOf(ignored);
    unsigned = List.copyOf(unsigned);
    warnings = List.copyOf(warnings);
  }
}
