package dev.candor.governance.reports;

import dev.candor.governance.controls.Control;
import dev.candor.governance.controls.ControlEvidence;
import dev.candor.governance.controls.DatedStatus;
import dev.candor.governance.controls.Framework;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the controls of all frameworks into a document, each with its evidence. */
final class ControlsWriter {

  private final BoardReport report;
  private final Medium medium;

  ControlsWriter(BoardReport report, Medium medium) {
    this.report = report;
    this.medium = medium;
  }

  void write(HtmlWriter html) {
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
      html.text(dates(framework.dates()) + ". ");
    }
    framework.note().ifPresent(note -> html.text(note + " "));
    if (framework.firmPolicy()) {
      html.element("span", "firm policy", "class", "label-firm");
    } else if (!framework.verified()) {
      html.element("span", "to be checked in the source", "class", "label-firm");
    }
    html.close();
    html.open("div", "class", "scroll").open("table", "class", "controls");
    html.open("thead").open("tr");
    html.element("th", "control", "class", "id").element("th", "what it asks for");
    html.element("th", "letters", "class", "letters").element("th", "evidence", "class", "state");
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
      html.text(" (" + dates(control.dates()) + ")");
    }
    control.note().ifPresent(note -> html.text(" " + note));
    html.close().element("td", control.letters(), "class", "letters");
    html.open("td", "class", "state state-" + evidence.state().key());
    if (evidence.state() == ControlEvidence.State.EVIDENCE) {
      html.text(
          evidence.figures().stream()
              .map(figure -> figure.query() + ": " + FigureWriter.value(figure))
              .collect(Collectors.joining(", ")));
    } else {
      html.text(evidence.state().words());
    }
    html.close().close();
  }

  private static String dates(List<DatedStatus> dates) {
    return dates.stream().map(DatedStatus::toString).collect(Collectors.joining(", "));
  }
}
