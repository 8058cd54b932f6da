package dev.candor.governance.explanation;

/**
 * A part of a text.
 *
 * @param from index of its first UTF-16 unit
 * @param to index behind its last
 */
public record Span(int from, int to) {

  public Span {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException("a span from " + from + " to " + to);
    }
  }

  /** What it is of a text. */
  public String of(String text) {
    return text.substring(from, to);
  }
}
