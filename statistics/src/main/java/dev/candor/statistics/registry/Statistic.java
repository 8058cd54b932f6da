package dev.candor.statistics.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * A statistic that can be asked for by name.
 *
 * @param name its shelf and its own, lower-dash: {@code drift.kullback-leibler}
 * @param definition exactly what is computed, and whose definition it is
 * @param inputs in the order in which they are explained
 * @param example inputs that it can be computed from, as plain values
 * @param function what computes it
 */
public record Statistic(
    String name,
    String definition,
    List<Input> inputs,
    SequencedMap<String, Object> example,
    Function<Inputs, Outcome> function) {

  /**
   * What a statistic came to.
   *
   * @param outcome the value
   * @param settings the scalar inputs, with what is usual where they were not given
   */
  public record Evaluation(Outcome outcome, SequencedMap<String, Object> settings) {}

  /** Computes it from plain values; see {@link Inputs}. */
  public Evaluation evaluate(Map<String, Object> given) {
    Inputs read = new Inputs(name, inputs, given);
    Outcome outcome = function.apply(read);
    read.requireAllRead(name);
    return new Evaluation(outcome, read.settings());
  }

  /** The first half of the name. */
  public String shelf() {
    return name.substring(0, name.indexOf('.'));
  }

  static Draft named(String name) {
    return new Draft(name);
  }

  /** A statistic that is not complete yet. */
  static final class Draft {
    private final String name;
    private final List<Input> inputs = new ArrayList<>();
    private final SequencedMap<String, Object> example = new LinkedHashMap<>();
    private String definition = "";

    private Draft(String name) {
      this.name = name;
    }

    Draft defined(String definition) {
      this.definition = definition;
      return this;
    }

    Draft takes(Input... more) {
      inputs.addAll(List.of(more));
      return this;
    }

    Draft example(String input, Object value) {
      example.put(input, value);
      return this;
    }

    Draft example(Map<String, Object> values) {
      example.putAll(values);
      return this;
    }

    Statistic computed(Function<Inputs, Outcome> function) {
      return new Statistic(name, definition, List.copyOf(inputs), example, function);
    }
  }
}
