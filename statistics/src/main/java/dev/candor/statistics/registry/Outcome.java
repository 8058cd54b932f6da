package dev.candor.statistics.registry;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.intervals.Measured;
import dev.candor.statistics.tests.TestResult;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** What a statistic gives: a number, or several by name or in order. */
public sealed interface Outcome {

  /** A number, or why there is none. */
  record Single(Quantity quantity) implements Outcome {}

  /** A count, a rank or an index. */
  record Whole(long value) implements Outcome {}

  /** Several by name, in their order. */
  record Named(SequencedMap<String, Outcome> values) implements Outcome {
    public Named {
      values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
    }

    /** The same with one more. */
    Named and(String name, Outcome value) {
      SequencedMap<String, Outcome> more = new LinkedHashMap<>(values);
      more.put(name, value);
      return new Named(more);
    }
  }

  /** Several in order. */
  record Listed(List<Outcome> values) implements Outcome {
    public Listed {
      values = List.copyOf(values);
    }
  }

  static Outcome of(Quantity quantity) {
    return new Single(quantity);
  }

  static Outcome of(double value) {
    return new Single(Quantity.of(value));
  }

  static Outcome undefined(String reason) {
    return new Single(Quantity.undefined(reason));
  }

  static Named of(Measured measured) {
    return named("estimate", of(measured.estimate()))
        .and("lower", of(measured.lower()))
        .and("upper", of(measured.upper()));
  }

  static Named of(TestResult result) {
    return named("statistic", of(result.statistic())).and("p", of(result.p()));
  }

  static Named named(String name, Outcome value) {
    return new Named(new LinkedHashMap<>(Map.of(name, value)));
  }

  static Named none() {
    return new Named(new LinkedHashMap<>());
  }

  static Outcome listed(double[] values) {
    return new Listed(Arrays.stream(values).mapToObj(Outcome::of).toList());
  }

  static Outcome listed(List<Integer> values) {
    return new Listed(values.stream().<Outcome>map(Whole::new).toList());
  }
}
