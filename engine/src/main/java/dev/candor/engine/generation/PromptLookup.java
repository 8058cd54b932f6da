package dev.candor.engine.generation;

/**
 * Guesses the next tokens from the context itself (prompt lookup decoding, Saxena 2023; the n-gram
 * case of arXiv 2402.02057): what followed the last time that the last tokens stood there.
 * Extraction, correction and code repeat much of their prompt.
 */
final class PromptLookup {

  /** Fewer tokens than this recur by chance. */
  static final int SHORTEST = 2;

  /** A recurrence is as good as a longer one from here on. */
  static final int LONGEST = 8;

  private int at;
  private int length;

  /**
   * Looks for the longest recurrence of the end of tokens[0 … count), the last one among equals.
   * Takes O(count) time.
   *
   * @return whether there is one of at least {@link #SHORTEST} tokens
   */
  boolean find(int[] tokens, int count) {
    length = 0;
    if (count <= SHORTEST) {
      return false;
    }
    int last = tokens[count - 1];
    for (int end = count - 2; end >= SHORTEST - 1 && length < LONGEST; end--) {
      if (tokens[end] == last) {
        int same = 1;
        while (same < LONGEST && same <= end && tokens[end - same] == tokens[count - 1 - same]) {
          same++;
        }
        if (same > length) {
          length = same;
          at = end + 1;
        }
      }
    }
    return length >= SHORTEST;
  }

  /** How many tokens recur, up to {@link #LONGEST}. */
  int length() {
    return length;
  }

  /** Where what followed begins; it may run into the end itself, when a pattern repeats. */
  int at() {
    return at;
  }
}
