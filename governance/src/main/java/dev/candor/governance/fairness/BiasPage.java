package dev.candor.governance.fairness;

import dev.candor.governance.evidence.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report as one HTML page that needs nothing beside it: no script, no font, no network. */
public final class BiasPage {

  private static final int LEFT = 180;
  private static final int WIDTH = 340;
  private static final int LINE = 24;

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1b1b1b; --soft: #5c5c5c; --line: #cfcfcf; --page: #fff;
        --point: #1f5fa8; --pass: #1d6b35; --fail: #a3231f; --open: #7a5200; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --soft: #a8a8a8; --line: #444;
        --page: #161616; --point: #7db4f0; --pass: #7fcf97; --fail: #f09a94; --open: #e5bd6a; } }
      body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
        max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
      h1, h2 { line-height: 1.25; } h2 { margin-top: 2.5rem; }
      .pass { color: var(--pass); } .fail { color: var(--fail); } .insufficient-data { color: var(--open); }
      .verdict { font-weight: 700; } .soft { color: var(--soft); }
      .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .9rem; width: 100%; }
      th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0;
        border-bottom: 1px solid var(--line); }
      td { overflow-wrap: anywhere; } .figures td { overflow-wrap: normal; }
      th { color: var(--soft); font-weight: 600; }
      .figures td { min-width: 5.5rem; }
      svg { width: 100%; max-width: 46rem; height: auto; margin: .5rem 0 1rem; font: 13px system-ui, sans-serif; }
      svg text { fill: var(--ink); } svg .axis { stroke: var(--line); } svg .axis-text { fill: var(--soft); }
      svg .interval { stroke: var(--point); stroke-width: 2; } svg .point { fill: var(--point); }
      svg .limit { stroke: var(--fail); stroke-dasharray: 4 3; }
      @media print { body { max-width: none; padding: 0; } h2, svg, tr { break-inside: avoid; } }
      """;

  private final BiasReport report;

  public BiasPage(BiasReport report) {
    this.report = report;
  }

  /** The page. */
  public String html() {
    StringBuilder page = new StringBuilder();
    Verdict verdict = report.result().verdict();
    page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.append("<title>Test for bias</title>\n<style>\n").append(STYLE).append("</style>\n");
    page.append("</head>\n<body>\n<h1>Test for bias</h1>\n<p>").append(badge(verdict));
    page.append(' ').append(escaped(BiasReport.words(verdict))).append("</p>\n<table>\n");
    report
        .facts()
        .forEach((name, value) ->
            page.append("<tr><th scope=\"row\">")
                .append(escaped(name))
                .append("</th><td>")
                .append(escaped(value))
                .append("</td></tr>\n"));
    page.append("</table>\n<p class=\"soft\">")
        .append(escaped(BiasReport.CAUTION))
        .append("</p>\n");
    report.result().tests().forEach(outcome -> test(page, outcome));
    return page.append("</body>\n</html>\n").toString();
  }

  private static void test(StringBuilder page, TestOutcome outcome) {
    page.append("<h2>").append(escaped(outcome.test().id())).append(": ");
    page.append(badge(outcome.verdict())).append("</h2>\n<p>");
    page.append(escaped(BiasReport.words(outcome))).append("</p>\n");
    Map<String, List<GroupMeasurement>> views = new LinkedHashMap<>();
    for (GroupMeasurement group : outcome.groups()) {
      views.computeIfAbsent(group.view(), _ -> new ArrayList<>()).add(group);
    }
    views.forEach((view, groups) -> picture(page, outcome.test(), view, groups));
    page.append("<h3>Limits</h3>\n");
    table(
        page,
        List.of(
            "view", "metric", "estimate", "interval", "Holm p", "fewest rows", "limit", "verdict"),
        outcome.findings().stream().flatMap(it -> BiasReport.cells(it).stream()).toList());
    page.append("<h3>Counts</h3>\n");
    table(
        page,
        List.of("view", "group", "rows", "counts", "measure", "share", "interval", "Holm p"),
        outcome.groups().stream().map(BiasReport::cells).toList());
  }

  private static void table(StringBuilder page, List<String> heads, List<List<String>> rows) {
    page.append("<div class=\"wide\"><table class=\"figures\">\n<tr>");
    heads.forEach(head -> page.append("<th scope=\"col\">").append(escaped(head)).append("</th>"));
    page.append("</tr>\n");
    for (List<String> row : rows) {
      page.append("<tr>");
      row.forEach(cell -> page.append("<td>").append(escaped(cell)).append("</td>"));
      page.append("</tr>\n");
    }
    page.append("</table></div>\n");
  }

  /** Each group's share as a point, its interval as a line. */
  private static void picture(
      StringBuilder page, BiasTest test, String view, List<GroupMeasurement> groups) {
    double most = groups.stream().mapToDouble(group -> group.share().upper()).max().orElse(1);
    double scale = scale(most);
    int height = LINE * groups.size() + 44;
    String measure = groups.getFirst().measure();
    String title = measure + " by " + view;
    page.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n<text x=\"0\" y=\"14\""
                + " class=\"axis-text\">%s, with intervals</text>%n",
            LEFT + WIDTH + 30,
            height,
            escaped(title),
            escaped(title)));
    for (int i = 0; i <= 4; i++) {
      double value = scale * i / 4;
      page.append(
          String.format(
              Locale.ROOT,
              "<line class=\"axis\" x1=\"%1$.1f\" y1=\"22\" x2=\"%1$.1f\" y2=\"%2$d\"/><text"
                  + " class=\"axis-text\" x=\"%1$.1f\" y=\"%3$d\" text-anchor=\"middle\">%4$s</text>%n",
              x(value, scale),
              height - 20,
              height - 5,
              percent(value)));
    }
    for (BiasLimit limit : test.limits()) {
      if (limit.metric() == BiasMetric.FLIP_RATE
          && measure.equals(BiasMetric.FLIP_RATE.key())
          && limit.value() <= scale) {
        page.append(
            String.format(
                Locale.ROOT,
                "<line class=\"limit\" x1=\"%1$.1f\" y1=\"22\" x2=\"%1$.1f\" y2=\"%2$d\"/>%n",
                x(limit.value(), scale),
                height - 20));
      }
    }
    int y = 22 + LINE / 2;
    for (GroupMeasurement group : groups) {
      page.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text><line class=\"interval\""
                  + " x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/><circle class=\"point\" cx=\"%.1f\""
                  + " cy=\"%d\" r=\"4\"><title>%s</title></circle>%n",
              LEFT - 12,
              y + 4,
              escaped(shortened(group.group())),
              x(group.share().lower(), scale),
              y,
              x(group.share().upper(), scale),
              y,
              x(group.share().estimate(), scale),
              y,
              escaped(
                  group.group()
                      + ": "
                      + BiasReport.number(group.share().estimate())
                      + " of "
                      + group.rows())));
      y += LINE;
    }
    page.append("</svg>\n");
  }

  /** The least of some round numbers that all fits below. */
  private static double scale(double most) {
    for (double round : new double[] {0.02, 0.04, 0.08, 0.12, 0.2, 0.4, 0.6, 0.8}) {
      if (most <= round) {
        return round;
      }
    }
    return 1;
  }

  private static double x(double value, double scale) {
    return LEFT + WIDTH * Math.min(value, scale) / scale;
  }

  private static String percent(double value) {
    double percent = 100 * value;
    return Math.abs(percent - Math.rint(percent)) < 1e-9
        ? String.format(Locale.ROOT, "%.0f %%", percent)
        : String.format(Locale.ROOT, "%.1f %%", percent);
  }

  private static String shortened(String group) {
    return group.length() <= 26 ? group : group.substring(0, 25) + "…";
  }

  private static String badge(Verdict verdict) {
    return "<span class=\"verdict " + verdict.key() + "\">" + BiasReport.title(verdict) + "</span>";
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
