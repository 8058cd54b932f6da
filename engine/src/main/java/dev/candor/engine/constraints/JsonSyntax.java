package dev.candor.engine.constraints;

import dev.candor.engine.constraints.Characters.Range;
import dev.candor.engine.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * JSON (RFC 8259) as it is generated: a space behind each comma and colon and nowhere else, as most
 * text that models have read has it. So little is left open that punctuation need not be asked for.
 * Numbers have no more digits than a double can tell apart.
 */
final class JsonSyntax {

  /** Longest key of an object whose keys are free, in characters. */
  static final int LONGEST_KEY = 64;

  private static final byte[] SEPARATOR = {',', ' '};
  private static final byte[] COLON = {':', ' '};

  private final Expressions e;
  private final int quote;
  private final int anyValue;

  JsonSyntax(Expressions e) {
    this.e = e;
    quote = e.bytes('"', '"');
    anyValue = e.rule("any JSON value");
    e.define(
        anyValue,
        e.either(
            anyObject(),
            array(anyValue),
            anyString(),
            anyNumber(),
            literal("true"),
            literal("false"),
            literal("null")));
  }

  /** Any value at all. */
  int anyValue() {
    return anyValue;
  }

  /** Any object; keys have 1 to {@value #LONGEST_KEY} characters. */
  int anyObject() {
    int member = e.sequence(anyKey(), colon(), anyValue);
    return braces(e.optional(list(member)));
  }

  /** A key without escapes, in quotes. */
  int anyKey() {
    return quoted(e.repeat(plainCharacter(), 1, LONGEST_KEY));
  }

  int braces(int members) {
    return e.sequence(e.bytes('{', '{'), members, e.bytes('}', '}'));
  }

  int brackets(int items) {
    return e.sequence(e.bytes('[', '['), items, e.bytes(']', ']'));
  }

  private int array(int item) {
    return brackets(e.optional(list(item)));
  }

  /** One or more, separated. */
  int list(int item) {
    return e.sequence(item, e.repeat(e.sequence(separator(), item), 0, Expressions.UNBOUNDED));
  }

  int separator() {
    return e.literal(SEPARATOR);
  }

  int colon() {
    return e.literal(COLON);
  }

  int quoted(int content) {
    return e.sequence(quote, content, quote);
  }

  /** Any string. */
  int anyString() {
    return quoted(e.repeat(character(), 0, Expressions.UNBOUNDED));
  }

  /** One character of a string: itself, or an escape. */
  int character() {
    int hex = e.either(e.bytes('0', '9'), e.bytes('a', 'f'), e.bytes('A', 'F'));
    // No surrogates: a lone one is no character.
    int beforeSurrogates = e.sequence(e.either(e.bytes('0', '9'), letters("abcABC")), hex);
    int alsoBefore = e.sequence(letters("dD"), e.bytes('0', '7'));
    int after = e.sequence(letters("efEF"), hex);
    int unicode =
        e.sequence(e.bytes('u', 'u'), e.either(beforeSurrogates, alsoBefore, after), hex, hex);
    int escape = e.sequence(e.bytes('\\', '\\'), e.either(letters("\"\\/bfnrt"), unicode));
    return e.either(plainCharacter(), escape);
  }

  private int letters(String letters) {
    return e.either(letters.chars().map(c -> e.bytes(c, c)).toArray());
  }

  private int plainCharacter() {
    return characters(
        List.of(new Range(' ', '!'), new Range('#', '['), new Range(']', Characters.LARGEST)));
  }

  /** One character of a set, as it is written in a string: escaped where it must be. */
  int characters(List<Range> ranges) {
    int expression =
        e.either(
            Characters.of(e, Characters.within(ranges, ' ', '!')),
            Characters.of(e, Characters.within(ranges, '#', '[')),
            Characters.of(e, Characters.within(ranges, ']', Characters.LARGEST)));
    for (int c = 0; c < 128; c++) {
      boolean isEscaped = c < ' ' || c == '"' || c == '\\';
      if (isEscaped && !Characters.within(ranges, c, c).isEmpty()) {
        expression = e.either(expression, e.literal(escaped(c).getBytes(StandardCharsets.UTF_8)));
      }
    }
    return expression;
  }

  private static String escaped(int c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> String.format("\\u%04x", c);
    };
  }

  /** At most 15 digits before and behind the point, and an exponent of two digits. */
  int anyNumber() {
    int exponent =
        e.sequence(letters("eE"), e.optional(letters("+-")), e.repeat(e.bytes('0', '9'), 1, 2));
    return e.sequence(anyInteger(), e.optional(fraction()), e.optional(exponent));
  }

  /** The point and what follows it. */
  int fraction() {
    return e.sequence(e.bytes('.', '.'), e.repeat(e.bytes('0', '9'), 1, 15));
  }

  /** At most 15 digits, so that a double holds it. */
  int anyInteger() {
    int minus = e.bytes('-', '-');
    int positive = e.sequence(e.bytes('1', '9'), e.repeat(e.bytes('0', '9'), 0, 14));
    return e.either(e.bytes('0', '0'), positive, e.sequence(minus, positive));
  }

  /** This very text. */
  int literal(String text) {
    return e.literal(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A key with its quotes and colon. */
  int key(String name) {
    return e.sequence(literal(write(name)), colon());
  }

  /** A value as it is generated: {@link dev.candor.engine.json.Json}'s plain values. */
  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    switch (value) {
      case String s -> {
        out.append('"');
        s.codePoints()
            .forEach(c -> {
              if (c < ' ' || c == '"' || c == '\\') {
                out.append(escaped(c));
              } else {
                out.appendCodePoint(c);
              }
            });
        out.append('"');
      }
      case List<?> list -> {
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
          out.append(i == 0 ? "" : ", ");
          write(list.get(i), out);
        }
        out.append(']');
      }
      case JsonObject object -> write(object.members(), out);
      case Map<?, ?> map -> {
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> member : map.entrySet()) {
          out.append(first ? "" : ", ");
          first = false;
          write(member.getKey(), out);
          out.append(": ");
          write(member.getValue(), out);
        }
        out.append('}');
      }
      default -> out.append(value);
    }
  }
}
