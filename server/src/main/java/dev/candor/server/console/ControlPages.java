package dev.candor.server.console;

import dev.candor.governance.Governance;
import dev.candor.governance.access.Action;
import dev.candor.governance.controls.Control;
import dev.candor.governance.controls.ControlCatalogue;
import dev.candor.governance.controls.ControlEvidence;
import dev.candor.governance.controls.Framework;
import dev.candor.governance.figures.Cell;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.figures.EvidenceQuery;
import dev.candor.governance.figures.Figure;
import dev.candor.governance.figures.LogReading;
import dev.candor.governance.figures.Period;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The controls that frameworks ask for, and what the ledger has of evidence for each. */
public final class ControlPages {

  private final Governance governance;
  private Known known = new Known(-1, List.of());

  /** Figures as the ledger has them at a size. */
  private record Known(long size, List<Figure> figures) {}

  ControlPages(Governance governance) {
    this.governance = governance;
  }

  /** A framework with its controls. */
  public record FrameworkView(
      String title, String note, boolean verified, String dates, List<ControlRow> controls) {}

  /** A control in a list. */
  public record ControlRow(String id, String title, String letters, String state, String words) {}

  /**
   * A figure that is evidence.
   *
   * @param value with its unit, or why it is not known
   */
  public record FigureView(
      String title,
      String value,
      String definition,
      String rests,
      List<String> columns,
      List<List<String>> rows) {}

  void list(Visit visit) {
    visit.require(Action.VERIFY);
    List<Figure> figures = figures();
    List<FrameworkView> views = new ArrayList<>();
    for (Framework framework : catalogue().frameworks()) {
      views.add(
          new FrameworkView(
              framework.title(),
              framework.note().orElse(""),
              framework.verified(),
              String.join(", ", framework.dates().stream().map(Object::toString).toList()),
              framework.controls().stream().map(control -> row(control, figures)).toList()));
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("frameworks", views);
    values.put("size", Shown.count(governance.ledger().size()));
    visit.show("controls", "Controls", Section.CONTROLS.path(), values);
  }

  private static ControlRow row(Control control, List<Figure> figures) {
    ControlEvidence evidence = ControlEvidence.of(control, figures);
    return new ControlRow(
        control.id(),
        control.title(),
        control.letters(),
        evidence.state().key(),
        evidence.state().key().replace('-', ' '));
  }

  void show(Visit visit) {
    visit.require(Action.VERIFY);
    Control control = catalogue().control(visit.part("id"));
    ControlEvidence evidence = ControlEvidence.of(control, figures());
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("State", evidence.state().words());
    control.fields().forEach((name, value) -> facts.put(words(name), words(value)));
    facts.remove("title");
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("id", control.id());
    values.put("title", control.title());
    values.put("facts", facts);
    values.put("figures", evidence.figures().stream().map(ControlPages::view).toList());
    visit.show("control", control.id(), Section.CONTROLS.path(), values);
  }

  /** Names and flags of the catalogue as people read them. */
  private static String words(String text) {
    return switch (text) {
      case "firmPolicy" -> "firm policy";
      case "verified" -> "checked in the source";
      case "true" -> "yes";
      case "false" -> "no";
      default -> HtmlText.harmless(text);
    };
  }

  private static FigureView view(Figure figure) {
    EvidenceQuery query = EvidenceQueries.require(figure.query());
    Optional<String> why = figure.unknown();
    String value =
        figure.value().isPresent()
            ? Shown.count(figure.value().getAsLong()) + " " + query.unit()
            : "UNKNOWN" + why.map(it -> ", as " + it).orElse("");
    return new FigureView(
        query.title(),
        HtmlText.harmless(value),
        query.definition(),
        figure.entries().words(),
        query.columns(),
        figure.rows().stream()
            .map(row -> row.stream().map(Cell::written).map(HtmlText::harmless).toList())
            .toList());
  }

  private ControlCatalogue catalogue() {
    return ControlCatalogue.ofHome(governance.home());
  }

  /** Figures of all that the ledger has; read again when it has grown. */
  private synchronized List<Figure> figures() {
    governance.ledger().refresh();
    long size = governance.ledger().size();
    if (known.size() != size) {
      Instant now = governance.clock().instant();
      // A clock that was set back since does not hide what was recorded.
      Period ever = new Period("ever", Instant.EPOCH, now.plus(Duration.ofDays(36_500)));
      LogReading reading = new LogReading(EvidenceQueries.all(), ever, now);
      governance.ledger().forEach(0, size, reading::take);
      known = new Known(size, reading.figures());
    }
    return known.figures();
  }
}
