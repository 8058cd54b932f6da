package dev.candor.engine.templates;

import java.util.Arrays;

/**
 * A string that knows which of its characters came from the messages, and not from the template.
 * Equality looks at the characters only. Immutable.
 */
final class Text {

  private static final int[] NOWHERE = {};

  static final Text EMPTY = new Text("", NOWHERE);

  private final String chars;

  /** Ranges that came from the messages: begin, end, begin, end, …, ascending, not touching. */
  private final int[] foreign;

  private Text(String chars, int[] foreign) {
    this.chars = chars;
    this.foreign = foreign;
  }

  /** A text of the template. */
  static Text of(String chars) {
    return chars.isEmpty() ? EMPTY : new Text(chars, NOWHERE);
  }

  /** A text of a message. */
  static Text foreign(String chars) {
    return chars.isEmpty() ? EMPTY : new Text(chars, new int[] {0, chars.length()});
  }

  String chars() {
    return chars;
  }

  int length() {
    return chars.length();
  }

  boolean isEmpty() {
    return chars.isEmpty();
  }

  /** Ranges that came from the messages, a copy: begin, end, begin, end, …, ascending. */
  int[] foreignRanges() {
    return foreign.clone();
  }

  /** The part in [from, to). */
  Text slice(int from, int to) {
    if (from == 0 && to == chars.length()) {
      return this;
    }
    return new Builder().append(this, from, to).build();
  }

  /** Whether the character at the index came from the messages. */
  private boolean foreignAt(int index) {
    int found = Arrays.binarySearch(foreign, index);
    int range = found >= 0 ? found : -found - 2;
    return range >= 0 && range % 2 == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Text text && chars.equals(text.chars);
  }

  @Override
  public int hashCode() {
    return chars.hashCode();
  }

  @Override
  public String toString() {
    return chars;
  }

  /** Puts a text together. */
  static final class Builder {
    private final StringBuilder chars = new StringBuilder();
    private int[] foreign = NOWHERE;
    private int ends;

    int length() {
      return chars.length();
    }

    Builder append(String template) {
      chars.append(template);
      return this;
    }

    Builder append(Text text) {
      return append(text, 0, text.length());
    }

    Builder append(Text text, int from, int to) {
      int shift = chars.length() - from;
      chars.append(text.chars, from, to);
      for (int i = 0; i < text.foreign.length; i += 2) {
        int begin = Math.max(text.foreign[i], from);
        int end = Math.min(text.foreign[i + 1], to);
        if (begin < end) {
          mark(begin + shift, end + shift);
        }
      }
      return this;
    }

    /** Characters that stand for the one at the index of a text: they have its provenance. */
    Builder appendFor(Text text, int index, String replacement) {
      int begin = chars.length();
      chars.append(replacement);
      if (text.foreign.length != 0 && text.foreignAt(index)) {
        mark(begin, chars.length());
      }
      return this;
    }

    private void mark(int begin, int end) {
      if (begin == end) {
        return;
      }
      if (ends > 0 && foreign[ends - 1] == begin) {
        foreign[ends - 1] = end;
        return;
      }
      if (ends == foreign.length) {
        foreign = Arrays.copyOf(foreign, Math.max(4, 2 * ends));
      }
      foreign[ends++] = begin;
      foreign[ends++] = end;
    }

    Text build() {
      return chars.isEmpty() ? EMPTY : new Text(chars.toString(), Arrays.copyOf(foreign, ends));
    }
  }
}
