package dev.candor.engine.generation;

import dev.candor.engine.tokenizers.Tokenizer;
import java.util.List;

/**
 * The text of an answer as its tokens come: whole characters, and nothing that may yet turn out to
 * be the start of a stop string. The text ends before the stop string that is complete first (of
 * several complete at the same character, the longest), however the text is divided into tokens.
 */
final class AnswerText {

  private final Tokenizer.StreamDecoder decoder;
  private final String[] stops;
  private final int[][] fallbacks;
  private final int[] matched;
  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  AnswerText(Tokenizer.StreamDecoder decoder, List<String> stopStrings) {
    this.decoder = decoder;
    stops = stopStrings.toArray(new String[0]);
    fallbacks = new int[stops.length][];
    for (int s = 0; s < stops.length; s++) {
      fallbacks[s] = fallbacks(stops[s]);
    }
    matched = new int[stops.length];
  }

  /** The text that is certain with this token. */
  String next(int id) {
    return accept(decoder.next(id));
  }

  /** The rest, when no more tokens come. */
  String finish() {
    String certain = accept(decoder.finish());
    if (stopped || held.isEmpty()) {
      return certain;
    }
    String rest = certain + held;
    held.setLength(0);
    return rest;
  }

  /** Whether a stop string is complete; what came from it on is dropped. */
  boolean stopped() {
    return stopped;
  }

  private String accept(String piece) {
    if (stopped) {
      return "";
    }
    if (stops.length == 0) {
      return piece;
    }
    for (int i = 0; i < piece.length(); i++) {
      char c = piece.charAt(i);
      held.append(c);
      int longest = 0;
      for (int s = 0; s < stops.length; s++) {
        matched[s] = advance(s, c);
        if (matched[s] == stops[s].length()) {
          longest = Math.max(longest, matched[s]);
        }
      }
      if (longest > 0) {
        stopped = true;
        String certain = held.substring(0, held.length() - longest);
        held.setLength(0);
        return certain;
      }
    }
    int open = 0;
    for (int length : matched) {
      open = Math.max(open, length);
    }
    int certain = held.length() - open;
    String text = held.substring(0, certain);
    held.delete(0, certain);
    return text;
  }

  /**
   * How many characters of stop string s the text ends with, after one more (Knuth-Morris-Pratt).
   */
  private int advance(int s, char c) {
    int length = matched[s];
    while (length > 0 && stops[s].charAt(length) != c) {
      length = fallbacks[s][length - 1];
    }
    return stops[s].charAt(length) == c ? length + 1 : length;
  }

  /** Per prefix, the length of its longest proper suffix that is a prefix too. */
  private static int[] fallbacks(String stop) {
    int[] lengths = new int[stop.length()];
    for (int i = 1, length = 0; i < lengths.length; i++) {
      while (length > 0 && stop.charAt(i) != stop.charAt(length)) {
        length = lengths[length - 1];
      }
      if (stop.charAt(i) == stop.charAt(length)) {
        length++;
      }
      lengths[i] = length;
    }
    return lengths;
  }
}
