package dev.candor.training;

import dev.candor.engine.json.JsonObject;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Refuses what a document must not have, and says what was probably meant. */
public final class KnownKeys {

  private KnownKeys() {}

  /**
   * Refuses members of other names.
   *
   * @param where the document and the place in it, for the message
   * @throws TrainingException {@code training.unknown-key}
   */
  public static void require(JsonObject object, String where, Collection<String> known) {
    for (String key : object.members().keySet()) {
      if (!known.contains(key)) {
        throw new TrainingException(
            "unknown-key",
            where + ": there is no key '" + key + "'",
            "Did you mean '" + nearest(key, known) + "'? There are: " + String.join(", ", known));
      }
    }
  }

  /**
   * The value, if it is one of those allowed.
   *
   * @throws TrainingException {@code training.unknown-value}
   */
  public static String requireValue(
      String value, String key, String where, Collection<String> known) {
    if (known.contains(value)) {
      return value;
    }
    throw new TrainingException(
        "unknown-value",
        where + ": " + key + " is '" + value + "', allowed is " + String.join(", ", known),
        "Did you mean '" + nearest(value, known) + "'?");
  }

  /** The known word with the fewest edits from this one; of several the first. */
  static String nearest(String word, Collection<String> known) {
    return List.copyOf(known).stream()
        .min(Comparator.comparingInt(candidate -> edits(word, candidate)))
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
