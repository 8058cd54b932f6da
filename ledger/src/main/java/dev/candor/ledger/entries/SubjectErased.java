package dev.candor.ledger.entries;

/**
 * That what was kept of a data subject can no longer be read by anybody. {@link
 * SubjectErasureBegun} comes before it.
 *
 * @param subject the pseudonym
 * @param payloads how many were erased since that entry
 * @param by who erased it
 * @param basis why, such as the article of a law
 */
public record SubjectErased(String subject, long payloads, String by, String basis) {

  /** What entries of this kind begin with. */
  public static final String KIND = "subject-erased";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("subject", subject)
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
  public static SubjectErased of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new SubjectErased(
        entry.required("subject"),
        EntryFields.number(entry, "payloads"),
        entry.required("by"),
        entry.required("basis"));
  }
}
