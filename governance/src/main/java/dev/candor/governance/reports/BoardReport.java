package dev.candor.governance.reports;

import dev.candor.governance.controls.Control;
import dev.candor.governance.controls.ControlEvidence;
import dev.candor.governance.controls.Framework;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.figures.EvidenceQuery;
import dev.candor.governance.figures.EvidenceWindow;
import dev.candor.governance.figures.Figure;
import dev.candor.governance.figures.LogReading;
import dev.candor.governance.figures.Period;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a board is told of a period. Its figures are functions of the log up to a checkpoint, of the
 * period and of the moment, and of nothing else.
 *
 * @param period what it is about
 * @param made when it was made
 * @param by who issued it
 * @param runtime version of the program
 * @param log how far it has read
 * @param figures of all queries, in their order
 * @param before the values of the period before, by query, of those that count what happened
 * @param frameworks the controls, as the catalogue had them
 */
public record BoardReport(
    Period period,
    Instant made,
    String by,
    String runtime,
    LogPosition log,
    List<Figure> figures,
    Map<String, Long> before,
    List<Framework> frameworks) {

  public BoardReport {
    figures = List.copyOf(figures);
    before = Collections.unmodifiableMap(new LinkedHashMap<>(before));
    frameworks = List.copyOf(frameworks);
  }

  /** A pass over the log that gives the figures of a report. */
  public static final class Reading {

    private final LogReading now;
    private final LogReading earlier;

    /**
     * For a report.
     *
     * @param made when it is made
     */
    public Reading(Period period, Instant made) {
      this.now = new LogReading(EvidenceQueries.all(), period, asOf(period, made));
      Period before = period.before();
      this.earlier = new LogReading(ofPeriods(), before, before.to());
    }

    /** Takes in the next entry. */
    public void take(long index, Entry entry) {
      now.take(index, entry);
      earlier.take(index, entry);
    }

    /** The figures of all queries. */
    public List<Figure> figures() {
      return now.figures();
    }

    /** The values of the period before. */
    public Map<String, Long> before() {
      Map<String, Long> values = new LinkedHashMap<>();
      for (Figure figure : earlier.figures()) {
        figure.value().ifPresent(value -> values.put(figure.query(), value));
      }
      return values;
    }

    private static List<EvidenceQuery> ofPeriods() {
      return EvidenceQueries.all().stream()
          .filter(query -> query.window() == EvidenceWindow.PERIOD)
          .toList();
    }
  }

  private static Instant asOf(Period period, Instant made) {
    return made.isBefore(period.to()) ? made : period.to();
  }

  /** As of when it says how things stood: the end of the period, or when it was made. */
  public Instant asOf() {
    return asOf(period, made);
  }

  /** Whether the period had ended when it was made. */
  public boolean isOver() {
    return !made.isBefore(period.to());
  }

  /** The figure of a query; there is one of each. */
  public Figure figure(String query) {
    return figures.stream()
        .filter(figure -> figure.query().equals(query))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no query " + query));
  }

  /** How it stands with the evidence for a control. */
  public ControlEvidence evidence(Control control) {
    return ControlEvidence.of(control, figures);
  }

  /** How it stands with all controls. */
  public List<ControlEvidence> evidence() {
    return frameworks.stream()
        .flatMap(framework -> framework.controls().stream())
        .map(this::evidence)
        .toList();
  }

  /** What is not known, in sentences. */
  public List<String> unknown() {
    List<String> sentences = new ArrayList<>();
    for (Figure figure : figures) {
      figure
          .unknown()
          .ifPresent(why ->
              sentences.add(
                  EvidenceQueries.find(figure.query())
                          .map(EvidenceQuery::title)
                          .orElse(figure.query())
                      + ": UNKNOWN, as "
                      + why
                      + "."));
    }
    Figure fields = figure("unknown-fields");
    fields
        .rows()
        .forEach(row ->
            sentences.add(
                "Inventory, field "
                    + row.getFirst().written()
                    + ": UNKNOWN of "
                    + row.getLast().written()
                    + " models."));
    long strangers = figure("vendors").number("UNKNOWN", 2);
    if (strangers > 0) {
      sentences.add(
          "Who made the models of " + strangers + " decisions: UNKNOWN, as no record names them.");
    }
    long none =
        evidence().stream().filter(one -> one.state() == ControlEvidence.State.NONE_YET).count();
    sentences.add(
        "Controls without evidence yet: " + none + "; the section on controls lists them.");
    frameworks.stream()
        .filter(framework -> !framework.verified())
        .forEach(framework ->
            sentences.add(
                framework.title()
                    + ": what the catalogue says of it is to be checked in the source before anybody"
                    + " relies on it."));
    sentences.add(
        "Energy and cost: UNKNOWN, as no entry records them. Incidents outside of this device:"
            + " UNKNOWN.");
    return sentences;
  }
}
