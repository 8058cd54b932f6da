package dev.candor.governance.evidence;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * That a document of evidence was recorded. Of several of a kind for a tuple the last one counts.
 *
 * @param tuple {@link DigestTuple#digest} of what it is about; the tuple itself lies on the shelf
 *     under that name
 * @param model the part {@code model} of that tuple
 * @param kind what it is about
 * @param verdict what it comes to
 * @param document SHA-256 of the document, which lies on the shelf
 * @param until when it ends, if it does
 * @param plan index of the entry that committed to thresholds before the run, if one did
 * @param by who recorded it
 */
public record EvidenceRecorded(
    String tuple,
    String model,
    EvidenceKind kind,
    Verdict verdict,
    String document,
    Optional<Instant> until,
    OptionalLong plan,
    String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "evidence-recorded";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("tuple", tuple)
        .put("model", model)
        .put("evidence", kind.key())
        .put("verdict", verdict.key())
        .put("document", document)
        .put("until", until.map(Instant::toString))
        .put("plan", plan)
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   * @throws dev.candor.governance.GovernanceException {@code governance.evidence-kind}, {@code
   *     governance.verdict-unknown} or {@code governance.instant-malformed}
   */
  public static EvidenceRecorded of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new EvidenceRecorded(
        entry.required("tuple"),
        entry.required("model"),
        EvidenceKind.of(entry.required("evidence")),
        Verdict.of(entry.required("verdict")),
        entry.required("document"),
        entry.value("until").map(text -> RecordedText.instant("until", text)),
        EntryFields.optionalNumber(entry, "plan"),
        entry.required("by"));
  }
}
