package dev.candor.governance.reports;

import dev.candor.governance.figures.Cell;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.figures.EvidenceQuery;
import dev.candor.governance.figures.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes figures into a document: as a chart where they count, as a table otherwise. */
final class FigureWriter {

  private static final String MICROSECONDS = "microseconds";
  private static final String BY_WEEK = "decisions-by-week";

  /** What the titles of queries over evidence of one kind begin with. */
  private static final String EVIDENCE = "Evidence: ";

  private final BoardReport report;
  private final Medium medium;

  FigureWriter(BoardReport report, Medium medium) {
    this.report = report;
    this.medium = medium;
  }

  /** Those of some queries; behind them, in a few lines, those that are 0. */
  void write(HtmlWriter html, List<String> queries) {
    List<Figure> nothing = new ArrayList<>();
    for (String query : queries) {
      Figure figure = report.figure(query);
      if (saysNothing(figure)) {
        nothing.add(figure);
      } else {
        write(html, figure);
      }
    }
    if (!nothing.isEmpty()) {
      html.open("section").element("h3", "None").open("ul", "class", "none");
      for (Figure figure : nothing) {
        EvidenceQuery query = EvidenceQueries.require(figure.query());
        html.open("li", "data-figure", figure.query());
        html.text(query.title() + ": 0 " + query.unit() + " ");
        html.element("span", "(" + figure.query() + ")", "class", "soft").close();
      }
      html.close().close();
    }
  }

  /** The evidence of all kinds, a row for each. */
  void evidence(HtmlWriter html) {
    Map<String, String> verdicts = new LinkedHashMap<>();
    verdicts.put("pass", "pass");
    verdicts.put("fail", "fail");
    verdicts.put("insufficient-data", "too few data");
    verdicts.put("expired", "expired");
    html.open("div", "class", "scroll").open("table").open("thead").open("tr");
    html.element("th", "evidence");
    verdicts.values().forEach(words -> html.element("th", words, "class", "number"));
    html.element("th", "rests on").close().close().open("tbody");
    for (Figure figure : report.figures()) {
      String title = EvidenceQueries.require(figure.query()).title();
      if (title.startsWith(EVIDENCE)) {
        html.open("tr", "data-figure", figure.query());
        html.element("td", title.substring(EVIDENCE.length()));
        verdicts
            .keySet()
            .forEach(verdict ->
                html.element("td", Amounts.number(figure.number(verdict, 1)), "class", "number"));
        html.element("td", figure.entries().words(), "class", "soft").close();
      }
    }
    html.close().close().close();
  }

  /** Its value without its unit. */
  static String value(Figure figure) {
    if (figure.unknown().isPresent()) {
      return "UNKNOWN";
    }
    return isTime(EvidenceQueries.require(figure.query()))
        ? Amounts.micros(figure.valueOrZero())
        : Amounts.number(figure.valueOrZero());
  }

  /** Whether all of its numbers are 0. */
  private static boolean saysNothing(Figure figure) {
    return figure.unknown().isEmpty()
        && figure.valueOrZero() == 0
        && figure.rows().stream()
            .flatMap(List::stream)
            .allMatch(cell -> !(cell instanceof Cell.Number number) || number.value() == 0);
  }

  private static boolean isTime(EvidenceQuery query) {
    return query.unit().equals(MICROSECONDS);
  }

  private void write(HtmlWriter html, Figure figure) {
    EvidenceQuery query = EvidenceQueries.require(figure.query());
    html.open("section", "data-figure", figure.query()).element("h3", query.title());
    if (figure.unknown().isPresent()) {
      html.open("p").element("span", "UNKNOWN", "class", "unknown");
      html.text(", as " + figure.unknown().get() + ".").close();
    } else {
      String amount = isTime(query) ? value(figure) : query.amount(figure.valueOrZero());
      html.open("p").element("b", amount).close();
      rows(html, query, figure);
    }
    html.element(
        "p",
        "Rests on "
            + figure.entries().words()
            + " of the log. Query "
            + query.name()
            + ", "
            + query.window().words()
            + ".",
        "class",
        "basis");
    html.close();
  }

  private void rows(HtmlWriter html, EvidenceQuery query, Figure figure) {
    if (figure.rows().isEmpty()) {
      return;
    }
    boolean counts =
        query.columns().size() == 2
            && !isTime(query)
            && figure.rows().stream().allMatch(row -> row.get(1) instanceof Cell.Number);
    if (counts && figure.rows().size() == 1) {
      html.element("p", "All: " + figure.rows().getFirst().getFirst().written() + ".");
    } else if (counts) {
      chart(html, query, figure);
    } else {
      table(html, query, figure);
    }
  }

  private void chart(HtmlWriter html, EvidenceQuery query, Figure figure) {
    boolean byWeek = query.name().equals(BY_WEEK);
    List<BarChart.Bar> bars = new ArrayList<>();
    for (List<Cell> row : figure.rows()) {
      String label = row.getFirst().written();
      if (row.get(1) instanceof Cell.Number number) {
        // Of a week the month and the day.
        bars.add(new BarChart.Bar(byWeek ? label.substring(5) : label, number.value()));
      }
    }
    BarChart chart = new BarChart(query.title(), bars);
    if (byWeek) {
      chart.columns(html, medium);
    } else {
      chart.rows(html, medium);
    }
  }

  private static void table(HtmlWriter html, EvidenceQuery query, Figure figure) {
    List<List<String>> rows = new ArrayList<>();
    for (List<Cell> row : figure.rows()) {
      rows.add(row.stream().map(cell -> written(query, cell)).toList());
    }
    long numbers =
        figure.rows().getFirst().reversed().stream()
            .takeWhile(cell -> cell instanceof Cell.Number)
            .count();
    List<String> columns =
        query.columns().stream().map(it -> it.equals(MICROSECONDS) ? "time" : it).toList();
    Page.table(html, columns, rows, columns.size() - (int) numbers);
  }

  private static String written(EvidenceQuery query, Cell cell) {
    return switch (cell) {
      case Cell.Text it -> it.text();
      case Cell.Number it ->
          isTime(query) ? Amounts.micros(it.value()) : Amounts.number(it.value());
    };
  }
}
