package dev.candor.governance.fairness;

import dev.candor.statistics.intervals.Measured;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What was counted of a group.
 *
 * @param view what the groups are of: an attribute, several with {@code &} between, or a category
 * @param group its name
 * @param rows how many questions, or pairs of them
 * @param counts from which everything else can be computed again, by their names
 * @param measure what the share is of, such as {@code selection-rate}
 * @param share with its interval
 * @param numbers other quantities by their names
 * @param p of a test that this group is like those it is held against, corrected by Holm
 */
public record GroupMeasurement(
    String view,
    String group,
    long rows,
    Map<String, Long> counts,
    String measure,
    Measured share,
    Map<String, Double> numbers,
    OptionalDouble p) {

  public GroupMeasurement {
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
    numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
  }

  /** One of its counts. */
  public long count(String name) {
    return Objects.requireNonNull(counts.get(name), name);
  }
}
