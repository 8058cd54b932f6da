package dev.candor.engine.templates;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The filters of Jinja that templates use (template designer documentation, "Builtin Filters"). */
final class Filters {

  private static final Set<String> NAMES =
      Set.of(
          "abs",
          "capitalize",
          "count",
          "d",
          "default",
          "dictsort",
          "first",
          "float",
          "indent",
          "int",
          "items",
          "join",
          "last",
          "length",
          "list",
          "lower",
          "map",
          "max",
          "min",
          "reject",
          "rejectattr",
          "replace",
          "reverse",
          "round",
          "safe",
          "select",
          "selectattr",
          "sort",
          "string",
          "sum",
          "title",
          "tojson",
          "trim",
          "unique",
          "upper");

  private Filters() {}

  static boolean exists(String name) {
    return NAMES.contains(name);
  }

  static Object apply(String name, Object of, Arguments arguments) {
    Execution run = arguments.run();
    return switch (name) {
      case "abs" -> {
        arguments.allow();
        yield of instanceof Double number
            ? (Object) Math.abs(number)
            : (Object) Math.absExact(Values.integer(of, run));
      }
      case "capitalize" -> StringMethods.capitalize(PythonText.str(of, run), run);
      case "count", "length" -> length(of, run);
      case "d", "default" -> {
        arguments.allow("default_value", "boolean");
        boolean replaced =
            of instanceof Values.Undefined
                || (arguments.truth(1, "boolean", false) && !Values.truth(of));
        yield replaced ? arguments.get(0, "default_value", Text.EMPTY) : of;
      }
      case "dictsort" -> sortedItems(of, arguments.allow());
      case "first", "last" -> end(of, name.equals("first"), arguments.allow());
      case "float" -> toFloat(of, arguments.allow("default"));
      case "int" -> toInteger(of, arguments.allow("default"));
      case "indent" -> indent(of, arguments.allow("width", "first", "blank"));
      case "items" -> of instanceof Values.Undefined ? List.of() : items(of, run);
      case "join" -> {
        arguments.allow("d", "attribute");
        List<Object> elements = Values.iterate(of, run);
        if (arguments.has(1, "attribute")) {
          elements = attributes(elements, arguments.text(1, "attribute").chars(), Values.NONE, run);
        }
        yield StringMethods.join(
            PythonText.str(arguments.get(0, "d", Text.EMPTY), run), elements, run);
      }
      case "list" -> new ArrayList<>(charged(Values.iterate(of, run), run));
      case "lower" -> StringMethods.lower(PythonText.str(of, run), run);
      case "map" -> map(of, arguments);
      case "max", "min" -> extreme(of, name.equals("max"), arguments.allow());
      case "select", "reject" -> select(of, arguments, name.equals("select"), false);
      case "selectattr", "rejectattr" -> select(of, arguments, name.equals("selectattr"), true);
      case "replace" -> {
        arguments.allow("old", "new", "count");
        yield StringMethods.replace(
            PythonText.str(of, run),
            PythonText.str(arguments.get(0, "old"), run),
            PythonText.str(arguments.get(1, "new"), run),
            arguments.integer(2, "count", -1),
            run);
      }
      case "reverse" -> reverse(of, run);
      case "round" -> round(of, arguments.allow("precision"));
      case "safe" -> of;
      case "sort" -> sort(of, arguments.allow("reverse", "case_sensitive", "attribute"));
      case "string" -> PythonText.str(of, run);
      case "sum" -> sum(of, arguments.allow());
      case "title" -> StringMethods.titleFilter(PythonText.str(of, run), run);
      case "tojson" -> PythonJson.of(of, arguments);
      case "trim" -> {
        Text text = PythonText.str(of, run);
        run.characters(text.length());
        yield StringMethods.strip(text, arguments, true, true);
      }
      case "unique" -> unique(of, arguments.allow());
      case "upper" -> StringMethods.upper(PythonText.str(of, run), run);
      default -> throw run.unsupported("the filter " + name);
    };
  }

  static long length(Object of, Execution run) {
    return switch (of) {
      case Text text -> text.chars().codePointCount(0, text.length());
      case List<?> elements -> elements.size();
      case Map<?, ?> members -> members.size();
      case Values.Undefined undefined -> 0;
      default -> throw run.type(Values.kind(of) + " has no length");
    };
  }

  /** Key and value of each member. */
  static List<Object> items(Object of, Execution run) {
    if (!(of instanceof Map<?, ?> members)) {
      throw run.type("cannot get the items of " + Values.kind(of));
    }
    run.steps(4L * members.size());
    List<Object> items = new ArrayList<>(members.size());
    for (Map.Entry<Text, Object> member : Values.map(members).entrySet()) {
      items.add(Tuple.of(member.getKey(), member.getValue()));
    }
    return items;
  }

  private static List<Object> charged(List<Object> elements, Execution run) {
    run.steps(elements.size());
    return elements;
  }

  private static Object end(Object of, boolean first, Arguments arguments) {
    List<Object> elements = Values.iterate(of, arguments.run());
    if (elements.isEmpty()) {
      return new Values.Undefined(first ? "first" : "last");
    }
    return first ? elements.getFirst() : elements.getLast();
  }

  private static Object toInteger(Object of, Arguments arguments) {
    Object absent = arguments.get(0, "default", 0L);
    try {
      return switch (of) {
        case Text text -> {
          String digits = text.chars().strip().replace("_", "");
          yield digits.matches("[+-]?[0-9]+")
              ? (Object) Long.parseLong(digits)
              : (Object) (long) Double.parseDouble(digits);
        }
        case Double number -> (long) (double) number;
        default -> Values.isInteger(of) ? Values.integer(of, arguments.run()) : absent;
      };
    } catch (NumberFormatException e) {
      return absent;
    }
  }

  private static Object toFloat(Object of, Arguments arguments) {
    Object absent = arguments.get(0, "default", 0.0);
    try {
      return of instanceof Text text
          ? (Object) Double.parseDouble(text.chars().strip())
          : Values.isNumber(of) ? (Object) Values.number(of, arguments.run()) : absent;
    } catch (NumberFormatException e) {
      return absent;
    }
  }

  private static Text indent(Object of, Arguments arguments) {
    Execution run = arguments.run();
    Object width = arguments.get(0, "width", 4L);
    Text unit =
        width instanceof Text text
            ? text
            : Text.of(" ".repeat(Math.clamp(Values.integer(width, run), 0, 1000)));
    boolean blank = arguments.truth(2, "blank", false);
    Text text = PythonText.str(of, run);
    run.characters(text.length());
    Text whole = new Text.Builder().append(text).append("\n").build();
    Text.Builder out = new Text.Builder();
    boolean first = arguments.truth(1, "first", false);
    boolean begins = true;
    for (Object element : StringMethods.lines(whole, false, run)) {
      Text line = Values.text(element, run);
      run.characters((long) line.length() + unit.length() + 1);
      if (!begins) {
        out.append("\n");
      }
      if (begins ? first : blank || !line.isEmpty()) {
        out.append(unit);
      }
      out.append(line);
      begins = false;
    }
    return out.build();
  }

  private static List<Object> attributes(
      List<Object> elements, String path, Object absent, Execution run) {
    List<Object> values = new ArrayList<>(elements.size());
    for (Object element : elements) {
      values.add(attribute(element, path, absent, run));
    }
    return values;
  }

  /**
   * The member at a path of names with dots between, as attribute arguments give it.
   *
   * @param absent instead of what is undefined on the way; none for nothing
   */
  private static Object attribute(Object of, String path, Object absent, Execution run) {
    Object value = of;
    for (String name : path.split("\\.", -1)) {
      run.steps(1);
      value =
          name.matches("[0-9]{1,9}")
              ? Members.subscript(value, Long.parseLong(name), run)
              : Members.subscript(value, Text.of(name), run);
      if (absent != Values.NONE && value instanceof Values.Undefined) {
        value = absent;
      }
    }
    return value;
  }

  private static List<Object> map(Object of, Arguments arguments) {
    Execution run = arguments.run();
    List<Object> elements = Values.iterate(of, run);
    if (arguments.named().containsKey("attribute")) {
      String path = Values.text(arguments.named().get("attribute"), run).chars();
      return attributes(
          elements, path, arguments.named().getOrDefault("default", Values.NONE), run);
    }
    String filter = arguments.text(0, "filter").chars();
    if (!exists(filter)) {
      throw run.unsupported("the filter " + filter);
    }
    Arguments rest = new Arguments(tail(arguments, 1), arguments.named(), run);
    run.enter();
    List<Object> values = new ArrayList<>(elements.size());
    for (Object element : elements) {
      run.steps(1);
      values.add(apply(filter, element, rest));
    }
    run.leave();
    return values;
  }

  private static List<Object> tail(Arguments arguments, int from) {
    List<Object> positional = arguments.positional();
    return positional.subList(Math.min(from, positional.size()), positional.size());
  }

  private static List<Object> select(
      Object of, Arguments arguments, boolean keeps, boolean byAttribute) {
    Execution run = arguments.run();
    int skipped = byAttribute ? 1 : 0;
    List<Object> rest = tail(arguments, skipped);
    String test = rest.isEmpty() ? "" : Values.text(rest.getFirst(), run).chars();
    if (!test.isEmpty() && !Tests.exists(test)) {
      throw run.unsupported("the test " + test);
    }
    Arguments operands = new Arguments(tail(arguments, skipped + 1), Map.of(), run);
    List<Object> selected = new ArrayList<>();
    for (Object element : Values.iterate(of, run)) {
      run.steps(1);
      Object tested =
          byAttribute
              ? attribute(element, arguments.text(0, "attribute").chars(), Values.NONE, run)
              : element;
      boolean holds = test.isEmpty() ? Values.truth(tested) : Tests.holds(test, tested, operands);
      if (holds == keeps) {
        selected.add(element);
      }
    }
    return selected;
  }

  private static Object reverse(Object of, Execution run) {
    List<Object> reversed = new ArrayList<>(charged(Values.iterate(of, run), run).reversed());
    return of instanceof Text ? StringMethods.join(Text.EMPTY, reversed, run) : reversed;
  }

  private static Object round(Object of, Arguments arguments) {
    Execution run = arguments.run();
    int precision = Math.clamp(arguments.integer(0, "precision", 0), 0, 15);
    double value = Values.number(of, run);
    if (Values.isInteger(of) || Double.isNaN(value) || Double.isInfinite(value)) {
      return of;
    }
    return new BigDecimal(value).setScale(precision, RoundingMode.HALF_EVEN).doubleValue();
  }

  private static List<Object> sort(Object of, Arguments arguments) {
    Execution run = arguments.run();
    boolean descending = arguments.truth(0, "reverse", false);
    boolean caseSensitive = arguments.truth(1, "case_sensitive", false);
    Object attribute = arguments.get(2, "attribute", Values.NONE);
    List<Object> sorted = new ArrayList<>(charged(Values.iterate(of, run), run));
    sorted.sort((a, b) -> {
      int order =
          Values.compare(
              sortKey(a, attribute, caseSensitive, run),
              sortKey(b, attribute, caseSensitive, run),
              run);
      return descending ? -order : order;
    });
    return sorted;
  }

  private static Object sortKey(
      Object element, Object attribute, boolean caseSensitive, Execution run) {
    Object key =
        attribute == Values.NONE
            ? element
            : attribute(element, Values.text(attribute, run).chars(), Values.NONE, run);
    return key instanceof Text text && !caseSensitive ? StringMethods.lower(text, run) : key;
  }

  private static List<Object> sortedItems(Object of, Arguments arguments) {
    Execution run = arguments.run();
    List<Object> items = items(of, run);
    items.sort((a, b) ->
        Values.compare(
            sortKey(Values.list(a).getFirst(), Values.NONE, false, run),
            sortKey(Values.list(b).getFirst(), Values.NONE, false, run),
            run));
    return items;
  }

  private static Object extreme(Object of, boolean largest, Arguments arguments) {
    Execution run = arguments.run();
    List<Object> elements = Values.iterate(of, run);
    if (elements.isEmpty()) {
      return new Values.Undefined(largest ? "max" : "min");
    }
    Object best = elements.getFirst();
    for (Object element : elements) {
      int order =
          Values.compare(
              sortKey(element, Values.NONE, false, run),
              sortKey(best, Values.NONE, false, run),
              run);
      best = (largest ? order > 0 : order < 0) ? element : best;
    }
    return best;
  }

  private static Object sum(Object of, Arguments arguments) {
    Object sum = 0L;
    for (Object element : Values.iterate(of, arguments.run())) {
      sum = Operators.arithmetic("+", sum, element, arguments.run());
    }
    return sum;
  }

  private static List<Object> unique(Object of, Arguments arguments) {
    Execution run = arguments.run();
    Map<Object, Object> first = new LinkedHashMap<>();
    for (Object element : charged(Values.iterate(of, run), run)) {
      if (!(element instanceof Text) && !Values.isNumber(element)) {
        throw run.type("cannot tell whether " + Values.kind(element) + " is unique");
      }
      first.putIfAbsent(sortKey(element, Values.NONE, false, run), element);
    }
    return new ArrayList<>(first.values());
  }
}
