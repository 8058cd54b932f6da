package dev.candor.ledger.entries;

import java.util.Optional;

/**
 * That somebody stops a decision, or all that run: each ends within one token.
 *
 * @param decision which; all that began before if there is none
 * @param by who
 * @param reason commitment to why
 */
public record StopOrdered(Optional<String> decision, String by, Commitment reason) {

  /** What entries of this kind begin with. */
  public static final String KIND = "stop-ordered";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("decision", decision)
        .put("by", by)
        .put("reason", reason.hex())
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static StopOrdered of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new StopOrdered(
        entry.value("decision"), entry.required("by"), EntryFields.commitment(entry, "reason"));
  }
}
