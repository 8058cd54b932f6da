package dev.candor.engine.constraints;

import dev.candor.engine.GenerationException;
import dev.candor.engine.constraints.Characters.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A grammar in llama.cpp's notation, GBNF: rules {@code name ::= …} of literals, character classes,
 * groups, alternatives and repetitions, the first of which is {@code root}.
 */
final class Gbnf {

  /** Longest grammar in characters. */
  private static final int LONGEST = 1 << 20;

  private static final int DEEPEST = 200;
  private static final int MOST_REPETITIONS = 10_000;

  private final Expressions e;
  private final String text;
  private final Map<String, Integer> rules = new LinkedHashMap<>();
  private final Map<String, Boolean> defined = new HashMap<>();
  private int at;
  private int depth;

  private Gbnf(Expressions e, String text) {
    this.e = e;
    this.text = text;
  }

  static int compile(Expressions e, String text) {
    if (text.length() > LONGEST) {
      throw new GenerationException(
          "grammar-malformed",
          "the grammar has " + text.length() + " characters, allowed are " + LONGEST,
          "Use a shorter grammar.");
    }
    return new Gbnf(e, text).grammar();
  }

  private int grammar() {
    skip(true);
    while (at < text.length()) {
      String name = name();
      skip(false);
      if (!text.startsWith("::=", at)) {
        throw malformed("::= is missing behind " + name);
      }
      at += 3;
      if (defined.put(name, true) != null) {
        throw malformed("the rule " + name + " is defined twice");
      }
      skip(true);
      e.define(rule(name), alternatives(false));
      skip(true);
    }
    for (String name : rules.keySet()) {
      if (!defined.containsKey(name)) {
        throw malformed("the rule " + name + " is used and not defined");
      }
    }
    Integer root = rules.get("root");
    if (root == null) {
      throw malformed("there is no rule root");
    }
    return root;
  }

  private int rule(String name) {
    return rules.computeIfAbsent(name, n -> e.rule("the rule " + n));
  }

  private int alternatives(boolean isNested) {
    if (++depth > DEEPEST) {
      throw malformed("it is nested deeper than " + DEEPEST);
    }
    List<Integer> all = new ArrayList<>();
    do {
      skip(true);
      all.add(sequence(isNested));
      skip(isNested);
    } while (take('|'));
    depth--;
    return e.either(all);
  }

  private int sequence(boolean isNested) {
    List<Integer> parts = new ArrayList<>();
    while (true) {
      skip(isNested);
      int atom;
      if (at == text.length()) {
        break;
      }
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        atom = literal();
      } else if (c == '[') {
        at++;
        atom = Characters.of(e, set());
      } else if (c == '(') {
        at++;
        atom = alternatives(true);
        if (!take(')')) {
          throw malformed(") is missing");
        }
      } else if (c == '.') {
        at++;
        atom = Characters.of(e, List.of(new Range(0, Characters.LARGEST)));
      } else if (isNamePart(c)) {
        atom = rule(name());
      } else {
        break;
      }
      parts.add(repeated(atom));
    }
    return e.sequence(parts.stream().mapToInt(Integer::intValue).toArray());
  }

  private int repeated(int atom) {
    if (take('*')) {
      return e.repeat(atom, 0, Expressions.UNBOUNDED);
    }
    if (take('+')) {
      return e.repeat(atom, 1, Expressions.UNBOUNDED);
    }
    if (take('?')) {
      return e.optional(atom);
    }
    if (!take('{')) {
      return atom;
    }
    int close = text.indexOf('}', at);
    String bounds = close < 0 ? "" : text.substring(at, close).replace(" ", "");
    if (!bounds.matches("\\d{1,5}(,\\d{0,5})?")) {
      throw malformed("a { is no count of repetitions");
    }
    String[] parts = bounds.split(",", -1);
    int least = Integer.parseInt(parts[0]);
    int most =
        parts.length == 1
            ? least
            : parts[1].isEmpty() ? Expressions.UNBOUNDED : Integer.parseInt(parts[1]);
    if (least > most || least > MOST_REPETITIONS) {
      throw malformed("a count is out of range, allowed is 0 to " + MOST_REPETITIONS);
    }
    at = close + 1;
    return e.repeat(atom, least, most);
  }

  private int literal() {
    StringBuilder literal = new StringBuilder();
    while (true) {
      int c = character("a literal");
      if (c == '"') {
        return e.literal(literal.toString().getBytes(StandardCharsets.UTF_8));
      }
      literal.appendCodePoint(c == '\\' ? escape() : c);
    }
  }

  private List<Range> set() {
    boolean isComplement = take('^');
    List<Range> ranges = new ArrayList<>();
    while (true) {
      int c = character("a class");
      if (c == ']') {
        return isComplement ? Characters.complement(ranges) : ranges;
      }
      int first = c == '\\' ? escape() : c;
      int last = first;
      if (at + 1 < text.length() && text.charAt(at) == '-' && text.charAt(at + 1) != ']') {
        at++;
        int end = character("a class");
        last = end == '\\' ? escape() : end;
        if (last < first) {
          throw malformed("a range in a class is none");
        }
      }
      ranges.add(new Range(first, last));
    }
  }

  private int escape() {
    int c = character("an escape");
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'x' -> hexadecimal(2);
      case 'u' -> hexadecimal(4);
      case 'U' -> hexadecimal(8);
      case '"', '\\', '[', ']', '-', '^' -> c;
      default -> throw malformed("there is no escape \\" + Character.toString(c));
    };
  }

  private int hexadecimal(int digits) {
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(character("an escape"), 16);
      if (digit < 0) {
        throw malformed("an escape lacks its hexadecimal digits");
      }
      value = value << 4 | digit;
    }
    if (value > Characters.LARGEST) {
      throw malformed("an escape names a character beyond U+10FFFF");
    }
    return (int) value;
  }

  private int character(String what) {
    if (at == text.length()) {
      throw malformed(what + " does not end");
    }
    int c = text.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private String name() {
    int start = at;
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    if (at == start) {
      throw malformed("a rule's name is missing");
    }
    return text.substring(start, at);
  }

  private static boolean isNamePart(char c) {
    return c == '-' || c == '_' || (c < 128 && Character.isLetterOrDigit(c));
  }

  private boolean take(char c) {
    boolean isThere = at < text.length() && text.charAt(at) == c;
    if (isThere) {
      at++;
    }
    return isThere;
  }

  /** Spaces and comments; line ends too, where a rule does not end with its line. */
  private void skip(boolean lines) {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        while (at < text.length() && text.charAt(at) != '\n') {
          at++;
        }
      } else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'))) {
        at++;
      } else {
        return;
      }
    }
  }

  private GenerationException malformed(String what) {
    int line = (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    return new GenerationException(
        "grammar-malformed",
        "the grammar is malformed in line " + line + ": " + what,
        "Correct the grammar.");
  }
}
