package dev.candor.governance.reports;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes a document that is HTML and well-formed XML at once. Names of elements and attributes are
 * those of the program; every text and every value is escaped, and there is no way around that.
 * What moves a cursor or turns the direction of a line is written as its code.
 */
final class HtmlWriter {

  private final StringBuilder out = new StringBuilder(1 << 16);
  private final Deque<String> open = new ArrayDeque<>();

  /** The beginning of every document. */
  HtmlWriter() {
    out.append("<!DOCTYPE html>\n");
  }

  /**
   * Opens an element.
   *
   * @param attributes names and values, one after the other
   */
  HtmlWriter open(String element, String... attributes) {
    start(element, attributes);
    out.append('>');
    open.push(element);
    return this;
  }

  /** Closes the element that was opened last. */
  HtmlWriter close() {
    out.append("</").append(open.pop()).append(">\n");
    return this;
  }

  /** An element without content. */
  HtmlWriter empty(String element, String... attributes) {
    start(element, attributes);
    out.append(" />");
    return this;
  }

  /** An element with a text and nothing else. */
  HtmlWriter element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** A text. */
  HtmlWriter text(String text) {
    escape(text);
    return this;
  }

  /** A style sheet that the program comes with; it has nothing that would need escaping. */
  HtmlWriter style(String css) {
    if (css.indexOf('<') >= 0 || css.indexOf('&') >= 0) {
      throw new IllegalArgumentException("a style sheet has < or &");
    }
    out.append("<style>\n").append(css).append("</style>\n");
    return this;
  }

  /** The whole document. */
  String document() {
    if (!open.isEmpty()) {
      throw new IllegalStateException(open.peek() + " is not closed");
    }
    return out.toString();
  }

  private void start(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
  }

  private void escape(String text) {
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> out.append("&amp;");
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '"' -> out.append("&quot;");
            case '\'' -> out.append("&#39;");
            default -> {
              if (isHarmless(c)) {
                out.appendCodePoint(c);
              } else {
                out.append("[U+").append("%04X".formatted(c)).append(']');
              }
            }
          }
        });
  }

  private static boolean isHarmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
