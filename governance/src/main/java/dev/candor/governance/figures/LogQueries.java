package dev.candor.governance.figures;

import dev.candor.ledger.entries.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Queries over the log as a whole. */
final class LogQueries {

  /** What a query says that reads entries of every kind. */
  static final String EVERY_KIND = "*";

  private LogQueries() {}

  static List<EvidenceQuery> all() {
    return List.of(
        new EvidenceQuery(
            "entries",
            "Entries of the log, by kind",
            "entries",
            "Entries, by their kind.",
            EvidenceWindow.PERIOD,
            Set.of(EVERY_KIND),
            List.of("kind", "entries"),
            _ -> new CountBy(entry -> Optional.of(entry.kind()))),
        new EvidenceQuery(
            "days-kept",
            "Days that the log goes back",
            "days",
            "The whole days from the earliest at of any entry to the end of the period, or to the"
                + " moment of the report if that is earlier.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of(EVERY_KIND),
            List.of(),
            _ -> new DaysKept()),
        new EvidenceQuery(
            "reports",
            "Board reports issued",
            "reports",
            "Entries report-issued, by from and to.",
            EvidenceWindow.UNTIL_ITS_END,
            Set.of("report-issued"),
            List.of("period", "reports"),
            _ ->
                new CountBy(
                    entry -> Optional.of(entry.required("from") + " to " + entry.required("to")))));
  }

  /** How far back the log goes. */
  private static final class DaysKept implements Tally {

    private @Nullable Instant earliest;

    @Override
    public boolean take(long index, Entry entry) {
      Instant at = Instant.parse(entry.required("at"));
      if (earliest == null || at.isBefore(earliest)) {
        earliest = at;
      }
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      return earliest == null
          ? Answer.unknown("the log has no entry yet")
          : Answer.of(Math.max(0, Duration.between(earliest, asOf).toDays()));
    }
  }
}
