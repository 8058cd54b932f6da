package dev.candor.governance.explanation;

import dev.candor.ledger.entries.Commitment;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;

/**
 * That a decision was explained, as it is logged. What was said is kept under the same key as the
 * decision itself, and erased with it; the entry commits to it.
 *
 * @param decision which
 * @param status what became of the explanation
 * @param method by which reasons were looked for, {@code none} where they were not
 * @param explanation commitment to what was said
 * @param by who asked for it
 * @param runtime version of the program
 */
public record ExplanationIssued(
    String decision,
    Status status,
    String method,
    Commitment explanation,
    String by,
    String runtime) {

  /** The kind of its entry. */
  public static final String KIND = "explanation-issued";

  /** In the place of a method where no reasons were looked for. */
  public static final String NO_METHOD = "none";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("decision", decision)
        .put("status", status.key())
        .put("method", method)
        .put("explanation", explanation.hex())
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
  public static ExplanationIssued of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ExplanationIssued(
        entry.required("decision"),
        Status.of(entry.required("status")),
        entry.required("method"),
        EntryFields.commitment(entry, "explanation"),
        entry.required("by"),
        entry.required("runtime"));
  }
}
