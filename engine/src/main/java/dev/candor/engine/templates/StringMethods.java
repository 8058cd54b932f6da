package dev.candor.engine.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;

/** The methods of Python's {@code str} that templates call. */
final class StringMethods {

  private static final Set<String> NAMES =
      Set.of(
          "strip",
          "lstrip",
          "rstrip",
          "split",
          "rsplit",
          "splitlines",
          "startswith",
          "endswith",
          "upper",
          "lower",
          "title",
          "capitalize",
          "replace",
          "find",
          "rfind",
          "index",
          "count",
          "join",
          "isdigit",
          "isalpha",
          "isalnum",
          "isspace",
          "isupper",
          "islower",
          "removeprefix",
          "removesuffix",
          "zfill");

  private StringMethods() {}

  static boolean exists(String name) {
    return NAMES.contains(name);
  }

  static Object call(Text text, String name, Arguments arguments) {
    Execution run = arguments.run();
    run.steps(1 + text.length() / 64);
    if (name.endsWith("strip") || name.contains("split")) {
      run.characters(text.length());
    }
    String chars = text.chars();
    return switch (name) {
      case "strip" -> strip(text, arguments, true, true);
      case "lstrip" -> strip(text, arguments, true, false);
      case "rstrip" -> strip(text, arguments, false, true);
      case "split" -> split(text, arguments.allow("sep", "maxsplit"));
      case "rsplit" -> splitFromEnd(text, arguments.allow("sep", "maxsplit"));
      case "splitlines" ->
          lines(text, arguments.allow("keepends").truth(0, "keepends", false), run);
      case "startswith" -> affix(arguments.allow("prefix").get(0, "prefix"), chars, true, run);
      case "endswith" -> affix(arguments.allow("suffix").get(0, "suffix"), chars, false, run);
      case "upper" -> upper(text, run);
      case "lower" -> lower(text, run);
      case "title" -> title(text, run);
      case "capitalize" -> capitalize(text, run);
      case "replace" -> {
        arguments.allow("old", "new", "count");
        yield replace(
            text,
            arguments.text(0, "old"),
            arguments.text(1, "new"),
            arguments.integer(2, "count", -1),
            run);
      }
      case "find", "rfind", "index" -> find(text, name, arguments.allow("sub"));
      case "count" -> count(chars, arguments.allow("sub").text(0, "sub").chars());
      case "join" -> {
        List<Object> elements = Values.iterate(arguments.allow("iterable").get(0, "iterable"), run);
        elements.forEach(element -> Values.text(element, run));
        yield join(text, elements, run);
      }
      case "isdigit" -> all(chars, Character::isDigit);
      case "isalpha" -> all(chars, Character::isLetter);
      case "isalnum" -> all(chars, Character::isLetterOrDigit);
      case "isspace" -> all(chars, PythonCharacters::isSpace);
      case "isupper" ->
          !chars.equals(chars.toLowerCase(Locale.ROOT))
              && chars.equals(chars.toUpperCase(Locale.ROOT));
      case "islower" ->
          !chars.equals(chars.toUpperCase(Locale.ROOT))
              && chars.equals(chars.toLowerCase(Locale.ROOT));
      case "removeprefix" -> {
        String prefix = arguments.allow("prefix").text(0, "prefix").chars();
        yield chars.startsWith(prefix) ? text.slice(prefix.length(), text.length()) : text;
      }
      case "removesuffix" -> {
        String suffix = arguments.allow("suffix").text(0, "suffix").chars();
        yield chars.endsWith(suffix) ? text.slice(0, text.length() - suffix.length()) : text;
      }
      case "zfill" -> fill(text, arguments.allow("width").integer(0, "width", 0), run);
      default -> throw run.unsupported("the method " + name + " of a string");
    };
  }

  private static boolean all(String chars, IntPredicate predicate) {
    return !chars.isEmpty() && chars.codePoints().allMatch(predicate);
  }

  static Text strip(Text text, Arguments arguments, boolean left, boolean right) {
    Object given = arguments.allow("chars").get(0, "chars", Values.NONE);
    IntPredicate stripped = PythonCharacters::isSpace;
    if (given != Values.NONE) {
      String set = Values.text(given, arguments.run()).chars();
      arguments.run().steps(set.length());
      stripped = c -> set.indexOf(c) >= 0;
    }
    String chars = text.chars();
    int from = 0;
    int to = chars.length();
    while (left && from < to && stripped.test(chars.codePointAt(from))) {
      arguments.run().steps(1);
      from += Character.charCount(chars.codePointAt(from));
    }
    while (right && to > from && stripped.test(chars.codePointBefore(to))) {
      arguments.run().steps(1);
      to -= Character.charCount(chars.codePointBefore(to));
    }
    return text.slice(from, to);
  }

  private static List<Object> split(Text text, Arguments arguments) {
    Execution run = arguments.run();
    long most = arguments.integer(1, "maxsplit", -1);
    Object separator = arguments.get(0, "sep", Values.NONE);
    List<Object> parts = new ArrayList<>();
    String chars = text.chars();
    if (separator == Values.NONE) {
      int at = 0;
      while (true) {
        while (at < chars.length() && PythonCharacters.isSpace(chars.charAt(at))) {
          at++;
        }
        if (at == chars.length()) {
          return parts;
        }
        int end = at;
        while (end < chars.length() && !PythonCharacters.isSpace(chars.charAt(end))) {
          end++;
        }
        run.steps(4);
        if (parts.size() == most) {
          parts.add(text.slice(at, chars.length()));
          return parts;
        }
        parts.add(text.slice(at, end));
        at = end;
      }
    }
    String by = separator(separator, run);
    int at = 0;
    for (int next = chars.indexOf(by);
        next >= 0 && parts.size() != most;
        next = chars.indexOf(by, at)) {
      run.steps(4);
      parts.add(text.slice(at, next));
      at = next + by.length();
    }
    parts.add(text.slice(at, text.length()));
    return parts;
  }

  private static String separator(Object separator, Execution run) {
    String by = Values.text(separator, run).chars();
    if (by.isEmpty()) {
      throw run.type("the separator is empty");
    }
    return by;
  }

  private static List<Object> splitFromEnd(Text text, Arguments arguments) {
    Execution run = arguments.run();
    long most = arguments.integer(1, "maxsplit", -1);
    Object separator = arguments.get(0, "sep", Values.NONE);
    if (separator == Values.NONE) {
      if (most >= 0) {
        throw run.unsupported("rsplit at whitespace with maxsplit");
      }
      return split(text, arguments);
    }
    String by = separator(separator, run);
    List<Object> parts = new ArrayList<>();
    String chars = text.chars();
    int end = chars.length();
    for (int next = chars.lastIndexOf(by);
        next >= 0 && parts.size() != most;
        next = end - by.length() < 0 ? -1 : chars.lastIndexOf(by, end - by.length())) {
      run.steps(4);
      parts.add(text.slice(next + by.length(), end));
      end = next;
    }
    parts.add(text.slice(0, end));
    return parts.reversed().stream().toList();
  }

  static List<Object> lines(Text text, boolean keepEnds, Execution run) {
    List<Object> lines = new ArrayList<>();
    String chars = text.chars();
    int begin = 0;
    for (int at = 0; at < chars.length(); at++) {
      if (PythonCharacters.isLineBreak(chars.charAt(at))) {
        int end = at;
        if (chars.charAt(at) == '\r' && at + 1 < chars.length() && chars.charAt(at + 1) == '\n') {
          at++;
        }
        run.steps(4);
        lines.add(text.slice(begin, keepEnds ? at + 1 : end));
        begin = at + 1;
      }
    }
    if (begin < chars.length()) {
      lines.add(text.slice(begin, chars.length()));
    }
    return lines;
  }

  private static boolean affix(Object given, String chars, boolean start, Execution run) {
    List<Object> candidates =
        given instanceof List<?> several ? Values.list(several) : List.of(given);
    for (Object candidate : candidates) {
      run.steps(1);
      String affix = Values.text(candidate, run).chars();
      if (start ? chars.startsWith(affix) : chars.endsWith(affix)) {
        return true;
      }
    }
    return false;
  }

  /** Changes characters one by one, each keeping its provenance. */
  private interface Mapping {
    String apply(int codePoint, int before);
  }

  private static Text mapped(Text text, Mapping mapping, Execution run) {
    run.characters(text.length());
    Text.Builder out = new Text.Builder();
    String chars = text.chars();
    int before = -1;
    for (int at = 0; at < chars.length(); ) {
      int c = chars.codePointAt(at);
      out.appendFor(text, at, mapping.apply(c, before));
      before = c;
      at += Character.charCount(c);
    }
    return out.build();
  }

  static Text upper(Text text, Execution run) {
    return mapped(text, (c, before) -> Character.toString(c).toUpperCase(Locale.ROOT), run);
  }

  static Text lower(Text text, Execution run) {
    if (text.chars().indexOf('Σ') >= 0) {
      String whole = text.chars().toLowerCase(Locale.ROOT);
      if (whole.length() == text.length()) {
        int[] at = {0};
        return mapped(
            text,
            (c, before) -> {
              int begin = at[0];
              at[0] += Character.charCount(c);
              return whole.substring(begin, at[0]);
            },
            run);
      }
    }
    return mapped(text, (c, before) -> Character.toString(c).toLowerCase(Locale.ROOT), run);
  }

  static Text capitalize(Text text, Execution run) {
    return mapped(text, (c, before) -> before < 0 ? titleCase(c) : lowerCase(c), run);
  }

  /** Python's {@code str.title}: a letter after a non-letter is upper case, others lower. */
  static Text title(Text text, Execution run) {
    return mapped(
        text, (c, before) -> before >= 0 && isCased(before) ? lowerCase(c) : titleCase(c), run);
  }

  /**
   * Jinja's filter of that name: a word begins after white space, a hyphen or an opening bracket.
   */
  static Text titleFilter(Text text, Execution run) {
    return mapped(
        text,
        (c, before) ->
            before < 0 || PythonCharacters.isSpace(before) || "-({[<".indexOf(before) >= 0
                ? Character.toString(c).toUpperCase(Locale.ROOT)
                : lowerCase(c),
        run);
  }

  private static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  private static String titleCase(int c) {
    return Character.toString(Character.toTitleCase(c));
  }

  private static String lowerCase(int c) {
    return Character.toString(c).toLowerCase(Locale.ROOT);
  }

  static Text replace(Text text, Text old, Text replacement, long count, Execution run) {
    String chars = text.chars();
    Text.Builder out = new Text.Builder();
    if (old.isEmpty()) {
      throw run.unsupported("replacing the empty string");
    }
    int at = 0;
    long done = 0;
    for (int next = chars.indexOf(old.chars());
        next >= 0 && done != count;
        next = chars.indexOf(old.chars(), at)) {
      run.steps(1);
      run.characters((long) next - at + replacement.length());
      out.append(text, at, next).append(replacement);
      at = next + old.length();
      done++;
    }
    if (done == 0) {
      return text;
    }
    run.characters((long) out.length() + text.length() - at);
    return out.append(text, at, text.length()).build();
  }

  private static Object find(Text text, String name, Arguments arguments) {
    String sub = arguments.text(0, "sub").chars();
    int at = name.equals("rfind") ? text.chars().lastIndexOf(sub) : text.chars().indexOf(sub);
    if (at < 0 && name.equals("index")) {
      throw arguments.run().type("the substring is not there");
    }
    return at < 0 ? -1L : (long) text.chars().codePointCount(0, at);
  }

  private static long count(String chars, String sub) {
    if (sub.isEmpty()) {
      return chars.codePointCount(0, chars.length()) + 1L;
    }
    long count = 0;
    for (int at = chars.indexOf(sub); at >= 0; at = chars.indexOf(sub, at + sub.length())) {
      count++;
    }
    return count;
  }

  /** The elements with the separator between. */
  static Text join(Text separator, List<Object> elements, Execution run) {
    Text.Builder out = new Text.Builder();
    boolean first = true;
    for (Object element : elements) {
      run.steps(1);
      Text text = PythonText.str(element, run);
      run.characters((long) separator.length() + text.length());
      if (!first) {
        out.append(separator);
      }
      out.append(text);
      first = false;
    }
    run.characters(out.length());
    return out.build();
  }

  private static Text fill(Text text, long width, Execution run) {
    run.characters(Math.max(width, text.length()));
    int zeros = (int) Math.max(0, width - text.length());
    boolean signed = text.length() > 0 && "+-".indexOf(text.chars().charAt(0)) >= 0;
    int sign = signed ? 1 : 0;
    return new Text.Builder()
        .append(text, 0, sign)
        .append("0".repeat(zeros))
        .append(text, sign, text.length())
        .build();
  }
}
