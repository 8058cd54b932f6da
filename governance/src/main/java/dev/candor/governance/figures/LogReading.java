package dev.candor.governance.figures;

import dev.candor.governance.evidence.RecordedText;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One pass over the entries of a log, which all queries share. Who shows it the same entries gets
 * the same figures.
 */
public final class LogReading {

  private final Period period;
  private final Instant asOf;
  private final List<Running> running;

  /** A query under way. */
  private static final class Running {

    private final EvidenceQuery query;
    private final Tally tally;
    private EntryRange entries = EntryRange.NONE;

    Running(EvidenceQuery query, Period period) {
      this.query = query;
      this.tally = query.tally().apply(period);
    }
  }

  /**
   * A pass for some queries.
   *
   * @param period what it is about
   * @param asOf the end of the period, or earlier if that is still to come
   */
  public LogReading(List<EvidenceQuery> queries, Period period, Instant asOf) {
    this.period = period;
    this.asOf = asOf;
    this.running = queries.stream().map(query -> new Running(query, period)).toList();
  }

  /** Takes in the next entry. */
  public void take(long index, Entry entry) {
    Optional<String> stamp = entry.value("at");
    if (stamp.isEmpty()) {
      return;
    }
    Instant at = RecordedText.instant("at", stamp.get());
    boolean within = period.contains(at);
    boolean before = at.isBefore(period.to());
    for (Running one : running) {
      boolean read = one.query.window() == EvidenceWindow.PERIOD ? within : before;
      if (read && one.query.reads(entry.kind()) && one.tally.take(index, entry)) {
        one.entries = one.entries.with(index);
      }
    }
  }

  /** What the queries come to, in their order. */
  public List<Figure> figures() {
    List<Figure> figures = new ArrayList<>();
    for (Running one : running) {
      Answer answer = one.tally.answer(asOf);
      figures.add(
          new Figure(
              one.query.name(), answer.value(), answer.rows(), answer.unknown(), one.entries));
    }
    return List.copyOf(figures);
  }
}
