package dev.candor.governance.figures;

import dev.candor.governance.evidence.RecordedText;
import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Counts what was granted for a while, by whether it is still alive: the last for each thing. */
final class AliveUntil implements Tally {

  static final String ALIVE = "alive";
  static final String EXPIRED = "expired";

  private final Function<Entry, String> what;
  private final Map<String, Entry> last = new TreeMap<>();

  /**
   * @param what was granted: of two of the same the later one counts
   */
  AliveUntil(Function<Entry, String> what) {
    this.what = what;
  }

  @Override
  public boolean take(long index, Entry entry) {
    last.put(what.apply(entry), entry);
    return true;
  }

  @Override
  public Answer answer(Instant asOf) {
    Map<String, Long> counts = new TreeMap<>();
    for (Entry entry : last.values()) {
      boolean alive =
          entry
              .value("until")
              .map(until -> asOf.isBefore(RecordedText.instant("until", until)))
              .orElse(true);
      counts.merge(alive ? ALIVE : EXPIRED, 1L, Long::sum);
    }
    return Answer.of(counts.getOrDefault(ALIVE, 0L), CountBy.rows(counts));
  }
}
