package dev.candor.governance.explanation;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How much each span carries of f, the log-odds of a {@link Target}. A span above 0 speaks for the
 * label, one below 0 for the other.
 *
 * @param method how it was found
 * @param values of each span, in nats
 * @param intervals at 95 %, of a method that samples; else none
 * @param whole f of the whole text
 * @param nothing f with no span left
 */
public record Attribution(
    Method method, List<Double> values, List<Interval> intervals, double whole, double nothing) {

  /** How attributions are found. */
  public enum Method {
    /** Each span left out alone. */
    OCCLUSION,
    /** Shapley values. */
    SHAPLEY;

    /** As it is written. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where a value lies with 95 % confidence. */
  public record Interval(double low, double high) {}

  public Attribution {
    values = List.copyOf(values);
    intervals = List.copyOf(intervals);
  }

  /** The spans, those that speak most for the label first; of equal ones the earlier first. */
  public List<Integer> ordering() {
    return IntStream.range(0, values.size())
        .boxed()
        .sorted(Comparator.comparing((Integer span) -> values.get(span)).reversed())
        .toList();
  }
}
