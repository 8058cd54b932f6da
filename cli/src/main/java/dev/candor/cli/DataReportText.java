package dev.candor.cli;

import dev.candor.training.data.DataReport;
import dev.candor.training.data.DataReport.Lengths;
import dev.candor.training.data.Leak;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A report on a data set as a person reads it. */
final class DataReportText {

  private static final int BAR = 30;
  private static final int WIDEST_NAME = 32;
  private static final int MOST_LABELS = 20;
  private static final int MOST_LEAKS = 10;

  private final StringBuilder text = new StringBuilder();

  private DataReportText() {}

  static String of(DataReport report) {
    DataReportText text = new DataReportText();
    text.write(report);
    return text.text.toString();
  }

  private void write(DataReport report) {
    line(
        "%s %s: %d rows, sha256:%s",
        report.name(), report.version(), report.rows(), report.digest());
    Map<String, Integer> splits = new LinkedHashMap<>();
    report
        .splits()
        .forEach((split, rows) ->
            splits.put(split + " (" + report.families().get(split) + " families)", rows));
    section("splits");
    bars(splits, report.rows());
    section(
        "labels: %d, balance %.2f%s",
        report.distinctLabels(),
        report.balance(),
        report.distinctLabels() > MOST_LABELS ? "; the most frequent" : "");
    Map<String, Integer> labels = new LinkedHashMap<>();
    report
        .labels()
        .forEach((label, counts) -> {
          if (labels.size() < MOST_LABELS) {
            labels.put(label, counts.values().stream().mapToInt(Integer::intValue).sum());
          }
        });
    bars(labels, report.rows());
    if (report.largestFamilies().values().stream().anyMatch(rows -> rows > 1)) {
      section("largest families");
      bars(report.largestFamilies(), report.rows());
    }
    section("lengths          least  median    95 %%    most      mean");
    lengths("characters", report.characters());
    lengths("words", report.words());
    section("duplicates");
    line("  exact %d, near %d", report.exactDuplicates(), report.nearDuplicates());
    line("  the same text with another label: %d", report.conflictingLabels());
    if (report.skippedComparisons() > 0) {
      line(
          "  %d comparisons were not made: too many rows are alike in the same way",
          report.skippedComparisons());
    }
    if (!report.missing().isEmpty()) {
      section("missing values");
      bars(report.missing(), report.rows());
    }
    section("looks like personal data, in %d rows", report.personalData().rows());
    line(
        "  e-mail addresses %d, phone numbers %d, account numbers (IBAN) %d",
        report.personalData().emailAddresses(),
        report.personalData().phoneNumbers(),
        report.personalData().accountNumbers());
    leaks(report);
  }

  private void leaks(DataReport report) {
    if (report.isClean()) {
      section("leaks: none");
      return;
    }
    section("LEAKS: %d", report.leaks().size());
    for (Leak leak : report.leaks().stream().limit(MOST_LEAKS).toList()) {
      line(
          "  row %d (%s) %s row %d (%s), similarity %.2f",
          leak.otherRow(),
          leak.otherSplit().key(),
          switch (leak.kind()) {
            case "exact" -> "equals";
            case "near" -> "is nearly";
            default -> "shares a long run of words with";
          },
          leak.row(),
          leak.split().key(),
          leak.similarity());
    }
    if (report.leaks().size() > MOST_LEAKS) {
      line("  and %d more; --json names them", report.leaks().size() - MOST_LEAKS);
    }
  }

  private void lengths(String what, Lengths lengths) {
    line(
        "  %-12s %7d %7d %7d %7d %9.1f",
        what,
        lengths.least(),
        lengths.median(),
        lengths.ninetyFifth(),
        lengths.most(),
        lengths.mean());
  }

  /** A bar for each count; the longest fills the line, and the share is of all rows. */
  private void bars(Map<String, Integer> counts, int rows) {
    int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    int width = counts.keySet().stream().mapToInt(name -> shown(name).length()).max().orElse(1);
    for (Map.Entry<String, Integer> entry : counts.entrySet()) {
      int length = most == 0 ? 0 : (int) Math.ceilDiv((long) entry.getValue() * BAR, most);
      line(
          "  %-" + width + "s %7d  %5.1f %%  %s",
          shown(entry.getKey()),
          entry.getValue(),
          100.0 * entry.getValue() / rows,
          "#".repeat(length));
    }
  }

  /** One line of a label or family, without control characters. */
  private static String shown(String name) {
    String line = name.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= WIDEST_NAME ? line : line.substring(0, WIDEST_NAME - 1) + "…";
  }

  private void section(String format, Object... values) {
    text.append(System.lineSeparator());
    line(format, values);
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values).stripTrailing())
        .append(System.lineSeparator());
  }
}
