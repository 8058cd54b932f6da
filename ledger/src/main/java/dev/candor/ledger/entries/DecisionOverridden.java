package dev.candor.ledger.entries;

/**
 * That a person put another answer in the place of a decision. The decision itself stays as it was.
 *
 * @param decision which
 * @param by who
 * @param reason commitment to why
 * @param replacement commitment to what holds instead
 */
public record DecisionOverridden(
    String decision, String by, Commitment reason, Commitment replacement) {

  /** What entries of this kind begin with. */
  public static final String KIND = "decision-overridden";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("decision", decision)
        .put("by", by)
        .put("reason", reason.hex())
        .put("replacement", replacement.hex())
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static DecisionOverridden of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new DecisionOverridden(
        entry.required("decision"),
        entry.required("by"),
        EntryFields.commitment(entry, "reason"),
        EntryFields.commitment(entry, "replacement"));
  }
}
