package dev.candor.engine.tokenizers;

import static dev.candor.engine.tokenizers.CharacterClass.LETTER;
import static dev.candor.engine.tokenizers.CharacterClass.NEWLINE;
import static dev.candor.engine.tokenizers.CharacterClass.NOT_LOWER;
import static dev.candor.engine.tokenizers.CharacterClass.NOT_UPPER;
import static dev.candor.engine.tokenizers.CharacterClass.NUMBER;
import static dev.candor.engine.tokenizers.CharacterClass.SPACE;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The regular expressions that published byte-level tokenizers split text with, each as a scanner
 * that reads a text once: no backtracking, no recursion, whatever the text. Each covers every text
 * without gaps unless it says otherwise.
 */
enum PublishedPattern implements PiecePattern {
  /** GPT-2, and SmolLM2 after its digits are set apart. */
  GPT2(
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+") {
    @Override
    public int end(String text, int from, int to) {
      int end = contractionEnd(text, from, to, false);
      return end > from ? end : spacedRun(text, from, to);
    }
  },

  /** Llama 3. */
  LLAMA3(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+") {
    @Override
    public int end(String text, int from, int to) {
      return word(text, from, to, 3);
    }
  },

  /** Qwen 2, 2.5 and 3: as Llama 3, but digits stand alone. */
  QWEN2(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+") {
    @Override
    public int end(String text, int from, int to) {
      return word(text, from, to, 1);
    }
  },

  /** o200k_base: GPT-4o, Phi-4-mini. */
  O200K(
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
          + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+") {
    @Override
    public int end(String text, int from, int to) {
      int end = word(text, from, to);
      return end > from
          ? contractionEnd(text, end, to, true)
          : digitsOrRest(text, from, to, 3, true);
    }

    private int word(String text, int from, int to) {
      int first = pointAt(text, from, to);
      int afterFirst = from + Character.charCount(first);
      boolean mayLead = !CharacterClass.is(first, NEWLINE | LETTER | NUMBER);
      int end = mayLead ? endingLower(text, afterFirst, to) : NO_MATCH;
      if (end == NO_MATCH) {
        end = endingLower(text, from, to);
      }
      if (end == NO_MATCH && mayLead) {
        end = beginningUpper(text, afterFirst, to);
      }
      return end == NO_MATCH ? beginningUpper(text, from, to) : end;
    }

    /** {@code U*L+}. */
    private int endingLower(String text, int from, int to) {
      int upperEnd = run(text, from, to, NOT_LOWER);
      int end = run(text, upperEnd, to, NOT_UPPER);
      if (end > upperEnd) {
        return end;
      }
      // U* gives back characters until the last one given back is also of L.
      for (int i = upperEnd; i > from; ) {
        int point = text.codePointBefore(i);
        if (CharacterClass.is(point, NOT_UPPER)) {
          return i;
        }
        i -= Character.charCount(point);
      }
      return NO_MATCH;
    }

    /** {@code U+L*}. */
    private int beginningUpper(String text, int from, int to) {
      int upperEnd = run(text, from, to, NOT_LOWER);
      return upperEnd == from ? NO_MATCH : run(text, upperEnd, to, NOT_UPPER);
    }
  },

  /** Each number alone; leaves gaps. */
  SINGLE_NUMBER("\\p{N}") {
    @Override
    public int end(String text, int from, int to) {
      return numbers(text, from, to, 1);
    }
  },

  /** Numbers in threes; leaves gaps. */
  THREE_NUMBERS("\\p{N}{1,3}") {
    @Override
    public int end(String text, int from, int to) {
      return numbers(text, from, to, 3);
    }
  },

  /** A run of white space; leaves gaps. */
  SPACES("\\s+") {
    @Override
    public int end(String text, int from, int to) {
      return run(text, from, to, SPACE);
    }
  };

  private static final int NO_MATCH = -1;

  private static final Map<String, PublishedPattern> BY_EXPRESSION = new HashMap<>();

  static {
    for (PublishedPattern pattern : values()) {
      for (String expression : pattern.expressions) {
        BY_EXPRESSION.put(expression, pattern);
      }
    }
  }

  private final String[] expressions;

  PublishedPattern(String... expressions) {
    this.expressions = expressions;
  }

  /** The scanner of a regular expression, if it is one of these to the letter. */
  static Optional<PublishedPattern> of(String expression) {
    return Optional.ofNullable(BY_EXPRESSION.get(expression));
  }

  /** The regular expressions, each of which means the same. */
  List<String> expressions() {
    return List.of(expressions);
  }

  /** The end of the run of characters of any of the classes. */
  static int run(String text, int from, int to, int classes) {
    int i = from;
    while (i < to) {
      int point = pointAt(text, i, to);
      if (!CharacterClass.is(point, classes)) {
        break;
      }
      i += Character.charCount(point);
    }
    return i;
  }

  /** The end of the run of characters of none of the classes. */
  static int runOfOthers(String text, int from, int to, int classes) {
    int i = from;
    while (i < to) {
      int point = pointAt(text, i, to);
      if (CharacterClass.is(point, classes)) {
        break;
      }
      i += Character.charCount(point);
    }
    return i;
  }

  private static int pointAt(String text, int at, int to) {
    char c = text.charAt(at);
    return Character.isHighSurrogate(c) && at + 1 < to
        ? Character.toCodePoint(c, text.charAt(at + 1))
        : c;
  }

  private static int numbers(String text, int from, int to, int most) {
    int i = from;
    for (int n = 0; n < most && i < to; n++) {
      int point = pointAt(text, i, to);
      if (!CharacterClass.is(point, NUMBER)) {
        break;
      }
      i += Character.charCount(point);
    }
    return i;
  }

  /** Llama 3's pattern, with as many numbers to a piece as given. */
  private static int word(String text, int from, int to, int mostNumbers) {
    int end = contractionEnd(text, from, to, true);
    if (end > from) {
      return end;
    }
    int first = pointAt(text, from, to);
    int letters = from;
    if (!CharacterClass.is(first, NEWLINE | LETTER | NUMBER)) {
      letters += Character.charCount(first);
    }
    end = run(text, letters, to, LETTER);
    return end > letters ? end : digitsOrRest(text, from, to, mostNumbers, false);
  }

  /** {@code \p{N}{1,most}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}. */
  private static int digitsOrRest(String text, int from, int to, int mostNumbers, boolean slashes) {
    int end = numbers(text, from, to, mostNumbers);
    if (end > from) {
      return end;
    }
    int others = text.charAt(from) == ' ' ? from + 1 : from;
    end = runOfOthers(text, others, to, SPACE | LETTER | NUMBER);
    if (end > others) {
      while (end < to && trails(text.charAt(end), slashes)) {
        end++;
      }
      return end;
    }
    end = run(text, from, to, SPACE);
    for (int i = end; i > from; i--) {
      if (text.charAt(i - 1) == '\n' || text.charAt(i - 1) == '\r') {
        return i;
      }
    }
    return beforeWord(text, from, end, to);
  }

  private static boolean trails(char c, boolean slashes) {
    return c == '\n' || c == '\r' || slashes && c == '/';
  }

  /** GPT-2's pattern without its contractions. */
  private static int spacedRun(String text, int from, int to) {
    int start = text.charAt(from) == ' ' && from + 1 < to ? from + 1 : from;
    int point = pointAt(text, start, to);
    if (CharacterClass.is(point, LETTER)) {
      return run(text, start, to, LETTER);
    }
    if (CharacterClass.is(point, NUMBER)) {
      return run(text, start, to, NUMBER);
    }
    if (!CharacterClass.is(point, SPACE)) {
      return runOfOthers(text, start, to, SPACE | LETTER | NUMBER);
    }
    return beforeWord(text, from, run(text, from, to, SPACE), to);
  }

  /**
   * {@code \s+(?!\S)|\s+} for white space [from, end): all but its last character, which belongs to
   * what follows, unless nothing follows or it is the only one. All white space is in the basic
   * plane.
   */
  private static int beforeWord(String text, int from, int end, int to) {
    return end == to || end - from < 2 ? end : end - 1;
  }

  /** {@code 's|'t|'re|'ve|'m|'ll|'d} at {@code from}; {@code from} if it does not match. */
  private static int contractionEnd(String text, int from, int to, boolean anyCase) {
    if (from + 1 >= to || text.charAt(from) != '\'') {
      return from;
    }
    char first = letter(text.charAt(from + 1), anyCase);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return from + 2;
    }
    if (from + 2 < to) {
      char second = letter(text.charAt(from + 2), anyCase);
      if (first == 'l' && second == 'l' || (first == 'r' || first == 'v') && second == 'e') {
        return from + 3;
      }
    }
    return from;
  }

  private static char letter(char c, boolean anyCase) {
    if (!anyCase) {
      return c;
    }
    // The long s is the only other character that folds to one of these letters.
    return c == 'ſ' ? 's' : c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }
}
