package dev.candor.cli;

import dev.candor.governance.Governance;
import dev.candor.governance.figures.Cell;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.figures.EvidenceQuery;
import dev.candor.governance.figures.Figure;
import dev.candor.governance.figures.LogReading;
import dev.candor.governance.figures.Period;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of everything that the ledger of this home has, from its first entry to now.
 *
 * @param figures of all queries
 * @param size how many entries were read
 */
record LedgerFigures(List<Figure> figures, long size) {

  LedgerFigures {
    figures = List.copyOf(figures);
  }

  /** Reads the ledger, without keys; where nothing has been recorded, nothing. */
  static LedgerFigures ofHome() {
    Instant now = GovernedHome.settings().clock().instant();
    // A clock that was set back since does not hide what was recorded.
    Period ever = new Period("ever", Instant.EPOCH, now.plus(Duration.ofDays(36_500)));
    LogReading reading = new LogReading(EvidenceQueries.all(), ever, now);
    if (!GovernedHome.hasLedger()) {
      return new LedgerFigures(reading.figures(), 0);
    }
    try (Governance governance = GovernedHome.view()) {
      long size = governance.ledger().size();
      governance.ledger().forEach(0, size, reading::take);
      return new LedgerFigures(reading.figures(), size);
    }
  }

  /** A figure in a few words. */
  static String words(Figure figure) {
    EvidenceQuery query = EvidenceQueries.require(figure.query());
    return figure.value().isPresent()
        ? figure.query() + ": " + query.amount(figure.value().getAsLong())
        : figure.query() + ": UNKNOWN";
  }

  /** A figure as programs read it. */
  static Map<String, Object> members(Figure figure) {
    EvidenceQuery query = EvidenceQueries.require(figure.query());
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("query", figure.query());
    figure.value().ifPresent(value -> members.put("value", value));
    figure.unknown().ifPresent(why -> members.put("unknown", why));
    members.put("unit", query.unit());
    members.put("columns", query.columns());
    members.put(
        "rows",
        figure.rows().stream()
            .map(row -> row.stream().map(LedgerFigures::value).toList())
            .toList());
    members.put("entries", figure.entries().count());
    figure.entries().first().ifPresent(first -> members.put("first", first));
    figure.entries().last().ifPresent(last -> members.put("last", last));
    return members;
  }

  private static Object value(Cell cell) {
    return switch (cell) {
      case Cell.Text it -> it.text();
      case Cell.Number it -> it.value();
    };
  }
}
