package dev.candor.server.console;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.controls.ControlCatalogue;
import dev.candor.governance.figures.Period;
import dev.candor.governance.register.EntryIndex;
import dev.candor.governance.reports.BoardReports;
import dev.candor.governance.reports.ReportIssued;
import dev.candor.ledger.entries.Entry;
import dev.candor.server.HttpProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Board reports: those that were issued, and another. */
public final class ReportPages {

  private static final String HTML = "board-report.html";

  /** What a report consists of, with its type; nothing else is handed out. */
  private static final Map<String, String> FILES =
      Map.of(
          HTML,
          "text/html; charset=utf-8",
          "board-report.pdf",
          "application/pdf",
          "report.json",
          "application/json");

  /** What {@link #issue} calls its folders. */
  private static final Pattern FOLDER = Pattern.compile("[0-9][0-9A-Za-z-]{0,63}");

  /** The report has its style in itself; it needs nothing else, and gets nothing else. */
  private static final String REPORT_POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors"
          + " 'none'";

  private final Governance governance;

  ReportPages(Governance governance) {
    this.governance = governance;
  }

  /** A report that the ledger knows of. */
  public record Issued(
      long entry, String at, String period, String entries, String by, String report) {}

  /** A report that lies in the home. */
  public record Lying(String folder) {}

  void list(Visit visit) {
    visit.require(Action.VERIFY);
    governance.ledger().refresh();
    List<Issued> issued = new ArrayList<>();
    for (long place : governance.index().places(EntryIndex.key(ReportIssued.KIND, ""))) {
      Entry entry = governance.ledger().entry(place);
      ReportIssued report = ReportIssued.of(entry);
      issued.addFirst(
          new Issued(
              place,
              Shown.time(entry.required("at")),
              report.from().toString().substring(0, 10)
                  + " to "
                  + report.to().minusSeconds(1).toString().substring(0, 10),
              Shown.count(report.size()),
              report.by(),
              report.report()));
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("issued", issued);
    values.put("lying", lying());
    values.put("mayIssue", visit.may(Action.ISSUE_REPORT));
    values.put("quarter", Period.quarterOf(governance.clock().instant()).name());
    visit.show("reports", "Board reports", Section.CONTROLS.path(), values);
  }

  private Path folder() {
    return governance.home().resolve("reports");
  }

  private List<Lying> lying() {
    if (!Files.isDirectory(folder())) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder())) {
      return all.map(path -> String.valueOf(path.getFileName()))
          .filter(name -> FOLDER.matcher(name).matches())
          .sorted()
          .map(Lying::new)
          .toList()
          .reversed();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Issues one, which lies in the home from then on. */
  void issue(Visit visit, FormFields form) {
    visit.require(Action.ISSUE_REPORT);
    Optional<String> from = form.text("from");
    Optional<String> to = form.text("to");
    if (from.isPresent() != to.isPresent()) {
      throw HttpProblem.ofField(
          "from", "missing_value", "The first and the last day go together; give both, or none.");
    }
    Period period =
        from.isPresent()
            ? Period.days(from.get(), to.orElseThrow())
            : Period.quarter(form.required("quarter"));
    governance.ledger().refresh();
    String name = period.name().replace(' ', '-') + "-" + governance.ledger().size();
    var unused =
        new BoardReports(governance)
            .issue(
                visit.principal(),
                period,
                ControlCatalogue.ofHome(governance.home()),
                folder().resolve(name));
    visit.goTo("/console/reports");
  }

  /** Hands out a file of a report. */
  void file(Visit visit) {
    visit.require(Action.VERIFY);
    String folder = visit.part("folder");
    String file = visit.part("file");
    String type = FILES.get(file);
    Path path = folder().resolve(folder).resolve(file);
    if (type == null || !FOLDER.matcher(folder).matches() || !Files.isRegularFile(path)) {
      throw HttpProblem.of(404, "report_unknown", "There is no such report.");
    }
    try {
      byte[] bytes = Files.readAllBytes(path);
      Pages.guard(visit.response());
      if (file.equals(HTML)) {
        visit.response().header("Content-Security-Policy", REPORT_POLICY);
      } else {
        visit.response().header("Content-Disposition", "attachment; filename=\"" + file + "\"");
      }
      visit.response().header("Content-Type", type).header("Cache-Control", "no-store").send(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
