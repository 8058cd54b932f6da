package dev.candor.engine.constraints;

import dev.candor.engine.GenerationException;
import dev.candor.engine.constraints.Characters.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A regular expression, in the syntax that JSON Schema recommends (ECMA-262, with the u flag),
 * without what is not regular: no look-around, no back-references, no word boundaries. Characters
 * are code points.
 */
final class Regex {

  /** Longest pattern in characters. */
  private static final int LONGEST = 4096;

  /** Most repetitions that a bound may ask for. */
  private static final int MOST_REPETITIONS = 10_000;

  private static final int DEEPEST = 100;

  private static final List<Range> DIGITS = List.of(new Range('0', '9'));
  private static final List<Range> WORD =
      List.of(new Range('0', '9'), new Range('A', 'Z'), new Range('_', '_'), new Range('a', 'z'));

  /** ECMA-262, WhiteSpace and LineTerminator. */
  private static final List<Range> SPACE =
      List.of(
          new Range('\t', '\r'),
          new Range(' ', ' '),
          new Range(0xA0, 0xA0),
          new Range(0x1680, 0x1680),
          new Range(0x2000, 0x200A),
          new Range(0x2028, 0x2029),
          new Range(0x202F, 0x202F),
          new Range(0x205F, 0x205F),
          new Range(0x3000, 0x3000),
          new Range(0xFEFF, 0xFEFF));

  private static final List<Range> LINE_ENDS =
      List.of(new Range('\n', '\n'), new Range('\r', '\r'), new Range(0x2028, 0x2029));

  private final Expressions e;
  private final String pattern;
  private final Function<List<Range>, Integer> characters;
  private int at;
  private int depth;
  private boolean anchoredStart;
  private boolean anchoredEnd;

  /**
   * @param characters the expression of one character of a set, as it is written in the text
   */
  Regex(Expressions e, String pattern, Function<List<Range>, Integer> characters) {
    this.e = e;
    this.pattern = pattern;
    this.characters = characters;
    if (pattern.length() > LONGEST) {
      throw malformed("is longer than " + LONGEST + " characters");
    }
  }

  /** Texts that the pattern matches as a whole, whether or not it has anchors. */
  int whole() {
    return alternatives(List.of());
  }

  /** Texts in which the pattern is found, as JSON Schema's {@code pattern} wants it. */
  int found() {
    int any = e.repeat(any(), 0, Expressions.UNBOUNDED);
    return alternatives(List.of(any));
  }

  private int any() {
    return characters.apply(List.of(new Range(0, Characters.LARGEST)));
  }

  /** Top-level alternatives, each with what surrounds it where it has no anchor. */
  private int alternatives(List<Integer> surrounding) {
    List<Integer> all = new ArrayList<>();
    do {
      anchoredStart = take('^');
      anchoredEnd = false;
      int part = sequence(true);
      if (!surrounding.isEmpty()) {
        int around = surrounding.getFirst();
        part = anchoredStart ? part : e.sequence(around, part);
        part = anchoredEnd ? part : e.sequence(part, around);
      }
      all.add(part);
    } while (take('|'));
    if (at < pattern.length()) {
      throw malformed("has a ) without its (");
    }
    return e.either(all);
  }

  private int group() {
    if (++depth > DEEPEST) {
      throw malformed("is nested deeper than " + DEEPEST);
    }
    List<Integer> all = new ArrayList<>();
    do {
      all.add(sequence(false));
    } while (take('|'));
    if (!take(')')) {
      throw malformed("has a ( without its )");
    }
    depth--;
    return e.either(all);
  }

  private int sequence(boolean isTop) {
    List<Integer> parts = new ArrayList<>();
    while (at < pattern.length() && peek() != '|' && peek() != ')') {
      if (peek() == '$') {
        at++;
        if (!isTop || (at < pattern.length() && peek() != '|')) {
          throw unsupported("$ within it");
        }
        anchoredEnd = true;
        break;
      }
      parts.add(quantified(atom()));
    }
    return e.sequence(parts.stream().mapToInt(Integer::intValue).toArray());
  }

  private int atom() {
    int c = next();
    return switch (c) {
      case '.' -> characters.apply(Characters.complement(LINE_ENDS));
      case '[' -> characters.apply(set());
      case '(' -> {
        if (take('?')) {
          if (take('<') && at < pattern.length() && peek() != '=' && peek() != '!') {
            int end = pattern.indexOf('>', at);
            if (end < 0) {
              throw malformed("has a group name without its end");
            }
            at = end + 1;
          } else if (!take(':')) {
            throw unsupported("(?" + (at < pattern.length() ? pattern.charAt(at) : ""));
          }
        }
        yield group();
      }
      case '\\' -> characters.apply(escape(false));
      case '^' -> throw unsupported("^ within it");
      case '*', '+', '?' -> throw malformed("has nothing to repeat before " + (char) c);
      default -> characters.apply(List.of(new Range(c, c)));
    };
  }

  private int quantified(int atom) {
    if (at == pattern.length()) {
      return atom;
    }
    int least;
    int most;
    switch (peek()) {
      case '*' -> {
        least = 0;
        most = Expressions.UNBOUNDED;
        at++;
      }
      case '+' -> {
        least = 1;
        most = Expressions.UNBOUNDED;
        at++;
      }
      case '?' -> {
        least = 0;
        most = 1;
        at++;
      }
      case '{' -> {
        int close = pattern.indexOf('}', at);
        String bounds = close < 0 ? "" : pattern.substring(at + 1, close);
        if (!bounds.matches("\\d{1,6}(,\\d{0,6})?")) {
          throw malformed("has a { that is no count");
        }
        String[] parts = bounds.split(",", -1);
        least = Integer.parseInt(parts[0]);
        most =
            parts.length == 1
                ? least
                : parts[1].isEmpty() ? Expressions.UNBOUNDED : Integer.parseInt(parts[1]);
        at = close + 1;
      }
      default -> {
        return atom;
      }
    }
    // A lazy quantifier matches the same texts.
    take('?');
    if (least > most || least > MOST_REPETITIONS) {
      throw malformed("has a count out of range, allowed is 0 to " + MOST_REPETITIONS);
    }
    return e.repeat(atom, least, most);
  }

  /** What follows a [. */
  private List<Range> set() {
    boolean isComplement = take('^');
    List<Range> ranges = new ArrayList<>();
    while (true) {
      if (at == pattern.length()) {
        throw malformed("has a [ without its ]");
      }
      int c = next();
      if (c == ']') {
        return isComplement ? Characters.complement(ranges) : ranges;
      }
      List<Range> first = c == '\\' ? escape(true) : List.of(new Range(c, c));
      boolean isRange = at + 1 < pattern.length() && peek() == '-' && pattern.charAt(at + 1) != ']';
      if (isRange && first.size() == 1 && first.getFirst().first() == first.getFirst().last()) {
        at++;
        int last = next();
        List<Range> end = last == '\\' ? escape(true) : List.of(new Range(last, last));
        int from = first.getFirst().first();
        int to = end.getFirst().last();
        if (end.size() != 1 || end.getFirst().first() != to || to < from) {
          throw malformed("has a range that is none");
        }
        ranges.add(new Range(from, to));
      } else {
        ranges.addAll(first);
      }
    }
  }

  /** What follows a backslash. */
  private List<Range> escape(boolean isInSet) {
    if (at == pattern.length()) {
      throw malformed("ends with a backslash");
    }
    int c = next();
    return switch (c) {
      case 'd' -> DIGITS;
      case 'D' -> Characters.complement(DIGITS);
      case 'w' -> WORD;
      case 'W' -> Characters.complement(WORD);
      case 's' -> SPACE;
      case 'S' -> Characters.complement(SPACE);
      case 't' -> one('\t');
      case 'n' -> one('\n');
      case 'r' -> one('\r');
      case 'f' -> one('\f');
      case 'v' -> one(0x0B);
      case '0' -> one(0);
      case 'x' -> one(hexadecimal(2));
      case 'u' -> {
        if (take('{')) {
          int close = pattern.indexOf('}', at);
          int digits = close - at;
          if (digits < 1 || digits > 6) {
            throw malformed("has a \\u{ that is no character");
          }
          int value = hexadecimal(digits);
          at++;
          yield one(value);
        }
        yield one(hexadecimal(4));
      }
      case 'b' -> {
        if (isInSet) {
          yield one('\b');
        }
        throw unsupported("\\b");
      }
      default -> {
        if (Character.isLetterOrDigit(c)) {
          throw unsupported("\\" + Character.toString(c));
        }
        yield one(c);
      }
    };
  }

  private static List<Range> one(int character) {
    return List.of(new Range(character, character));
  }

  private int hexadecimal(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = at < pattern.length() ? Character.digit(pattern.charAt(at++), 16) : -1;
      if (digit < 0) {
        throw malformed("has an escape without its hexadecimal digits");
      }
      value = value << 4 | digit;
    }
    if (value > Characters.LARGEST) {
      throw malformed("names a character beyond U+10FFFF");
    }
    return value;
  }

  private char peek() {
    return pattern.charAt(at);
  }

  private boolean take(char c) {
    boolean isThere = at < pattern.length() && peek() == c;
    if (isThere) {
      at++;
    }
    return isThere;
  }

  private int next() {
    if (at == pattern.length()) {
      throw malformed("ends too soon");
    }
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private GenerationException malformed(String what) {
    return new GenerationException(
        "regex-malformed",
        "the regular expression '" + shown() + "' " + what,
        "Correct the regular expression.");
  }

  private GenerationException unsupported(String what) {
    return new GenerationException(
        "regex-unsupported",
        "the regular expression '" + shown() + "' uses " + what + ", which is not supported",
        "Write it with literals, classes, groups, alternatives and quantifiers.");
  }

  private String shown() {
    return pattern.length() > 80 ? pattern.substring(0, 80) + "…" : pattern;
  }
}
