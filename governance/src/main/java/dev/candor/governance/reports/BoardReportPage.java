package dev.candor.governance.reports;

import dev.candor.governance.controls.Control;
import dev.candor.governance.controls.ControlEvidence;
import dev.candor.governance.controls.DatedStatus;
import dev.candor.governance.controls.Framework;
import dev.candor.governance.figures.Cell;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.figures.EvidenceQuery;
import dev.candor.governance.figures.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A board report as a document. */
final class BoardReportPage {

  private static final String MICROSECONDS = "microseconds";

  private final BoardReport report;
  private final Medium medium;

  private BoardReportPage(BoardReport report, Medium medium) {
    this.report = report;
    this.medium = medium;
  }

  /** The document: the same report, the same text. */
  static String of(BoardReport report, Medium medium) {
    return Page.of(
        medium,
        "Board report on AI models, " + report.period().name(),
        new BoardReportPage(report, medium)::write);
  }

  private void write(HtmlWriter html) {
    head(html);
    html.element("h2", "Summary");
    new ReportSummary(report).sentences().forEach(sentence -> html.element("p", sentence));
    tiles(html);
    section(
        html,
        "Models and their risk",
        "Every model that is on record, with its rating and its state. A model that decides and is not"
            + " on record counts under vendor concentration as UNKNOWN.",
        List.of(
            "models",
            "models-by-rating",
            "models-by-state",
            "reviews-overdue",
            "ratings",
            "reviews",
            "approvals",
            "exemptions"));
    section(
        html,
        "Decisions",
        "Every answer of a model is a decision on record. What was asked and answered is not in this"
            + " report, nor in the log: only commitments to it are.",
        List.of(
            "decisions-by-week",
            "decisions",
            "decisions-by-model",
            "decisions-by-purpose",
            "refusals",
            "failures",
            "latency",
            "tokens"));
    section(
        html,
        "Oversight by people, and the rights of those concerned",
        "What people stopped, overrode, allowed and erased.",
        List.of(
            "overrides",
            "stops",
            "time-to-stop",
            "decisions-about-people",
            "consents",
            "erasures",
            "policies",
            "key-acts"));
    section(
        html,
        "Fairness, explanation and other evidence about models",
        "Evidence is bound to the very model, quantisation, tokenizer, template, policy and numeric"
            + " profile that it was taken of. Where one of them changes, it no longer counts.",
        evidenceQueries());
    section(
        html,
        "Incidents and findings",
        "What was refused at loading, found, waived, or came out differently when it was computed"
            + " again.",
        incidentQueries());
    section(
        html,
        "Vendor concentration",
        "How many decisions rest on models of the same maker.",
        List.of("vendors"));
    controls(html);
    html.element("h2", "What is not known").open("ul");
    report.unknown().forEach(sentence -> html.element("li", sentence));
    html.close();
    proof(html);
  }

  private static List<String> evidenceQueries() {
    List<String> names = new ArrayList<>();
    for (EvidenceQuery query : EvidenceQueries.all()) {
      if (query.name().startsWith("evidence-")) {
        names.add(query.name());
      }
    }
    names.add("thresholds");
    names.add("explanations");
    return names;
  }

  private static List<String> incidentQueries() {
    return List.of("loader-mode", "load-refusals", "findings", "waivers", "replays").stream()
        .filter(name -> EvidenceQueries.find(name).isPresent())
        .toList();
  }

  private void head(HtmlWriter html) {
    html.open("header").element("h1", "Board report on AI models, " + report.period().name());
    html.open("p", "class", "soft");
    html.text(
        Amounts.day(report.period().from())
            + " to "
            + Amounts.day(report.period().to().minusSeconds(1))
            + ", in UTC. Issued by "
            + report.by()
            + " on "
            + Amounts.minute(report.made())
            + ". ");
    html.element("span", "a report each quarter: firm policy", "class", "label-firm").close();
    if (!report.isOver()) {
      html.element(
          "p",
          "The period is not over: this says how things stood on "
              + Amounts.minute(report.asOf())
              + ".",
          "class",
          "unknown");
    }
    html.close();
  }

  private void tiles(HtmlWriter html) {
    html.open("ul", "class", "tiles");
    tile(html, "decisions", "decisions");
    tile(html, "refusals", "requests refused");
    tile(html, "overrides", "overridden by people");
    tile(html, "stops", "orders to stop");
    tile(html, "models", "models on record");
    tile(html, "reviews-overdue", "reviews overdue");
    html.close();
  }

  private void tile(HtmlWriter html, String query, String words) {
    Figure figure = report.figure(query);
    html.open("li", "data-figure", query).element("b", Amounts.number(figure.valueOrZero()));
    html.element("span", words);
    Long before = report.before().get(query);
    if (before != null) {
      html.element(
          "span",
          Amounts.number(before) + " in " + report.period().before().name(),
          "class",
          "soft");
    }
    html.close();
  }

  private void section(HtmlWriter html, String title, String words, List<String> queries) {
    html.element("h2", title).element("p", words);
    queries.forEach(query -> figure(html, report.figure(query)));
  }

  private void figure(HtmlWriter html, Figure figure) {
    EvidenceQuery query = EvidenceQueries.require(figure.query());
    html.open("section", "data-figure", figure.query()).element("h3", query.title());
    if (figure.unknown().isPresent()) {
      html.open("p");
      html.element("span", "UNKNOWN", "class", "unknown")
          .text(", as " + figure.unknown().get() + ".");
      html.close();
    } else {
      html.open("p").element("b", amount(query, figure.valueOrZero())).close();
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

  private static String amount(EvidenceQuery query, long value) {
    return query.unit().equals(MICROSECONDS)
        ? Amounts.micros(value)
        : Amounts.number(value) + " " + query.unit();
  }

  private void rows(HtmlWriter html, EvidenceQuery query, Figure figure) {
    if (figure.rows().isEmpty()) {
      return;
    }
    boolean counts =
        query.columns().size() == 2
            && !query.unit().equals(MICROSECONDS)
            && figure.rows().stream().allMatch(row -> row.get(1) instanceof Cell.Number);
    if (counts) {
      List<BarChart.Bar> bars =
          figure.rows().stream()
              .map(row ->
                  new BarChart.Bar(row.getFirst().written(), ((Cell.Number) row.get(1)).value()))
              .toList();
      BarChart chart = new BarChart(query.title(), bars);
      if (query.name().equals("decisions-by-week")) {
        chart.columns(html, medium);
      } else {
        chart.rows(html, medium);
      }
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (List<Cell> row : figure.rows()) {
      rows.add(row.stream().map(cell -> written(query, cell)).toList());
    }
    int numbers =
        (int)
            figure.rows().getFirst().reversed().stream()
                .takeWhile(cell -> cell instanceof Cell.Number)
                .count();
    List<String> columns =
        query.columns().stream().map(it -> it.equals(MICROSECONDS) ? "time" : it).toList();
    Page.table(html, columns, rows, columns.size() - numbers);
  }

  private static String written(EvidenceQuery query, Cell cell) {
    return switch (cell) {
      case Cell.Text it -> it.text();
      case Cell.Number it ->
          query.unit().equals(MICROSECONDS)
              ? Amounts.micros(it.value())
              : Amounts.number(it.value());
    };
  }

  private void controls(HtmlWriter html) {
    html.element("h2", "Controls");
    html.element(
        "p",
        "Each control, in our words, and what the log has of evidence for it. Evidence for a control"
            + " is no claim that a rule is met: that is for people to judge. Letters: Explainability,"
            + " Data, Governance, Ethics / Awareness, Guardrails, Innovation, Learning, Ecosystem"
            + " resiliency.");
    List<BarChart.Bar> bars = new ArrayList<>();
    for (ControlEvidence.State state : ControlEvidence.State.values()) {
      bars.add(
          new BarChart.Bar(
              state.words(),
              report.evidence().stream().filter(one -> one.state() == state).count()));
    }
    new BarChart("Controls by the state of their evidence", bars).rows(html, medium);
    report.frameworks().forEach(framework -> framework(html, framework));
  }

  private void framework(HtmlWriter html, Framework framework) {
    html.element("h3", framework.title())
        .open("p", "class", "soft")
        .text(framework.source() + ". ");
    if (!framework.dates().isEmpty()) {
      html.text(
          framework.dates().stream().map(DatedStatus::toString).collect(Collectors.joining(", "))
              + ". ");
    }
    framework.note().ifPresent(note -> html.text(note + " "));
    if (framework.firmPolicy()) {
      html.element("span", "firm policy", "class", "label-firm");
    } else if (!framework.verified()) {
      html.element("span", "to be checked in the source", "class", "label-firm");
    }
    html.close();
    html.open("div", "class", "scroll").open("table").open("thead").open("tr");
    List.of("control", "what it asks for", "letters", "evidence")
        .forEach(it -> html.element("th", it));
    html.close().close().open("tbody");
    framework.controls().forEach(control -> control(html, framework, control));
    html.close().close().close();
  }

  private void control(HtmlWriter html, Framework framework, Control control) {
    ControlEvidence evidence = report.evidence(control);
    html.open("tr").element("td", control.id(), "class", "id").open("td").text(control.title());
    if (control.firmPolicy() && !framework.firmPolicy()) {
      html.text(" ").element("span", "firm policy", "class", "label-firm");
    }
    if (!control.dates().equals(framework.dates())) {
      html.text(
          " ("
              + control.dates().stream()
                  .map(DatedStatus::toString)
                  .collect(Collectors.joining(", "))
              + ")");
    }
    html.close().element("td", control.letters());
    html.open("td", "class", "state-" + evidence.state().key()).text(evidence.state().words());
    if (evidence.state() == ControlEvidence.State.EVIDENCE) {
      html.text(
          ": "
              + evidence.figures().stream()
                  .map(figure ->
                      figure.query()
                          + " "
                          + (figure.unknown().isPresent()
                              ? "UNKNOWN"
                              : amount(
                                  EvidenceQueries.require(figure.query()), figure.valueOrZero())))
                  .collect(Collectors.joining(", ")));
    }
    html.close().close();
  }

  private void proof(HtmlWriter html) {
    html.element("h2", "How to check this report");
    html.element(
        "p",
        "Every figure is a function of the log up to the checkpoint below. Whoever has the log, or an"
            + " export of it, computes all of them again, without keys: candor report verify."
            + " The definitions stand in report.json, which came with this document.");
    Map<String, String> terms = new LinkedHashMap<>();
    terms.put("log", report.log().checkpoint().origin());
    terms.put("entries", Amounts.number(report.log().size()));
    terms.put("root", report.log().root());
    terms.put("program", report.runtime());
    Page.terms(html, terms);
  }
}
