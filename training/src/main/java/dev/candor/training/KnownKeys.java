package dev.candor.training;

import dev.candor.engine.json.JsonObject;
import dev.candor.statistics.NearestWord;
import java.util.Collection;

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
            "Did you mean '"
                + NearestWord.to(key, known)
                + "'? There are: "
                + String.join(", ", known));
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
        "Did you mean '" + NearestWord.to(value, known) + "'?");
  }
}
