package dev.candor.governance.fairness;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.evidence.EvidenceRecorded;
import dev.candor.ledger.LedgerException;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.verification.EntryRule;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What evidence by a plan rests on: an earlier entry that commits to thresholds for the same tuple.
 * Thresholds that were set behind a run would be found like this.
 */
public final class CommitmentRule implements EntryRule {

  /** Of each commitment the tuple; looked up alone. */
  private final Map<Long, String> committed = new HashMap<>();

  @Override
  public void check(long index, Entry entry, Problems problems) {
    try {
      switch (entry.kind()) {
        case ThresholdsCommitted.KIND ->
            committed.put(index, ThresholdsCommitted.of(entry).tuple());
        case EvidenceRecorded.KIND -> evidence(EvidenceRecorded.of(entry), problems);
        default -> {}
      }
    } catch (LedgerException | GovernanceException e) {
      problems.wrong("entry-field", String.valueOf(e.getMessage()));
    }
  }

  private void evidence(EvidenceRecorded evidence, Problems problems) {
    OptionalLong plan = evidence.plan();
    if (plan.isPresent() && !evidence.tuple().equals(committed.get(plan.getAsLong()))) {
      problems.wrong(
          "thresholds-not-committed",
          "entry "
              + plan.getAsLong()
              + " commits to no thresholds for the tuple "
              + evidence.tuple()
              + " before");
    }
  }
}
