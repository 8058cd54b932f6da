package dev.candor.governance.fairness;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;

/**
 * That somebody has bound themselves to a plan before a model was tested by it. A run by any other
 * plan, with other sets or of another tuple does not count as one by this.
 *
 * @param tuple SHA-256 of the digest tuple that is to be tested
 * @param model the part {@code model} of that tuple
 * @param plan SHA-256 of the plan's file, which lies on the shelf of evidence
 * @param name what the plan calls itself
 * @param sets SHA-256 over its sets, see {@link BiasSets#digest}
 * @param by who did it
 */
public record ThresholdsCommitted(
    String tuple, String model, String plan, String name, String sets, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "thresholds-committed";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("tuple", tuple)
        .put("model", model)
        .put("plan", plan)
        .put("name", name)
        .put("sets", sets)
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static ThresholdsCommitted of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ThresholdsCommitted(
        entry.required("tuple"),
        entry.required("model"),
        entry.required("plan"),
        entry.required("name"),
        entry.required("sets"),
        entry.required("by"));
  }
}
