package dev.candor.statistics.registry;

import dev.candor.statistics.NearestWord;
import dev.candor.statistics.StatisticsException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** All statistics by name. */
public final class StatisticCatalogue {

  private static final SequencedMap<String, Statistic> ALL = all();

  private StatisticCatalogue() {}

  private static SequencedMap<String, Statistic> all() {
    SequencedMap<String, Statistic> all = new LinkedHashMap<>();
    Stream.of(
            FairnessStatistics.all(),
            BiasStatistics.all(),
            TestStatistics.all(),
            IntervalStatistics.all(),
            CalibrationStatistics.all(),
            ConformalStatistics.all(),
            DriftStatistics.all())
        .flatMap(List::stream)
        .forEach(statistic -> {
          if (all.put(statistic.name(), statistic) != null) {
            throw new IllegalStateException("two statistics are called " + statistic.name());
          }
        });
    return all;
  }

  /** Every statistic, those of a shelf together. */
  public static Collection<Statistic> statistics() {
    return List.copyOf(ALL.values());
  }

  /**
   * The statistic of this name.
   *
   * @throws StatisticsException {@code statistics.unknown} if there is none, naming the nearest
   */
  public static Statistic require(String name) {
    Statistic statistic = ALL.get(name);
    if (statistic == null) {
      throw new StatisticsException(
          "unknown",
          "there is no statistic '" + name + "'",
          "Did you mean '"
              + NearestWord.to(name, ALL.keySet())
              + "'? 'candor stats list' has all of them.");
    }
    return statistic;
  }
}
