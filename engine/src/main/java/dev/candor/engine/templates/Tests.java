package dev.candor.engine.templates;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The tests of Jinja that templates use (template designer documentation, "Builtin Tests"). */
final class Tests {

  private static final Set<String> NAMES =
      Set.of(
          "boolean",
          "callable",
          "defined",
          "divisibleby",
          "eq",
          "equalto",
          "even",
          "false",
          "float",
          "ge",
          "gt",
          "in",
          "integer",
          "iterable",
          "le",
          "lower",
          "lt",
          "mapping",
          "ne",
          "none",
          "number",
          "odd",
          "sameas",
          "sequence",
          "string",
          "true",
          "undefined",
          "upper");

  private Tests() {}

  static boolean exists(String name) {
    return NAMES.contains(name);
  }

  static boolean holds(String name, Object value, Arguments arguments) {
    Execution run = arguments.run();
    run.steps(1);
    return switch (name) {
      case "boolean" -> value instanceof Boolean;
      case "callable" -> value instanceof Values.Callable;
      case "defined" -> !(value instanceof Values.Undefined);
      case "undefined" -> value instanceof Values.Undefined;
      case "divisibleby" -> {
        long divisor = Values.integer(arguments.get(0, "num"), run);
        if (divisor == 0) {
          throw run.type("division by zero");
        }
        yield Values.integer(value, run) % divisor == 0;
      }
      case "eq", "equalto" -> Values.equal(value, arguments.get(0, "other"), run);
      case "ne" -> !Values.equal(value, arguments.get(0, "other"), run);
      case "ge" -> Values.compare(value, arguments.get(0, "other"), run) >= 0;
      case "gt" -> Values.compare(value, arguments.get(0, "other"), run) > 0;
      case "le" -> Values.compare(value, arguments.get(0, "other"), run) <= 0;
      case "lt" -> Values.compare(value, arguments.get(0, "other"), run) < 0;
      case "in" -> Values.contains(arguments.get(0, "seq"), value, run);
      case "even" -> Values.integer(value, run) % 2 == 0;
      case "odd" -> Values.integer(value, run) % 2 != 0;
      case "true" -> value == Boolean.TRUE;
      case "false" -> value == Boolean.FALSE;
      case "float" -> value instanceof Double;
      case "integer" -> value instanceof Long;
      case "number" -> Values.isNumber(value);
      case "iterable", "sequence" ->
          value instanceof List
              || value instanceof Map
              || value instanceof Text
              || value instanceof Values.Undefined;
      case "mapping" -> value instanceof Map;
      case "none" -> value == Values.NONE;
      case "string" -> value instanceof Text;
      case "sameas" -> same(value, arguments.get(0, "other"));
      case "lower" -> {
        String chars = PythonText.str(value, run).chars();
        yield chars.equals(chars.toLowerCase(Locale.ROOT))
            && !chars.equals(chars.toUpperCase(Locale.ROOT));
      }
      case "upper" -> {
        String chars = PythonText.str(value, run).chars();
        yield chars.equals(chars.toUpperCase(Locale.ROOT))
            && !chars.equals(chars.toLowerCase(Locale.ROOT));
      }
      default -> throw run.unsupported("the test " + name);
    };
  }

  private static boolean same(Object a, Object b) {
    return a == b || (Values.isNumber(a) && a.equals(b));
  }
}
