package dev.candor.governance.confidence;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Principal;
import dev.candor.governance.evidence.DigestTuple;
import dev.candor.governance.evidence.EvidenceActs;
import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.governance.evidence.Verdict;
import dev.candor.governance.register.EntryIndex;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What people do about calibrations: record them as evidence, and go by them. */
public final class CalibrationActs {

  private final Governance governance;

  /** Acts on the calibrations of a device. */
  public CalibrationActs(Governance governance) {
    this.governance = governance;
  }

  /**
   * Records a calibration as evidence, whatever it comes to.
   *
   * @param until when it ends, if it does
   * @return the index of the entry
   */
  public long record(
      Principal by, DigestTuple tuple, Calibration calibration, Optional<Instant> until) {
    return new EvidenceActs(governance)
        .record(
            by,
            tuple,
            EvidenceKind.CALIBRATION,
            calibration.verdict(),
            CalibrationDocument.bytes(calibration),
            until,
            OptionalLong.empty());
  }

  /**
   * The calibrations of just this model that hold, by the question that they are of: SHA-256 of the
   * prompt around the text. Of a question the last one counts, if it passed and has not ended.
   *
   * @param labels in their order
   */
  public Map<String, Calibration> alive(DigestTuple tuple, List<String> labels) {
    Instant now = governance.now();
    Map<String, Calibration> alive = new HashMap<>();
    Set<String> seen = new HashSet<>();
    List<Long> places =
        governance.index().places(EntryIndex.key(EvidenceRecorded.KIND, tuple.digest()));
    for (long place : places.reversed()) {
      EvidenceRecorded evidence = EvidenceRecorded.of(governance.ledger().entry(place));
      if (evidence.kind() == EvidenceKind.CALIBRATION) {
        governance
            .evidence()
            .find(evidence.document())
            .filter(CalibrationDocument::isOne)
            .map(CalibrationDocument::read)
            .filter(it -> it.labels().equals(labels) && seen.add(it.question()))
            .filter(_ ->
                evidence.verdict() == Verdict.PASS
                    && evidence.until().map(now::isBefore).orElse(true))
            .ifPresent(it -> alive.put(it.question(), it));
      }
    }
    return alive;
  }
}
