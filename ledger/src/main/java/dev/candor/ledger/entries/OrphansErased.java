package dev.candor.ledger.entries;

/**
 * That payloads to which no entry commits are deleted: what processes left that ended between a
 * payload and its entry. Durable before it is done.
 *
 * @param payloads how many were found
 * @param by who deletes them
 * @param basis why, such as the article of a law
 */
public record OrphansErased(long payloads, String by, String basis) {

  /** What entries of this kind begin with. */
  public static final String KIND = "orphans-erased";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("payloads", payloads)
        .put("by", by)
        .put("basis", basis)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static OrphansErased of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new OrphansErased(
        EntryFields.number(entry, "payloads"), entry.required("by"), entry.required("basis"));
  }
}
