package dev.candor.governance.loading;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;

/**
 * That the device has seen something that somebody is to look at. Source: OSFI Guideline E-23
 * (2027), Principle 2.1: the inventory is accurate and evergreen.
 *
 * @param finding what, in kebab case
 * @param name of the model as the user calls it
 * @param model as {@link dev.candor.governance.evidence.DigestTuple#model}
 * @param details for people
 * @param by who was at work
 */
public record FindingRaised(String finding, String name, String model, String details, String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "finding-raised";

  /** A model was used, or was to be used, that no record describes. */
  public static final String NOT_IN_INVENTORY = "model-not-in-inventory";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("finding", finding)
        .put("model-name", name)
        .put("model", model)
        .put("details", details)
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static FindingRaised of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new FindingRaised(
        entry.required("finding"),
        entry.required("model-name"),
        entry.required("model"),
        entry.required("details"),
        entry.required("by"));
  }
}
