package dev.candor.governance.evidence;

import dev.candor.governance.Governance;
import dev.candor.governance.GovernanceException;
import dev.candor.governance.access.Action;
import dev.candor.governance.access.Authority;
import dev.candor.governance.access.Principal;
import dev.candor.governance.fairness.ThresholdsCommitted;
import dev.candor.governance.register.EntryIndex;
import dev.candor.ledger.entries.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What people and programs do about evidence: record it. */
public final class EvidenceActs {

  private static final Set<EvidenceKind> MEASURED =
      EnumSet.of(EvidenceKind.BIAS, EvidenceKind.CALIBRATION);

  private final Governance governance;

  /** Acts on the evidence of a device. */
  public EvidenceActs(Governance governance) {
    this.governance = governance;
  }

  /**
   * Records a document of evidence. It and the tuple are durable before the entry names them.
   *
   * @param tuple what it is about
   * @param until when it ends, if it does
   * @param plan index of the entry that committed to thresholds before, if one did
   * @return the index of the entry
   * @throws GovernanceException {@code governance.not-permitted}, {@code
   *     governance.evidence-too-large}; {@code governance.evidence-kind} for an approval, which no
   *     document gives; {@code governance.evidence-expired} if it ends before it begins; {@code
   *     governance.evidence-plan} if that entry commits to no thresholds for the tuple
   */
  public long record(
      Principal by,
      DigestTuple tuple,
      EvidenceKind kind,
      Verdict verdict,
      byte[] document,
      Optional<Instant> until,
      OptionalLong plan) {
    Authority.require(by, Action.RECORD_EVIDENCE);
    if (kind == EvidenceKind.APPROVAL) {
      throw new GovernanceException(
          "evidence-kind",
          "an approval is no document",
          "Approve the model: " + EvidenceKind.APPROVAL.command() + ".");
    }
    requireToCome(until);
    plan.ifPresent(index -> requireCommitment(index, tuple));
    String digest = governance.evidence().put(document);
    String about = governance.evidence().put(tuple.text().getBytes(StandardCharsets.US_ASCII));
    return governance
        .ledger()
        .append(
            new EvidenceRecorded(
                    about, tuple.model(), kind, verdict, digest, until, plan, by.name())
                .entry())
        .index();
  }

  /**
   * Goes on only if evidence that is made now may end then. What takes long to find out asks first.
   *
   * @throws GovernanceException {@code governance.evidence-expired}
   */
  public void requireToCome(Optional<Instant> until) {
    Instant now = governance.clock().instant();
    if (until.isPresent() && !now.isBefore(until.get())) {
      throw new GovernanceException(
          "evidence-expired",
          "the evidence ends at " + until.get() + ", which is not after " + now,
          "Give an end that is to come, or none.");
    }
  }

  /**
   * Goes on only if nobody's word would stand against what a program has measured: what did not
   * pass is measured again, or waived by somebody else.
   *
   * @param verdict of a document that somebody brings
   * @throws GovernanceException {@code governance.evidence-measured}
   */
  public void requireNotMeasured(DigestTuple tuple, EvidenceKind kind, Verdict verdict) {
    governance.ledger().refresh();
    if (verdict != Verdict.PASS || !MEASURED.contains(kind)) {
      return;
    }
    governance.index().places(EntryIndex.key(EvidenceRecorded.KIND, tuple.digest())).stream()
        .map(place -> EvidenceRecorded.of(governance.ledger().entry(place)))
        .filter(it -> it.kind() == kind)
        .reduce((_, later) -> later)
        .filter(it -> it.verdict() != Verdict.PASS)
        .ifPresent(it -> {
          throw new GovernanceException(
              "evidence-measured",
              kind.key() + " of just this was found to be " + it.verdict().key(),
              "Measure it again: "
                  + kind.command()
                  + ". Or let somebody who has not made it waive it: candor evidence waive.");
        });
  }

  /**
   * An entry that names another could never be taken back, and the ledger would be wrong for good.
   */
  private void requireCommitment(long index, DigestTuple tuple) {
    governance.ledger().refresh();
    if (index >= 0 && index < governance.ledger().size()) {
      Entry entry = governance.ledger().entry(index);
      if (entry.kind().equals(ThresholdsCommitted.KIND)
          && ThresholdsCommitted.of(entry).tuple().equals(tuple.digest())) {
        return;
      }
    }
    throw new GovernanceException(
        "evidence-plan",
        "entry " + index + " commits to no thresholds for the tuple " + tuple.digest(),
        "Name the entry that candor bias plan commit wrote for this model, or leave --plan out.");
  }
}
