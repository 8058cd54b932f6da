package dev.candor.engine.templates;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of a template: {@link Text}, {@link Long}, {@link Double}, {@link Boolean}, {@link
 * #NONE}, {@link Undefined}, {@code List<Object>}, {@code Map<Text, Object>}, {@link Namespace} and
 * {@link Callable}.
 */
final class Values {

  /** Python's {@code None}. */
  static final Nothing NONE = Nothing.NONE;

  /** Deepest nesting of values that are given. */
  private static final int MAXIMUM_DEPTH = 100;

  private Values() {}

  /** The kind of {@link #NONE}. */
  enum Nothing {
    NONE
  }

  /** What a name stands for that has no value: prints nothing, is false, has no attributes. */
  record Undefined(String name) {}

  /** What {@code namespace()} makes: attributes that inner scopes may set. */
  static final class Namespace {
    final Map<String, Object> attributes = new LinkedHashMap<>();
  }

  /** What can be called. */
  @FunctionalInterface
  interface Callable {
    Object call(Arguments arguments);
  }

  /**
   * A given value as a template's value.
   *
   * @param foreign whether its strings came from messages
   */
  static Object of(Object value, boolean foreign) {
    return of(value, foreign, 0);
  }

  private static Object of(Object value, boolean foreign, int depth) {
    if (depth > MAXIMUM_DEPTH) {
      throw TemplateFailure.limit("too-deep", "levels in the messages", MAXIMUM_DEPTH, 1);
    }
    if (value == Json.NULL) {
      return NONE;
    }
    return switch (value) {
      case String string -> foreign ? Text.foreign(string) : Text.of(string);
      case Boolean truth -> truth;
      case Integer number -> number.longValue();
      case Long number -> number;
      case Float number -> number.doubleValue();
      case Double number -> number;
      case JsonObject object -> map(object.members(), foreign, depth);
      case Map<?, ?> members -> map(members, foreign, depth);
      case List<?> elements -> {
        List<Object> list = new ArrayList<>(elements.size());
        for (Object element : elements) {
          list.add(of(element, foreign, depth + 1));
        }
        yield list;
      }
      default ->
          throw TemplateFailure.type(
              "a value of " + value.getClass().getSimpleName() + " was given", 1);
    };
  }

  private static Map<Text, Object> map(Map<?, ?> members, boolean foreign, int depth) {
    Map<Text, Object> map = new LinkedHashMap<>();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      String key = String.valueOf(member.getKey());
      map.put(
          foreign ? Text.foreign(key) : Text.of(key), of(member.getValue(), foreign, depth + 1));
    }
    return map;
  }

  @SuppressWarnings("unchecked") // values of a template are made in this package only
  static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  @SuppressWarnings("unchecked") // values of a template are made in this package only
  static Map<Text, Object> map(Object value) {
    return (Map<Text, Object>) value;
  }

  /** Python's truth of a value. */
  static boolean truth(Object value) {
    return switch (value) {
      case Boolean truth -> truth;
      case Long number -> number != 0;
      case Double number -> number != 0;
      case Text text -> !text.isEmpty();
      case List<?> elements -> !elements.isEmpty();
      case Map<?, ?> members -> !members.isEmpty();
      case Undefined undefined -> false;
      default -> value != NONE;
    };
  }

  /** The value's kind as an error message calls it. */
  static String kind(Object value) {
    return switch (value) {
      case Boolean truth -> "a boolean";
      case Long number -> "an integer";
      case Double number -> "a number";
      case Text text -> "a string";
      case List<?> elements -> "a list";
      case Map<?, ?> members -> "a mapping";
      case Undefined undefined -> "undefined (" + undefined.name() + ")";
      case Namespace namespace -> "a namespace";
      default -> value == NONE ? "none" : "a function";
    };
  }

  /** A whole number: Python's booleans are some, too. */
  static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof Boolean;
  }

  static boolean isNumber(Object value) {
    return isInteger(value) || value instanceof Double;
  }

  static long integer(Object value, Execution run) {
    return switch (value) {
      case Long number -> number;
      case Boolean truth -> truth ? 1 : 0;
      default -> throw run.type("expected an integer, found " + kind(value));
    };
  }

  static double number(Object value, Execution run) {
    return value instanceof Double number ? number : integer(value, run);
  }

  static Text text(Object value, Execution run) {
    if (value instanceof Text text) {
      return text;
    }
    throw run.type("expected a string, found " + kind(value));
  }

  /** Python's {@code ==}. */
  static boolean equal(Object a, Object b, Execution run) {
    run.steps(1);
    if (isNumber(a) && isNumber(b)) {
      return isInteger(a) && isInteger(b)
          ? integer(a, run) == integer(b, run)
          : number(a, run) == number(b, run);
    }
    if (a instanceof List<?> left && b instanceof List<?> right) {
      if (left.size() != right.size() || (left instanceof Tuple) != (right instanceof Tuple)) {
        return false;
      }
      run.enter();
      boolean same = true;
      for (int i = 0; same && i < left.size(); i++) {
        same = equal(left.get(i), right.get(i), run);
      }
      run.leave();
      return same;
    }
    if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) {
      if (left.size() != right.size()) {
        return false;
      }
      run.enter();
      boolean same = true;
      for (Map.Entry<?, ?> member : left.entrySet()) {
        Object other = right.get(member.getKey());
        same = same && other != null && equal(member.getValue(), other, run);
      }
      run.leave();
      return same;
    }
    if (a instanceof Text text) {
      return text.equals(b);
    }
    return a instanceof Undefined ? b instanceof Undefined : a == b;
  }

  /** Python's order: negative, zero or positive. */
  static int compare(Object a, Object b, Execution run) {
    run.steps(1);
    if (isInteger(a) && isInteger(b)) {
      return Long.compare(integer(a, run), integer(b, run));
    }
    if (isNumber(a) && isNumber(b)) {
      return Double.compare(number(a, run), number(b, run));
    }
    if (a instanceof Text left && b instanceof Text right) {
      return compareByCodePoints(left.chars(), right.chars());
    }
    throw run.type("cannot compare " + kind(a) + " with " + kind(b));
  }

  private static int compareByCodePoints(String a, String b) {
    int at = 0;
    while (at < a.length() && at < b.length()) {
      int left = a.codePointAt(at);
      int right = b.codePointAt(at);
      if (left != right) {
        return Integer.compare(left, right);
      }
      at += Character.charCount(left);
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Python's {@code in}. */
  static boolean contains(Object container, Object element, Execution run) {
    switch (container) {
      case Text text -> {
        run.steps(1 + text.length() / 64);
        return text.chars().contains(text(element, run).chars());
      }
      case List<?> elements -> {
        for (Object candidate : elements) {
          if (equal(candidate, element, run)) {
            return true;
          }
        }
        return false;
      }
      case Map<?, ?> members -> {
        return element instanceof Text && members.containsKey(element);
      }
      case Undefined undefined -> {
        return false;
      }
      default -> throw run.type(kind(container) + " contains nothing");
    }
  }

  /** What a loop over the value goes through. */
  static List<Object> iterate(Object value, Execution run) {
    switch (value) {
      case List<?> elements -> {
        return list(elements);
      }
      case Map<?, ?> members -> {
        run.steps(members.size());
        return new ArrayList<>(members.keySet());
      }
      case Text text -> {
        run.steps(2L * text.length());
        List<Object> characters = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
          int end = text.chars().offsetByCodePoints(at, 1);
          characters.add(text.slice(at, end));
          at = end;
        }
        return characters;
      }
      case Undefined undefined -> {
        return List.of();
      }
      default -> throw run.type("cannot go through " + kind(value));
    }
  }
}
