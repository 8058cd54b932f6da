package dev.candor.cli;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.registry.Input;
import dev.candor.statistics.registry.Outcome;
import dev.candor.statistics.registry.Statistic;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What people and programs are told of a statistic, and of what it came to. */
final class StatisticReport {

  /** Digits that people read; programs read all of them. */
  private static final MathContext DIGITS = new MathContext(9);

  private StatisticReport() {}

  /** What it came to, as the members of a JSON object. */
  static Map<String, Object> members(String name, Statistic statistic, Statistic.Evaluation found) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("name", name);
    members.put("statistic", statistic.name());
    switch (found.outcome()) {
      case Outcome.Single(Quantity.Undefined(String reason)) -> members.put("undefined", reason);
      case Outcome.Single single -> members.put("value", json(single));
      case Outcome.Whole whole -> members.put("value", json(whole));
      case Outcome.Named named -> members.put("values", json(named));
      case Outcome.Listed listed -> members.put("values", json(listed));
    }
    members.put("settings", found.settings());
    members.put("definition", statistic.definition());
    return members;
  }

  private static Object json(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Single(Quantity.Undefined(String reason)) -> Map.of("undefined", reason);
      case Outcome.Single(Quantity.Defined(double value)) -> number(value);
      case Outcome.Whole(long value) -> value;
      case Outcome.Listed listed -> listed.values().stream().map(StatisticReport::json).toList();
      case Outcome.Named named -> {
        Map<String, Object> members = new LinkedHashMap<>();
        named.values().forEach((key, value) -> members.put(key, json(value)));
        yield members;
      }
    };
  }

  /** JSON has no infinity: it is a text. */
  private static Object number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "infinity" : "-infinity";
    }
    return value;
  }

  /** What it came to, in lines. */
  static void print(PrintStream out, String name, Statistic.Evaluation found) {
    print(out, "", name, found.outcome());
  }

  private static void print(PrintStream out, String indent, String name, Outcome outcome) {
    switch (outcome) {
      case Outcome.Single(Quantity.Undefined(String reason)) ->
          out.println(indent + name + ": undefined, " + reason);
      case Outcome.Single(Quantity.Defined(double value)) ->
          out.println(indent + name + ": " + text(value));
      case Outcome.Whole(long value) -> out.println(indent + name + ": " + value);
      case Outcome.Named named -> {
        out.println(indent + name + ":");
        named.values().forEach((key, value) -> print(out, indent + "  ", key, value));
      }
      case Outcome.Listed listed when listed.values().stream().allMatch(StatisticReport::isFlat) ->
          out.println(
              indent
                  + name
                  + ": "
                  + String.join(" ", listed.values().stream().map(StatisticReport::flat).toList()));
      case Outcome.Listed listed -> {
        out.println(indent + name + ":");
        for (int i = 0; i < listed.values().size(); i++) {
          print(out, indent + "  ", "[" + i + "]", listed.values().get(i));
        }
      }
    }
  }

  private static boolean isFlat(Outcome outcome) {
    return outcome instanceof Outcome.Whole
        || outcome instanceof Outcome.Single(Quantity.Defined _);
  }

  private static String flat(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Single(Quantity.Defined(double value)) -> text(value);
      case Outcome.Whole(long value) -> Long.toString(value);
      default -> outcome.toString();
    };
  }

  private static String text(double value) {
    if (Double.isInfinite(value)) {
      return number(value).toString();
    }
    BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    return Math.abs(value) >= 1e-6 && Math.abs(value) < 1e15
        ? rounded.toPlainString()
        : rounded.toString();
  }

  /** What it takes, as the members of a JSON object. */
  static Map<String, Object> members(Statistic statistic) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("statistic", statistic.name());
    members.put("definition", statistic.definition());
    List<Object> inputs = new ArrayList<>();
    for (Input input : statistic.inputs()) {
      Map<String, Object> described = new LinkedHashMap<>();
      described.put("name", input.name());
      described.put("type", input.type().json());
      described.put("meaning", input.meaning());
      described.put("required", input.presence() == Input.Presence.REQUIRED);
      input.fallback().ifPresent(value -> described.put("usual", value));
      if (!input.choices().isEmpty()) {
        described.put("choices", input.choices());
      }
      inputs.add(described);
    }
    members.put("inputs", inputs);
    members.put("example", plain(statistic.example()));
    return members;
  }

  /** What it takes, in lines. */
  static void print(PrintStream out, Statistic statistic) {
    out.println(statistic.name());
    out.println("  " + statistic.definition());
    int width = statistic.inputs().stream().mapToInt(i -> i.name().length()).max().orElse(1);
    for (Input input : statistic.inputs()) {
      out.println(
          "    " + input.name() + " ".repeat(width - input.name().length()) + "  " + about(input));
    }
    out.println("  example: " + compact(statistic.example()));
    out.println();
  }

  /** Of what type an input is, whether it must be there, and what it means. */
  static String about(Input input) {
    String presence =
        input.presence() == Input.Presence.REQUIRED
            ? ""
            : input.fallback().map(value -> ", usually " + value).orElse(", may be left out");
    String type =
        input.choices().isEmpty() ? input.type().json() : String.join(" | ", input.choices());
    return type + presence + ": " + input.meaning();
  }

  /** In one line of JSON. */
  static String compact(Object value) {
    return JsonMapper.shared().writeValueAsString(plain(value));
  }

  /** Lists instead of arrays, and whole numbers as such. */
  static Object plain(Object value) {
    return switch (value) {
      case double[] numbers -> {
        List<Object> list = new ArrayList<>();
        for (double number : numbers) {
          list.add(number == (long) number ? (Object) (long) number : (Object) number);
        }
        yield list;
      }
      case List<?> list -> list.stream().map(StatisticReport::plain).toList();
      case Map<?, ?> map -> {
        Map<String, Object> members = new LinkedHashMap<>();
        map.forEach((key, element) -> members.put(key.toString(), plain(element)));
        yield members;
      }
      default -> value;
    };
  }
}
