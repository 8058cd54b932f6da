package dev.candor.cli.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All comparisons of one model.
 *
 * @param subject the folder or file that was checked
 * @param architecture of the model
 * @param profile the arithmetic: kernel path and threads
 * @param findings in the order they were made
 */
public record CheckReport(
    String subject, String architecture, String profile, List<Finding> findings) {

  public CheckReport {
    findings = List.copyOf(findings);
  }

  /** Whether all comparisons hold; false if there were none. */
  public boolean holds() {
    return !findings.isEmpty() && findings.stream().allMatch(Finding::holds);
  }

  /** On a failure, the first layer or tensor that differs, if the reference has a trace. */
  public Optional<String> firstDifference() {
    return findings.stream().flatMap(finding -> finding.firstDifference().stream()).findFirst();
  }

  /** As the members of a JSON object. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("subject", subject);
    members.put("architecture", architecture);
    members.put("profile", profile);
    members.put("holds", holds());
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("what", finding.what());
      row.put("subject", finding.subject());
      // JSON has no infinity and no NaN: what cannot be measured is null.
      row.put("worst", Double.isFinite(finding.worst()) ? finding.worst() : null);
      row.put("tolerance", finding.tolerance());
      row.put("holds", finding.holds());
      row.put("detail", finding.detail());
      rows.add(row);
    }
    members.put("findings", rows);
    firstDifference().ifPresent(difference -> members.put("firstDifference", difference));
    return members;
  }

  /** As a table for people, a line per comparison. */
  public String table() {
    int whatWidth = width(4, findings.stream().map(Finding::what).toList());
    int subjectWidth = width(2, findings.stream().map(Finding::subject).toList());
    String format = "  %-" + whatWidth + "s  %-" + subjectWidth + "s  %10s  %10s  %-7s  %s%n";
    StringBuilder table = new StringBuilder();
    table.append(String.format("%s: %s, %s%n", subject, architecture, profile));
    table.append(
        String.format(format, "what", "of", "worst", "tolerance", "verdict", "").stripTrailing());
    table.append(System.lineSeparator());
    for (Finding finding : findings) {
      table.append(
          String.format(
                  format,
                  finding.what(),
                  finding.subject(),
                  number(finding.worst()),
                  number(finding.tolerance()),
                  finding.holds() ? "holds" : "FAILS",
                  finding.detail())
              .stripTrailing());
      table.append(System.lineSeparator());
    }
    firstDifference()
        .ifPresent(difference ->
            table.append("first difference: ").append(difference).append(System.lineSeparator()));
    long failed = findings.stream().filter(finding -> !finding.holds()).count();
    table.append(
        failed == 0
            ? "all " + findings.size() + " comparisons hold"
            : failed + " of " + findings.size() + " comparisons FAIL");
    return table.append(System.lineSeparator()).toString();
  }

  private static int width(int least, List<String> texts) {
    return texts.stream().mapToInt(String::length).reduce(least, Math::max);
  }

  private static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      return Long.toString((long) value);
    }
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2e", value) : "not finite";
  }
}
