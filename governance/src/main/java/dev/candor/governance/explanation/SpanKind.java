package dev.candor.governance.explanation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Into what a text is divided. White space between spans belongs to none. */
public enum SpanKind {
  /** What stands between white space. */
  WORDS("\\S+"),
  /** Up to four words, ended by a mark of punctuation. */
  PHRASES("(?:[^\\s,;:.!?]+[ \\t]+){0,3}[^\\s,;:.!?]*[,;:.!?]*"),
  /** Up to a full stop, a question mark or an exclamation mark before white space, or a line. */
  SENTENCES("\\S[^\\r\\n]*"),
  /** Lines: of a form, its fields. */
  LINES("\\S[^\\r\\n]*");

  /** A field of a form: its name, a colon, its value. */
  private static final Pattern FIELD = Pattern.compile("[\\p{L}\\p{N} _./-]{1,40}:\\s*\\S.*");

  /** Fewer lines are no form. */
  private static final int FEWEST_FIELDS = 5;

  private final Pattern pattern;

  SpanKind(String pattern) {
    this.pattern = Pattern.compile(pattern);
  }

  /** As it is written. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The spans of a text, each without white space at its ends. */
  List<Span> spans(String text) {
    List<Span> spans = new ArrayList<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      int at = matcher.start();
      while (at < matcher.end()) {
        int end = this == SENTENCES ? sentenceEnd(text, at, matcher.end()) : matcher.end();
        add(text, at, end, spans);
        at = end;
      }
    }
    return spans;
  }

  /**
   * Behind the marks that end the sentence which begins at a place: before white space. By hand and
   * not by an expression, as a text may be long and hold nothing but full stops.
   */
  private static int sentenceEnd(String text, int from, int lineEnd) {
    for (int i = from; i < lineEnd; i++) {
      boolean mark = ".!?".indexOf(text.charAt(i)) >= 0;
      if (mark && (i + 1 == lineEnd || Character.isWhitespace(text.charAt(i + 1)))) {
        return i + 1;
      }
    }
    return lineEnd;
  }

  private static void add(String text, int begin, int end, List<Span> spans) {
    int from = begin;
    int to = end;
    while (from < to && Character.isWhitespace(text.charAt(from))) {
      from++;
    }
    while (to > from && Character.isWhitespace(text.charAt(to - 1))) {
      to--;
    }
    if (from < to) {
      spans.add(new Span(from, to));
    }
  }

  /**
   * What suits a text: the fields of a form; else the smallest spans of which there are not more
   * than so many.
   */
  static SpanKind suiting(String text, int most) {
    List<Span> lines = LINES.spans(text);
    boolean isForm =
        lines.size() >= FEWEST_FIELDS
            && lines.size() <= most
            && lines.stream().allMatch(line -> FIELD.matcher(line.of(text)).matches());
    if (isForm) {
      return LINES;
    }
    for (SpanKind kind : List.of(WORDS, PHRASES, SENTENCES)) {
      if (kind.spans(text).size() <= most) {
        return kind;
      }
    }
    return SENTENCES;
  }
}
