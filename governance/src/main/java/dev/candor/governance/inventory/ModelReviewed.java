package dev.candor.governance.inventory;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.util.Optional;

/**
 * That somebody has reviewed a model.
 *
 * @param id of the model
 * @param tuple the very thing that was reviewed
 * @param accepted whether it may be approved; else it goes back to design
 * @param summary what was found, in a sentence
 * @param document SHA-256 of the report on the shelf of evidence, if there is one
 * @param by who reviewed it
 */
public record ModelReviewed(
    String id,
    String tuple,
    boolean accepted,
    String summary,
    Optional<String> document,
    String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "model-reviewed";

  private static final String ACCEPTED = "accepted";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("model-id", id)
        .put("tuple", tuple)
        .put("outcome", accepted ? ACCEPTED : "returned")
        .put("summary", summary)
        .put("document", document)
        .put("by", by)
        .entry();
  }

  /**
   * Reads one. Whatever is not accepted is returned.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   */
  public static ModelReviewed of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ModelReviewed(
        entry.required("model-id"),
        entry.required("tuple"),
        entry.required("outcome").equals(ACCEPTED),
        entry.required("summary"),
        entry.value("document"),
        entry.required("by"));
  }
}
