package dev.candor.statistics.registry;

import dev.candor.statistics.NearestWord;
import dev.candor.statistics.StatisticsException;
import dev.candor.statistics.fairness.Confusion;
import dev.candor.statistics.fairness.Intersections;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a statistic is computed from, checked against what it takes.
 *
 * <p>Values are plain: a {@link Number}, a {@link String}, a {@link Boolean}, a {@code double[]} or
 * a {@link List} of values, a {@link Map} of values by name.
 */
public final class Inputs {

  private static final List<String> CELLS = List.of("tp", "fp", "tn", "fn");
  private static final Set<String> CELL_NAMES = Set.copyOf(CELLS);

  private final Map<String, Input> known = new LinkedHashMap<>();
  private final Map<String, Object> given;

  /** What the statistic has asked for, in its order. */
  private final Set<String> read = new LinkedHashSet<>();

  /**
   * Checks names and presence; types are checked when a value is read.
   *
   * @throws StatisticsException {@code statistics.unknown-input} or {@code
   *     statistics.input-missing}
   */
  Inputs(String statistic, List<Input> inputs, Map<String, Object> given) {
    this.given = given;
    inputs.forEach(input -> known.put(input.name(), input));
    for (String name : given.keySet()) {
      if (!known.containsKey(name)) {
        throw new StatisticsException(
            "unknown-input",
            statistic + " has no input '" + name + "'",
            "Did you mean '"
                + NearestWord.to(name, known.keySet())
                + "'? There are: "
                + String.join(", ", known.keySet())
                + ".");
      }
    }
    for (Input input : inputs) {
      if (input.presence() == Input.Presence.REQUIRED && !given.containsKey(input.name())) {
        throw missing(statistic, input.name());
      }
    }
  }

  /** Whether it was given. */
  public boolean has(String name) {
    return given.containsKey(name);
  }

  /** The scalars that were read, with what is usual where they were not given. */
  public SequencedMap<String, Object> settings() {
    SequencedMap<String, Object> settings = new LinkedHashMap<>();
    known.forEach((name, input) -> {
      Object value = given.containsKey(name) ? given.get(name) : input.fallback().orElse("");
      boolean scalar =
          value instanceof Number || value instanceof String || value instanceof Boolean;
      if (scalar && read.contains(name)) {
        settings.put(name, value);
      }
    });
    return settings;
  }

  /** A finite number. */
  public double number(String name) {
    if (value(name) instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw wrongType(name);
  }

  /** A whole number. */
  public long whole(String name) {
    double value = number(name);
    if (value == Math.rint(value) && Math.abs(value) <= 1L << 53) {
      return (long) value;
    }
    throw wrongType(name);
  }

  /** A whole number that fits into 32 bits. */
  public int count(String name) {
    long value = whole(name);
    if (value == (int) value) {
      return (int) value;
    }
    throw new StatisticsException(
        "out-of-range", name + " is " + value, "Give at most " + Integer.MAX_VALUE + ".");
  }

  /** True or false. */
  public boolean flag(String name) {
    if (value(name) instanceof Boolean flag) {
      return flag;
    }
    throw wrongType(name);
  }

  /** A text, and one of those allowed if there are such. */
  public String text(String name) {
    Object value = value(name);
    if (!(value instanceof String text)) {
      throw wrongType(name);
    }
    List<String> choices = input(name).choices();
    if (!choices.isEmpty() && !choices.contains(text)) {
      throw new StatisticsException(
          "unknown-value",
          name + " is '" + text + "'; it may be " + String.join(", ", choices),
          "Did you mean '" + NearestWord.to(text, choices) + "'?");
    }
    return text;
  }

  /** Finite numbers. */
  public double[] numbers(String name) {
    return numbers(name, value(name));
  }

  private double[] numbers(String name, Object value) {
    if (value instanceof double[] numbers) {
      return numbers.clone();
    }
    if (value instanceof List<?> list && list.isEmpty()) {
      return new double[0];
    }
    throw wrongType(name);
  }

  /** Whole numbers from 0. */
  public int[] classes(String name) {
    double[] numbers = numbers(name);
    int[] classes = new int[numbers.length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (int) numbers[i];
      if (classes[i] != numbers[i] || classes[i] < 0) {
        throw wrongType(name);
      }
    }
    return classes;
  }

  /** Flags: true and false, or 1 and 0. */
  public boolean[] flags(String name) {
    Object value = value(name);
    if (value instanceof double[] numbers) {
      boolean[] flags = new boolean[numbers.length];
      for (int i = 0; i < flags.length; i++) {
        if (numbers[i] != 0 && numbers[i] != 1) {
          throw wrongType(name);
        }
        flags[i] = numbers[i] == 1;
      }
      return flags;
    }
    List<?> list = list(name, value);
    boolean[] flags = new boolean[list.size()];
    for (int i = 0; i < flags.length; i++) {
      if (!(list.get(i) instanceof Boolean flag)) {
        throw wrongType(name);
      }
      flags[i] = flag;
    }
    return flags;
  }

  /** Texts; whole numbers are read as what they print as. */
  public List<String> texts(String name) {
    return texts(name, value(name));
  }

  private List<String> texts(String name, Object value) {
    List<String> texts = new ArrayList<>();
    if (value instanceof double[] numbers) {
      for (double number : numbers) {
        if (number != (long) number) {
          throw wrongType(name);
        }
        texts.add(Long.toString((long) number));
      }
      return texts;
    }
    for (Object element : list(name, value)) {
      if (!(element instanceof String text)) {
        throw wrongType(name);
      }
      texts.add(text);
    }
    return texts;
  }

  /** The group of each row; intersections of several attributes. */
  public List<String> groups(String name) {
    Object value = value(name);
    if (value instanceof List<?> list
        && !list.isEmpty()
        && (list.getFirst() instanceof List || list.getFirst() instanceof double[])) {
      List<List<String>> attributes = new ArrayList<>();
      for (Object attribute : list) {
        attributes.add(texts(name, attribute));
      }
      return Intersections.of(attributes);
    }
    return texts(name, value);
  }

  /** Whether a sample is of texts, not of numbers. */
  public boolean isOfTexts(String name) {
    return value(name) instanceof List<?> list && !list.isEmpty();
  }

  /** Rows of numbers of one length. */
  public List<double[]> table(String name) {
    List<double[]> rows = new ArrayList<>();
    for (Object row : list(name, value(name))) {
      double[] numbers = numbers(name, row);
      if (numbers.length == 0
          || numbers.length != rows.stream().findFirst().orElse(numbers).length) {
        throw wrongType(name);
      }
      rows.add(numbers);
    }
    return rows;
  }

  /** The same, row after row. */
  public double[] flatTable(String name) {
    List<double[]> rows = table(name);
    int columns = rows.isEmpty() ? 0 : rows.getFirst().length;
    double[] flat = new double[rows.size() * columns];
    for (int row = 0; row < rows.size(); row++) {
      System.arraycopy(rows.get(row), 0, flat, row * columns, columns);
    }
    return flat;
  }

  /** Counts of each group. */
  public SortedMap<String, Confusion> outcomes(String name) {
    if (!(value(name) instanceof Map<?, ?> groups) || groups.isEmpty()) {
      throw wrongType(name);
    }
    SortedMap<String, Confusion> outcomes = new TreeMap<>();
    groups.forEach((group, cells) -> {
      if (!(cells instanceof Map<?, ?> counts) || !counts.keySet().equals(CELL_NAMES)) {
        throw wrongType(name);
      }
      double[] found = new double[CELLS.size()];
      for (int i = 0; i < found.length; i++) {
        if (!(counts.get(CELLS.get(i)) instanceof Number number)) {
          throw wrongType(name);
        }
        found[i] = number.doubleValue();
      }
      outcomes.put(group.toString(), new Confusion(found[0], found[1], found[2], found[3]));
    });
    return outcomes;
  }

  /**
   * Refuses what was given for nothing.
   *
   * @throws StatisticsException {@code statistics.input-unused}
   */
  void requireAllRead(String statistic) {
    for (String name : given.keySet()) {
      if (!read.contains(name)) {
        throw new StatisticsException(
            "input-unused",
            statistic + " does not use '" + name + "' with these inputs",
            "Leave it out, or change the input that says how the others are read.");
      }
    }
  }

  /** Exactly one of two ways must be chosen; whether it is the first. */
  boolean isFirstWay(String first, List<String> second) {
    List<String> others = second.stream().filter(this::has).toList();
    if (has(first) == !others.isEmpty()) {
      throw new StatisticsException(
          "inputs-conflict",
          has(first)
              ? first + " and " + others.getFirst() + " are both given"
              : "neither " + first + " nor " + String.join(", ", second) + " are given",
          "Give " + first + " alone, or " + String.join(", ", second) + ".");
    }
    return has(first);
  }

  private List<?> list(String name, Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw wrongType(name);
  }

  private Object value(String name) {
    read.add(name);
    Object value = given.get(name);
    if (value != null) {
      return value;
    }
    return input(name).fallback().orElseThrow(() -> missing("the statistic", name));
  }

  private Input input(String name) {
    Input input = known.get(name);
    if (input == null) {
      throw new IllegalStateException(
          "the catalogue reads an input that it does not name: " + name);
    }
    return input;
  }

  private static StatisticsException missing(String statistic, String name) {
    return new StatisticsException(
        "input-missing",
        statistic + " needs the input '" + name + "'",
        "Give it; 'candor stats example' shows how.");
  }

  private StatisticsException wrongType(String name) {
    return new StatisticsException(
        "wrong-type",
        name + " is of another type; needed is: " + input(name).type().json(),
        "Give it as 'candor stats example' shows.");
  }
}
