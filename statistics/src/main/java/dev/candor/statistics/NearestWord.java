package dev.candor.statistics;

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

  /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
  private static int edits(String a, String b) {
    int[][] least = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          least[i][j] = i + j;
          continue;
        }
        int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        least[i][j] =
            Math.min(least[i - 1][j - 1] + same, 1 + Math.min(least[i - 1][j], least[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least[i][j] = Math.min(least[i][j], least[i - 2][j - 2] + 1);
        }
      }
    }
    return least[a.length()][b.length()];
  }
}
