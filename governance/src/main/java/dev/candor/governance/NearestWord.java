package dev.candor.governance;

import java.util.Collection;
import java.util.Comparator;

/** What was probably meant by a word that is not known. */
public final class NearestWord {

  private static final int MOST = 64;

  private NearestWord() {}

  /** The known word with the fewest edits from this one; of several the first. */
  public static String to(String word, Collection<String> known) {
    String start = word.length() > MOST ? word.substring(0, MOST) : word;
    return known.stream()
        .min(Comparator.comparingInt(candidate -> edits(start, candidate)))
        .orElse("");
  }

  /** Insertions, deletions and replacements (Levenshtein distance), row by row. */
  private static int edits(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(above[j - 1] + same, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
