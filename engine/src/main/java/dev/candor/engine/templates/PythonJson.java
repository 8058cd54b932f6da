package dev.candor.engine.templates;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Values as Python's {@code json.dumps} writes them with {@code ensure_ascii=False}, which is what
 * {@code tojson} means in Hugging Face's templates.
 */
final class PythonJson {

  private final Execution run;
  private final Text.Builder out = new Text.Builder();
  private final int indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sorted;

  private PythonJson(
      Execution run, int indent, String itemSeparator, String keySeparator, boolean sorted) {
    this.run = run;
    this.indent = indent;
    this.itemSeparator = itemSeparator;
    this.keySeparator = keySeparator;
    this.sorted = sorted;
  }

  /** The filter {@code tojson}. */
  static Text of(Object value, Arguments arguments) {
    arguments.allow("ensure_ascii", "indent", "separators", "sort_keys");
    Execution run = arguments.run();
    if (arguments.truth(0, "ensure_ascii", false)) {
      throw run.unsupported("tojson with ensure_ascii");
    }
    Object indent = arguments.get(1, "indent", Values.NONE);
    int width = indent == Values.NONE ? -1 : Math.clamp(Values.integer(indent, run), 0, 32);
    String items = width < 0 ? ", " : ",";
    String keys = ": ";
    if (arguments.has(2, "separators") && arguments.get(2, "separators") != Values.NONE) {
      List<Object> separators = Values.iterate(arguments.get(2, "separators"), run);
      if (separators.size() != 2) {
        throw run.type("separators are not two strings");
      }
      items = Values.text(separators.get(0), run).chars();
      keys = Values.text(separators.get(1), run).chars();
    }
    PythonJson writer =
        new PythonJson(run, width, items, keys, arguments.truth(3, "sort_keys", false));
    writer.write(value, 0);
    Text text = writer.out.build();
    run.characters(text.length());
    return text;
  }

  private void write(Object value, int level) {
    run.steps(1);
    switch (value) {
      case Text text -> quoted(text);
      case Boolean truth -> out.append(truth ? "true" : "false");
      case Long number -> out.append(Long.toString(number));
      case Double number -> out.append(number(number));
      case List<?> elements -> {
        run.enter();
        boolean first = true;
        for (Object element : elements) {
          out.append(first ? "[" : itemSeparator);
          lineBreak(level + 1);
          write(element, level + 1);
          first = false;
        }
        end(first, "[", "]", level);
        run.leave();
      }
      case Map<?, ?> members -> {
        run.enter();
        boolean first = true;
        for (Map.Entry<Text, Object> member : entries(Values.map(members))) {
          out.append(first ? "{" : itemSeparator);
          lineBreak(level + 1);
          quoted(member.getKey());
          out.append(keySeparator);
          write(member.getValue(), level + 1);
          first = false;
        }
        end(first, "{", "}", level);
        run.leave();
      }
      default -> {
        if (value != Values.NONE) {
          throw run.type("cannot write " + Values.kind(value) + " as JSON");
        }
        out.append("null");
      }
    }
  }

  private List<Map.Entry<Text, Object>> entries(Map<Text, Object> members) {
    List<Map.Entry<Text, Object>> entries = new ArrayList<>(members.entrySet());
    if (sorted) {
      entries.sort(Map.Entry.comparingByKey(Comparator.comparing(Text::chars)));
    }
    return entries;
  }

  private void end(boolean empty, String opening, String closing, int level) {
    if (empty) {
      out.append(opening);
    } else {
      lineBreak(level);
    }
    out.append(closing);
  }

  private void lineBreak(int level) {
    if (indent >= 0) {
      run.characters(1L + (long) indent * level);
      out.append("\n" + " ".repeat(indent * level));
    }
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    return PythonText.number(value);
  }

  private void quoted(Text text) {
    run.characters(text.length());
    out.append("\"");
    String chars = text.chars();
    int plain = 0;
    for (int at = 0; at < chars.length(); at++) {
      String escaped = escaped(chars.charAt(at));
      if (!escaped.isEmpty()) {
        out.append(text, plain, at);
        out.appendFor(text, at, escaped);
        plain = at + 1;
      }
    }
    out.append(text, plain, chars.length());
    out.append("\"");
  }

  /** What JSON writes for a character, empty if itself. */
  private static String escaped(char c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\f' -> "\\f";
      case '\b' -> "\\b";
      default -> c < 0x20 ? String.format("\\u%04x", (int) c) : "";
    };
  }
}
