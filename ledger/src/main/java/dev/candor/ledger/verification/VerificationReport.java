package dev.candor.ledger.verification;

import dev.candor.ledger.notes.Checkpoint;
import dev.candor.ledger.notes.VerifierKey;
import java.util.List;
import java.util.Optional;

/**
 * What came out of a verification.
 *
 * @param what {@code ledger}, {@code export} or {@code bundle}
 * @param location where it was
 * @param entries how many were found right, from the first; of a bundle, 1 or 0
 * @param root of the tree of these entries, in hexadecimal digits; of a bundle, of its checkpoint
 * @param checkpoint the signed one that was found
 * @param signedBy keys of the log that signed it
 * @param cosignedBy keys of witnesses that cosigned it, as far as a policy names them
 * @param keysGiven whether the keys came from the caller and not from what was verified
 * @param findings at most 1,000
 * @param moreFindings how many there were beyond
 */
public record VerificationReport(
    String what,
    String location,
    long entries,
    String root,
    Optional<Checkpoint> checkpoint,
    List<VerifierKey> signedBy,
    List<VerifierKey> cosignedBy,
    boolean keysGiven,
    List<Finding> findings,
    long moreFindings) {

  /** A report of what was found. */
  public VerificationReport {
    signedBy = List.copyOf(signedBy);
    cosignedBy = List.copyOf(cosignedBy);
    findings = List.copyOf(findings);
  }

  /** Whether nothing is wrong. */
  public boolean isWell() {
    return moreFindings == 0
        && findings.stream().noneMatch(f -> f.severity() == Finding.Severity.WRONG);
  }
}
