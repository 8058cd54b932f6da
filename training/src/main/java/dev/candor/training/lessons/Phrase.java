package dev.candor.training.lessons;

import dev.candor.training.TrainingException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A line of a grammar: text with slots in braces and alternatives in brackets, such as {@code I
 * [lost|cannot find] my {card}[ again|].}
 *
 * @param source the line itself
 */
record Phrase(String source, List<Part> parts) {

  /** A piece of a phrase. */
  sealed interface Part {}

  record Literal(String text) implements Part {}

  record Slot(String name) implements Part {}

  /** One of these is written. */
  record Choice(List<List<Part>> alternatives) implements Part {}

  /**
   * Reads a line.
   *
   * @throws TrainingException if brackets or braces do not match
   */
  static Phrase parse(String line) {
    Parser parser = new Parser(line);
    List<Part> parts = parser.parts(false);
    if (parser.position < line.length()) {
      throw parser.malformed();
    }
    return new Phrase(line, parts);
  }

  /** What tells it from other phrases, whatever is added around it. */
  String identity() {
    return HexFormat.of().toHexDigits((int) StableHash.of(source));
  }

  /** Whether it has a slot of this name. */
  boolean hasSlot(String name) {
    return source.contains("{" + name + "}");
  }

  private static final class Parser {
    private final String line;
    private int position;

    Parser(String line) {
      this.line = line;
    }

    List<Part> parts(boolean inChoice) {
      List<Part> parts = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      while (position < line.length()) {
        char c = line.charAt(position);
        if (c == ']' || c == '|' && inChoice) {
          break;
        }
        position++;
        if (c == '{' || c == '[') {
          if (!text.isEmpty()) {
            parts.add(new Literal(text.toString()));
            text.setLength(0);
          }
          parts.add(c == '{' ? slot() : choice());
        } else if (c == '}') {
          throw malformed();
        } else {
          text.append(c);
        }
      }
      if (!text.isEmpty()) {
        parts.add(new Literal(text.toString()));
      }
      return List.copyOf(parts);
    }

    private Part slot() {
      int end = line.indexOf('}', position);
      if (end < 0) {
        throw malformed();
      }
      String name = line.substring(position, end);
      position = end + 1;
      return new Slot(name);
    }

    private Part choice() {
      List<List<Part>> alternatives = new ArrayList<>();
      while (true) {
        alternatives.add(parts(true));
        if (position >= line.length()) {
          throw malformed();
        }
        if (line.charAt(position++) == ']') {
          return new Choice(List.copyOf(alternatives));
        }
      }
    }

    TrainingException malformed() {
      return new TrainingException(
          "grammar",
          "brackets or braces do not match at character " + position + " of: " + line,
          "Write slots as {slot} and alternatives as [one|other].");
    }
  }
}
