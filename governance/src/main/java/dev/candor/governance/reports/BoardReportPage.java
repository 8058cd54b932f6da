package dev.candor.governance.reports;

import dev.candor.governance.figures.Figure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A board report as a document. */
final class BoardReportPage {

  private final BoardReport report;
  private final FigureWriter figures;
  private final ControlsWriter controls;

  private BoardReportPage(BoardReport report, Medium medium) {
    this.report = report;
    this.figures = new FigureWriter(report, medium);
    this.controls = new ControlsWriter(report, medium);
  }

  /** What it is called. */
  static String title(BoardReport report) {
    return "Board report on AI models, " + report.period().name();
  }

  /** The document: the same report, the same text. */
  static String of(BoardReport report, Medium medium) {
    return Page.of(medium, title(report), new BoardReportPage(report, medium)::write);
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
            "exemptions",
            "decommissions"));
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
    html.element("h2", "Fairness, explanation and other evidence about models");
    html.element(
        "p",
        "Evidence is bound to the very model, quantisation, tokenizer, template, policy and numeric"
            + " profile that it was taken of; where one of them changes, it no longer counts. The table"
            + " counts what evidence is bound to, by the last verdict on each.");
    figures.evidence(html);
    figures.write(html, List.of("thresholds", "explanations"));
    section(
        html,
        "Incidents and findings",
        "What was refused at loading, found, waived, or came out differently when it was computed"
            + " again.",
        List.of("loader-mode", "load-refusals", "findings", "waivers", "replays"));
    section(
        html,
        "Vendor concentration",
        "How many decisions rest on models of the same maker.",
        List.of("vendors"));
    html.element("h2", "Controls");
    html.element(
        "p",
        "Each control, in our words, and what the log has of evidence for it. Evidence for a control"
            + " is no claim that a rule is met: that is for people to judge. Letters: Explainability,"
            + " Data, Governance, Ethics / Awareness, Guardrails, Innovation, Learning, Ecosystem"
            + " resiliency.");
    controls.write(html);
    html.element("h2", "What is not known").open("ul");
    report.unknown().forEach(sentence -> html.element("li", sentence));
    html.close();
    proof(html);
  }

  private void section(HtmlWriter html, String title, String words, List<String> queries) {
    html.element("h2", title).element("p", words);
    figures.write(html, queries);
  }

  private void head(HtmlWriter html) {
    html.open("header").element("h1", title(report)).open("p", "class", "soft");
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
