package dev.candor.ledger.verification;

import dev.candor.ledger.notes.VerifierKey;
import java.util.List;
import java.util.stream.Collectors;

/** A report for people: lines of printable ASCII. */
public final class ReportText {

  private ReportText() {}

  /** The lines, each with a line feed; the last says whether all is well. */
  public static String of(VerificationReport report) {
    StringBuilder text = new StringBuilder();
    text.append(report.what()).append(' ').append(Shown.text(report.location())).append('\n');
    text.append("entries       ").append(report.entries()).append('\n');
    if (!report.root().isEmpty()) {
      text.append("root          ").append(report.root()).append('\n');
    }
    report
        .checkpoint()
        .ifPresent(checkpoint ->
            text.append("checkpoint    ")
                .append(checkpoint.size())
                .append(" entries of ")
                .append(Shown.text(checkpoint.origin()))
                .append('\n'));
    keys(text, "signed by     ", report.signedBy());
    keys(text, "cosigned by   ", report.cosignedBy());
    for (Finding finding : report.findings()) {
      text.append(finding.severity() == Finding.Severity.WRONG ? "WRONG " : "note  ")
          .append(place(finding))
          .append(Shown.text(finding.message()))
          .append(" (")
          .append(finding.code())
          .append(")\n");
    }
    if (report.moreFindings() > 0) {
      text.append("WRONG ").append(report.moreFindings()).append(" findings more\n");
    }
    return text.append(report.isWell() ? "all is well\n" : "NOT well\n").toString();
  }

  private static void keys(StringBuilder text, String label, List<VerifierKey> keys) {
    if (!keys.isEmpty()) {
      text.append(label)
          .append(
              keys.stream()
                  .map(key -> Shown.text(key.toString()) + " (" + key.type().algorithm() + ")")
                  .collect(Collectors.joining(", ")))
          .append('\n');
    }
  }

  private static String place(Finding finding) {
    StringBuilder place = new StringBuilder();
    if (finding.firstEntry().isPresent()) {
      long first = finding.firstEntry().getAsLong();
      long last = finding.lastEntry().orElse(first);
      place.append(first == last ? "entry " + first : "entries " + first + " to " + last);
    }
    if (finding.file().isPresent()) {
      place.append(place.isEmpty() ? "" : ", ").append(Shown.text(finding.file().get()));
      finding.offset().ifPresent(offset -> place.append(", byte ").append(offset));
    }
    return place.isEmpty() ? "" : place.append(": ").toString();
  }
}
