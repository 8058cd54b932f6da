package dev.candor.ledger.entries;

/**
 * That what is kept of a data subject is about to be destroyed. Durable before anything is: what is
 * gone then is gone by an act on record, even if the process ends before {@link SubjectErased}.
 *
 * @param subject the pseudonym
 * @param payloads how many were kept under it then
 * @param by who erases it
 * @param basis why, such as the article of a law
 */
public record SubjectErasureBegun(String subject, long payloads, String by, String basis) {

  /** What entries of this kind begin with. */
  public static final String KIND = "subject-erasure-begun";

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
  public static SubjectErasureBegun of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new SubjectErasureBegun(
        entry.required("subject"),
        EntryFields.number(entry, "payloads"),
        entry.required("by"),
        entry.required("basis"));
  }
}
