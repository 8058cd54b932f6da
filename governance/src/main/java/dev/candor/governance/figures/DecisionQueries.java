package dev.candor.governance.figures;

import dev.candor.ledger.entries.DecisionFinished;
import dev.candor.ledger.entries.DecisionRefused;
import dev.candor.ledger.entries.DecisionStarted;
import dev.candor.ledger.entries.Entry;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Queries over decisions: how many, by what, for what, how they ended and how long they took. */
final class DecisionQueries {

  private DecisionQueries() {}

  static List<EvidenceQuery> all() {
    return List.of(
        new EvidenceQuery(
            "decisions",
            "Decisions by outcome",
            "decisions",
            "Entries decision-started of attempt 1, each by the outcome of the last entry"
                + " decision-finished of its decision in the period; without one it is no-end.",
            EvidenceWindow.PERIOD,
            Set.of(DecisionStarted.KIND, DecisionFinished.KIND),
            List.of("outcome", "decisions"),
            _ -> new Outcomes()),
        begun(
            "decisions-by-model",
            "Decisions by model",
            "model",
            "Entries decision-started of attempt 1, by model-name and the first 12 digits of model.",
            entry -> entry.required("model-name") + " " + beginning(entry.required("model"))),
        begun(
            "decisions-by-purpose",
            "Decisions by purpose",
            "purpose",
            "Entries decision-started of attempt 1, by purpose.",
            entry -> entry.required("purpose")),
        new EvidenceQuery(
            "decisions-by-week",
            "Decisions by week",
            "decisions",
            "Entries decision-started of attempt 1, by the Monday, in UTC, of the week of at; in the"
                + " order of the weeks.",
            EvidenceWindow.PERIOD,
            Set.of(DecisionStarted.KIND),
            List.of("week", "decisions"),
            _ -> new Weeks()),
        new EvidenceQuery(
            "decisions-about-people",
            "Decisions about a person, by what they rest on",
            "decisions",
            "Entries decision-started of attempt 1 that have a subject: on a consent if they name one,"
                + " otherwise without a consent.",
            EvidenceWindow.PERIOD,
            Set.of(DecisionStarted.KIND),
            List.of("basis", "decisions"),
            _ ->
                new CountBy(entry ->
                    entry
                        .value("subject")
                        .filter(_ -> isFirst(entry))
                        .map(_ ->
                            entry.value("consent").isPresent()
                                ? "on a consent"
                                : "without a consent"))),
        new EvidenceQuery(
            "refusals",
            "Requests refused, by rule",
            "requests",
            "Entries decision-refused, by rule.",
            EvidenceWindow.PERIOD,
            Set.of(DecisionRefused.KIND),
            List.of("rule", "requests"),
            _ -> new CountBy(entry -> Optional.of(entry.required("rule")))),
        new EvidenceQuery(
            "failures",
            "Decisions that failed, by error",
            "decisions",
            "Entries decision-finished whose outcome is failed, by failure.",
            EvidenceWindow.PERIOD,
            Set.of(DecisionFinished.KIND),
            List.of("error", "decisions"),
            _ ->
                new CountBy(entry ->
                    entry.required("outcome").equals("failed")
                        ? Optional.of(entry.value("failure").orElse("UNKNOWN"))
                        : Optional.empty())),
        new EvidenceQuery(
            "latency",
            "Time of a decision",
            "microseconds",
            "Over entries decision-finished whose outcome is not failed: of total-micros, and of"
                + " first-token-micros, the nearest ranks at 50, 95 and 100 hundredths. The value is"
                + " that of total-micros at 50.",
            EvidenceWindow.PERIOD,
            Set.of(DecisionFinished.KIND),
            List.of("what", "microseconds"),
            _ -> new Latency()),
        new EvidenceQuery(
            "tokens",
            "Tokens read and generated",
            "tokens",
            "The sum of prompt-tokens of entries decision-started and of tokens of entries"
                + " decision-finished. The value is both together.",
            EvidenceWindow.PERIOD,
            Set.of(DecisionStarted.KIND, DecisionFinished.KIND),
            List.of("what", "tokens"),
            _ -> new Tokens()));
  }

  private static EvidenceQuery begun(
      String name, String title, String column, String definition, Function<Entry, String> word) {
    return new EvidenceQuery(
        name,
        title,
        "decisions",
        definition,
        EvidenceWindow.PERIOD,
        Set.of(DecisionStarted.KIND),
        List.of(column, "decisions"),
        _ ->
            new CountBy(
                entry -> isFirst(entry) ? Optional.of(word.apply(entry)) : Optional.empty()));
  }

  private static boolean isFirst(Entry entry) {
    return entry.required("attempt").equals("1");
  }

  static String beginning(String digest) {
    return digest.substring(0, Math.min(12, digest.length()));
  }

  /** Each decision by how it ended. */
  private static final class Outcomes implements Tally {

    private static final String NO_END = "no-end";

    private final Map<String, String> outcomes = new TreeMap<>();

    @Override
    public boolean take(long index, Entry entry) {
      String decision = entry.required("decision");
      if (entry.kind().equals(DecisionStarted.KIND)) {
        return isFirst(entry) && outcomes.putIfAbsent(decision, NO_END) == null;
      }
      return outcomes.computeIfPresent(decision, (_, _) -> entry.required("outcome")) != null;
    }

    @Override
    public Answer answer(Instant asOf) {
      Map<String, Long> counts = new TreeMap<>();
      outcomes.values().forEach(outcome -> counts.merge(outcome, 1L, Long::sum));
      return CountBy.answer(counts);
    }
  }

  /** Decisions by the week in which they began. */
  private static final class Weeks implements Tally {

    private final Map<String, Long> counts = new TreeMap<>();

    @Override
    public boolean take(long index, Entry entry) {
      if (!isFirst(entry)) {
        return false;
      }
      LocalDate day = LocalDate.ofInstant(Instant.parse(entry.required("at")), ZoneOffset.UTC);
      counts.merge(
          day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).toString(), 1L, Long::sum);
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      List<List<Cell>> rows = new ArrayList<>();
      counts.forEach((week, count) -> rows.add(List.of(Cell.of(week), Cell.of(count))));
      return Answer.of(counts.values().stream().mapToLong(Long::longValue).sum(), rows);
    }
  }

  /** How long decisions took. */
  private static final class Latency implements Tally {

    private final Quantiles first = new Quantiles();
    private final Quantiles total = new Quantiles();

    @Override
    public boolean take(long index, Entry entry) {
      DecisionFinished finished = DecisionFinished.of(entry);
      if (finished.outcome().equals("failed")) {
        return false;
      }
      first.add(finished.firstTokenMicros());
      total.add(finished.totalMicros());
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      if (total.count() == 0) {
        return Answer.unknown("no decision ended in the period");
      }
      List<List<Cell>> rows = new ArrayList<>(total.rows("whole answer"));
      rows.addAll(first.rows("first token"));
      return Answer.of(total.at(50), rows);
    }
  }

  /** Tokens. */
  private static final class Tokens implements Tally {

    private long read;
    private long generated;

    @Override
    public boolean take(long index, Entry entry) {
      if (entry.kind().equals(DecisionStarted.KIND)) {
        read += DecisionStarted.of(entry).promptTokens();
      } else {
        generated += DecisionFinished.of(entry).tokens();
      }
      return true;
    }

    @Override
    public Answer answer(Instant asOf) {
      return Answer.of(
          read + generated,
          List.of(
              List.of(Cell.of("read"), Cell.of(read)),
              List.of(Cell.of("generated"), Cell.of(generated))));
    }
  }
}
