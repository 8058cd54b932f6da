package dev.candor.ledger.entries;

/**
 * That decisions were computed again, and how many came out bit for bit the same.
 *
 * @param from index of the first entry looked at
 * @param to index behind the last
 * @param checked decisions computed again
 * @param equal that came out the same
 * @param different that did not
 * @param impossible that could not be: erased, or made by a model, profile or adapter that is not
 *     here
 * @param by who asked for it
 * @param runtime version of the program
 */
public record ReplayChecked(
    long from,
    long to,
    long checked,
    long equal,
    long different,
    long impossible,
    String by,
    String runtime) {

  /** What entries of this kind begin with. */
  public static final String KIND = "replay-checked";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("from", from)
        .put("to", to)
        .put("checked", checked)
        .put("equal", equal)
        .put("different", different)
        .put("impossible", impossible)
        .put("by", by)
        .put("runtime", runtime)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static ReplayChecked of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ReplayChecked(
        EntryFields.number(entry, "from"),
        EntryFields.number(entry, "to"),
        EntryFields.number(entry, "checked"),
        EntryFields.number(entry, "equal"),
        EntryFields.number(entry, "different"),
        EntryFields.number(entry, "impossible"),
        entry.required("by"),
        entry.required("runtime"));
  }
}
