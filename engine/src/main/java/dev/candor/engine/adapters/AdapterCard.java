package dev.candor.engine.adapters;

import dev.candor.engine.AdapterException;
import dev.candor.engine.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an adapter or a head says of itself: the members of {@code adapter.json}, format version 1,
 * and of {@code head.json}. Digests are SHA-256, 64 lower-case hexadecimal digits.
 *
 * @param name what it is called
 * @param purpose what it was made for, a sentence for people
 * @param baseDigest of the model that it was made for: {@link
 *     dev.candor.engine.generation.LanguageModel#digest}
 * @param dataSetDigest of the data set that it was trained on, if known
 * @param recipeDigest of the recipe that says how, if known
 */
public record AdapterCard(
    String name,
    String purpose,
    String baseDigest,
    Optional<String> dataSetDigest,
    Optional<String> recipeDigest) {

  /** The newest format version of both documents. */
  static final int FORMAT = 1;

  public AdapterCard {
    requireDigest("baseDigest", baseDigest);
    dataSetDigest.ifPresent(digest -> requireDigest("dataSetDigest", digest));
    recipeDigest.ifPresent(digest -> requireDigest("recipeDigest", digest));
  }

  static AdapterCard of(JsonObject json) {
    json.integer("format", FORMAT, FORMAT);
    return new AdapterCard(
        json.string("name"),
        json.string("purpose"),
        json.string("baseDigest"),
        json.optionalString("dataSetDigest"),
        json.optionalString("recipeDigest"));
  }

  /** In the order in which they are written. */
  Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("format", FORMAT);
    members.put("name", name);
    members.put("purpose", purpose);
    members.put("baseDigest", baseDigest);
    dataSetDigest.ifPresent(digest -> members.put("dataSetDigest", digest));
    recipeDigest.ifPresent(digest -> members.put("recipeDigest", digest));
    return members;
  }

  /**
   * Throws {@code adapter.other-base} unless it was made for this model.
   *
   * @param what an adapter or a head, with its article
   * @param digest of the model
   */
  void requireBase(String what, String digest) {
    if (!baseDigest.equals(digest)) {
      throw new AdapterException(
          "other-base",
          what
              + " "
              + name
              + " was made for the model sha256:"
              + baseDigest.substring(0, 16)
              + "…, this is sha256:"
              + digest.substring(0, 16)
              + "…",
          "Use it with the model that it was made for, or train it again for this one.");
    }
  }

  private static void requireDigest(String key, String digest) {
    if (!digest.matches("[0-9a-f]{64}")) {
      throw new AdapterException(
          "malformed",
          key + " is not 64 lower-case hexadecimal digits",
          "Correct " + key + ", or train again.");
    }
  }
}
