package dev.candor.engine.templates;

import dev.candor.engine.templates.Values.Callable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the dot and the brackets reach: members of mappings and lists, and the methods that are
 * listed here. Nothing else exists, however a template spells it.
 */
final class Members {

  private Members() {}

  /** {@code of.name}: a method if there is one, else the member. */
  static Object attribute(Object of, String name, Execution run) {
    requireSafe(name, run);
    requireDefined(of, name, run);
    if (of instanceof Text text && StringMethods.exists(name)) {
      return (Callable) arguments -> StringMethods.call(text, name, arguments);
    }
    if (of instanceof Map<?, ?> members) {
      Optional<Callable> method = mapMethod(Values.map(members), name);
      if (method.isPresent()) {
        return method.get();
      }
    }
    if (of instanceof List<?> && name.equals("append")) {
      throw run.unsupported("changing a list");
    }
    return member(of, Text.of(name));
  }

  /** {@code of[key]}: the member if there is one, else a method. */
  static Object subscript(Object of, Object key, Execution run) {
    requireDefined(of, "[…]", run);
    if (key instanceof Text name) {
      requireSafe(name.chars(), run);
      Object member = member(of, name);
      if (member instanceof Values.Undefined
          && of instanceof Text
          && StringMethods.exists(name.chars())) {
        return attribute(of, name.chars(), run);
      }
      return member;
    }
    if (of instanceof List<?> elements && Values.isInteger(key)) {
      long index = Values.integer(key, run);
      long from = index < 0 ? index + elements.size() : index;
      return from < 0 || from >= elements.size()
          ? new Values.Undefined("[" + index + "]")
          : elements.get((int) from);
    }
    if (of instanceof Text text && Values.isInteger(key)) {
      return character(text, Values.integer(key, run));
    }
    return new Values.Undefined("[…]");
  }

  private static Object member(Object of, Text name) {
    Object value =
        switch (of) {
          case Map<?, ?> members -> members.get(name);
          case Values.Namespace namespace -> namespace.attributes.get(name.chars());
          default -> null;
        };
    return value == null ? new Values.Undefined(name.chars()) : value;
  }

  private static Object character(Text text, long index) {
    String chars = text.chars();
    long length = chars.codePointCount(0, chars.length());
    long from = index < 0 ? index + length : index;
    if (from < 0 || from >= length) {
      return new Values.Undefined("[" + index + "]");
    }
    int at = chars.offsetByCodePoints(0, (int) from);
    return text.slice(at, at + Character.charCount(chars.codePointAt(at)));
  }

  private static Optional<Callable> mapMethod(Map<Text, Object> members, String name) {
    return switch (name) {
      case "items" -> Optional.of(arguments -> Filters.items(members, arguments.allow().run()));
      case "keys" ->
          Optional.of(arguments -> {
            arguments.allow().run().steps(members.size());
            return new ArrayList<Object>(members.keySet());
          });
      case "values" ->
          Optional.of(arguments -> {
            arguments.allow().run().steps(members.size());
            return new ArrayList<>(members.values());
          });
      case "get" ->
          Optional.of(arguments -> {
            arguments.allow("key", "default");
            Object absent = arguments.get(1, "default", Values.NONE);
            Object value = members.get(arguments.get(0, "key"));
            return value == null ? absent : value;
          });
      default -> Optional.empty();
    };
  }

  /** Names that Python keeps for itself lead out of a sandbox there; here they lead nowhere. */
  private static void requireSafe(String name, Execution run) {
    if (name.startsWith("__")) {
      throw run.unsupported("the attribute " + (name.length() > 40 ? "__…" : name));
    }
  }

  private static void requireDefined(Object of, String name, Execution run) {
    if (of instanceof Values.Undefined undefined) {
      throw run.type("cannot read " + name + " of " + Values.kind(undefined));
    }
  }

  /** {@code of[from:to:step]} with Python's meaning of negative and absent numbers. */
  static Object slice(Object of, Object from, Object to, Object step, Execution run) {
    long stride = step == Values.NONE ? 1 : Values.integer(step, run);
    if (stride == 0) {
      throw run.type("the step of a slice is zero");
    }
    List<Object> elements = of instanceof Text ? List.of() : Values.iterate(of, run);
    if (of instanceof Text text && stride == 1) {
      run.characters(text.length());
      String chars = text.chars();
      int length = chars.codePointCount(0, chars.length());
      int begin = (int) bound(from, 0, length, 0, length, run);
      int end = (int) Math.max(begin, bound(to, length, length, 0, length, run));
      int at = chars.offsetByCodePoints(0, begin);
      return text.slice(at, chars.offsetByCodePoints(at, end - begin));
    }
    if (of instanceof Text) {
      elements = Values.iterate(of, run);
    } else if (!(of instanceof List)) {
      throw run.type("cannot slice " + Values.kind(of));
    }
    int length = elements.size();
    long lowest = stride > 0 ? 0 : -1;
    long highest = stride > 0 ? length : length - 1;
    long at = bound(from, stride > 0 ? 0 : length - 1, length, lowest, highest, run);
    long end = bound(to, stride > 0 ? length : -1, length, lowest, highest, run);
    List<Object> part = new ArrayList<>();
    while (stride > 0 ? at < end : at > end) {
      run.steps(1);
      part.add(elements.get((int) at));
      at = Math.clamp(at + Math.clamp(stride, -length - 1L, length + 1L), -1L, (long) length);
    }
    return of instanceof Text ? StringMethods.join(Text.EMPTY, part, run) : part;
  }

  private static long bound(
      Object given, long absent, int length, long lowest, long highest, Execution run) {
    if (given == Values.NONE) {
      return absent;
    }
    long index = Values.integer(given, run);
    return Math.clamp(index < 0 ? Math.max(index, -length - 1L) + length : index, lowest, highest);
  }
}
