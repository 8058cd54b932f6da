package dev.candor.governance.figures;

import dev.candor.ledger.entries.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Counts entries by a word that they have: the most frequent first, those alike by the word. Beyond
 * {@value #MOST_ROWS} words the others are one row.
 */
final class CountBy implements Tally {

  /** Most rows of a table. */
  static final int MOST_ROWS = 50;

  /** What the row is called that has all others. */
  static final String OTHERS = "(others)";

  private final Function<Entry, Optional<String>> word;
  private final Map<String, Long> counts = new TreeMap<>();

  /**
   * @param word of an entry; of one that is not counted, none
   */
  CountBy(Function<Entry, Optional<String>> word) {
    this.word = word;
  }

  @Override
  public boolean take(long index, Entry entry) {
    Optional<String> of = word.apply(entry);
    of.ifPresent(it -> counts.merge(it, 1L, Long::sum));
    return of.isPresent();
  }

  @Override
  public Answer answer(Instant asOf) {
    return answer(counts);
  }

  /** The answer of any counts. */
  static Answer answer(Map<String, Long> counts) {
    long all = counts.values().stream().mapToLong(Long::longValue).sum();
    return Answer.of(all, rows(counts));
  }

  /** A row for each, as this class orders them. */
  static List<List<Cell>> rows(Map<String, Long> counts) {
    List<Map.Entry<String, Long>> ordered =
        new TreeMap<>(counts)
            .entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .toList();
    List<List<Cell>> rows = new ArrayList<>();
    long others = 0;
    for (Map.Entry<String, Long> one : ordered) {
      if (rows.size() < MOST_ROWS) {
        rows.add(List.of(Cell.of(one.getKey()), Cell.of(one.getValue())));
      } else {
        others += one.getValue();
      }
    }
    if (others > 0) {
      rows.add(List.of(Cell.of(OTHERS), Cell.of(others)));
    }
    return rows;
  }
}
