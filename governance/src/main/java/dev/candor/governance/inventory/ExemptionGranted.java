package dev.candor.governance.inventory;

import dev.candor.governance.access.Role;
import dev.candor.governance.evidence.RecordedText;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.time.Instant;

/**
 * That a model of negligible risk need not go through review and approval, for a while. Source:
 * OSFI Guideline E-23 (2027), Principle 2.1: exemptions are approved and tracked.
 *
 * @param id of the model
 * @param reason why, in a sentence
 * @param until when it ends
 * @param role in which it was granted
 * @param by who granted it
 */
public record ExemptionGranted(String id, String reason, Instant until, Role role, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "exemption-granted";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("model-id", id)
        .put("reason", reason)
        .put("until", until.toString())
        .put("role", role.key())
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   * @throws dev.candor.governance.GovernanceException {@code governance.instant-malformed} or
   *     {@code governance.role-unknown}
   */
  public static ExemptionGranted of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ExemptionGranted(
        entry.required("model-id"),
        entry.required("reason"),
        RecordedText.instant("until", entry.required("until")),
        Role.of(entry.required("role")),
        entry.required("by"));
  }
}
