package dev.candor.ledger.verification;

import dev.candor.ledger.notes.VerifierKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report for programs: one JSON object of ASCII characters. */
public final class ReportJson {

  private ReportJson() {}

  /** The object, with a line feed behind it. What is absent has no member. */
  public static String of(VerificationReport report) {
    List<String> members = new ArrayList<>();
    members.add("\"well\": " + report.isWell());
    members.add("\"what\": " + text(report.what()));
    members.add("\"location\": " + text(report.location()));
    members.add("\"entries\": " + report.entries());
    if (!report.root().isEmpty()) {
      members.add("\"root\": " + text(report.root()));
    }
    report
        .checkpoint()
        .ifPresent(checkpoint ->
            members.add(
                "\"checkpoint\": {\"origin\": "
                    + text(checkpoint.origin())
                    + ", \"size\": "
                    + checkpoint.size()
                    + "}"));
    members.add("\"signedBy\": " + keys(report.signedBy()));
    members.add("\"cosignedBy\": " + keys(report.cosignedBy()));
    members.add("\"keysGiven\": " + report.keysGiven());
    members.add(
        "\"findings\": ["
            + String.join(",", report.findings().stream().map(f -> "\n    " + finding(f)).toList())
            + "]");
    members.add("\"moreFindings\": " + report.moreFindings());
    return "{\n  " + String.join(",\n  ", members) + "\n}\n";
  }

  private static String finding(Finding finding) {
    List<String> members = new ArrayList<>();
    members.add("\"severity\": " + text(finding.severity().name().toLowerCase(Locale.ROOT)));
    members.add("\"code\": " + text(finding.code()));
    members.add("\"message\": " + text(finding.message()));
    finding.firstEntry().ifPresent(entry -> members.add("\"firstEntry\": " + entry));
    finding.lastEntry().ifPresent(entry -> members.add("\"lastEntry\": " + entry));
    finding.file().ifPresent(file -> members.add("\"file\": " + text(file)));
    finding.offset().ifPresent(offset -> members.add("\"offset\": " + offset));
    return "{" + String.join(", ", members) + "}";
  }

  private static String keys(List<VerifierKey> keys) {
    return "[" + String.join(", ", keys.stream().map(key -> text(key.toString())).toList()) + "]";
  }

  private static String text(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x20 && c <= 0x7E && c != '"' && c != '\\') {
        json.append(c);
      } else {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return json.append('"').toString();
  }
}
