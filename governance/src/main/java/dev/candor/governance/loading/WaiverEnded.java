package dev.candor.governance.loading;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;

/**
 * That a waiver ends before its time.
 *
 * @param waiver index of the entry that granted it
 * @param id of the model
 * @param tuple what it was granted for
 * @param reason why, in a sentence
 * @param by who ended it
 */
public record WaiverEnded(long waiver, String id, String tuple, String reason, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "waiver-ended";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("waiver", waiver)
        .put("model-id", id)
        .put("tuple", tuple)
        .put("reason", reason)
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static WaiverEnded of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new WaiverEnded(
        EntryFields.number(entry, "waiver"),
        entry.required("model-id"),
        entry.required("tuple"),
        entry.required("reason"),
        entry.required("by"));
  }
}
