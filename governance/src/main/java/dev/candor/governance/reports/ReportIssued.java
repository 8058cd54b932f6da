package dev.candor.governance.reports;

import dev.candor.governance.evidence.RecordedText;
import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.entries.EntryFields;
import java.time.Instant;
import java.util.Optional;

/**
 * That a board report was issued, and which bytes it is.
 *
 * @param from first instant of its period
 * @param to first instant behind it
 * @param size of the log that it is about
 * @param root of that log, 64 hexadecimal digits
 * @param report SHA-256 of its file of figures
 * @param html of the document for screens
 * @param pdf of the document for printing, if one was made
 * @param by who issued it
 */
public record ReportIssued(
    Instant from,
    Instant to,
    long size,
    String root,
    String report,
    String html,
    Optional<String> pdf,
    String by) {

  /** What entries of this kind begin with. */
  public static final String KIND = "report-issued";

  /** As it is logged. */
  public Entry entry() {
    return new EntryFields(KIND)
        .put("from", from.toString())
        .put("to", to.toString())
        .put("size", size)
        .put("root", root)
        .put("report", report)
        .put("html", html)
        .put("pdf", pdf)
        .put("by", by)
        .entry();
  }

  /**
   * Reads one.
   *
   * @throws dev.candor.ledger.LedgerException {@code ledger.entry-kind} or {@code
   *     ledger.entry-field}
   * @throws dev.candor.governance.GovernanceException {@code governance.instant-malformed}
   */
  public static ReportIssued of(Entry any) {
    Entry entry = EntryFields.require(any, KIND);
    return new ReportIssued(
        RecordedText.instant("from", entry.required("from")),
        RecordedText.instant("to", entry.required("to")),
        EntryFields.number(entry, "size"),
        entry.required("root"),
        entry.required("report"),
        entry.required("html"),
        entry.value("pdf"),
        entry.required("by"));
  }
}
