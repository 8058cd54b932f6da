package dev.candor.governance.loading;

import dev.candor.governance.evidence.EvidenceKind;
import dev.candor.governance.evidence.RecordedText;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.time.Instant;

/**
 * That a model may be used without some evidence, for a while.
 *
 * @param id of the model
 * @param tuple the very thing that may be used
 * @param kind what is not asked for
 * @param reason why, in a sentence
 * @param until when it ends
 * @param by who answers for it
 */
public record WaiverGranted(
    String id, String tuple, EvidenceKind kind, String reason, Instant until, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "waiver-granted";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("model-id", id)
        .put("tuple", tuple)
        .put("evidence", kind.key())
        .put("reason", reason)
        .put("until", until.toString())
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   * @throws dev.candor.governance.GovernanceException {@code governance.evidence-kind} or {@code
   *     governance.instant-malformed}
   */
  public static WaiverGranted of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new WaiverGranted(
        entry.required("model-id"),
        entry.required("tuple"),
        EvidenceKind.of(entry.required("evidence")),
        entry.required("reason"),
        RecordedText.instant("until", entry.required("until")),
        entry.required("by"));
  }
}
