package dev.candor.cli.check;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What the reference made of one prompt.
 *
 * @param name the first part of the names of its tensors
 * @param ids the prompt
 * @param greedy the most likely tokens after it, end tokens not minded
 * @param smallestMargin the smallest distance between the two largest logits on that way
 */
record GoldenPrompt(String name, int[] ids, int[] greedy, double smallestMargin) {

  /** Those of {@code golden.json}. */
  static List<GoldenPrompt> ofAll(JsonObject golden) {
    List<GoldenPrompt> prompts = new ArrayList<>();
    for (JsonObject prompt : required(golden, "prompts")) {
      prompts.add(
          new GoldenPrompt(
              prompt.string("name"),
              ids(prompt, "ids"),
              ids(prompt, "greedy"),
              prompt.number("greedy_min_margin", Double.POSITIVE_INFINITY)));
    }
    return prompts;
  }

  /**
   * The objects of an array that must not be empty: a check that compares nothing must not pass.
   */
  static List<JsonObject> required(JsonObject parent, String key) {
    List<JsonObject> objects = objects(parent, key);
    if (objects.isEmpty()) {
      throw new ConfigException(
          "missing",
          "golden file: " + key + " is missing or empty",
          "Use a golden file as the fixtures' README describes it.");
    }
    return objects;
  }

  /** The objects of an array, empty if absent. */
  static List<JsonObject> objects(JsonObject parent, String key) {
    return objects(parent.list(key).orElse(List.of()), key);
  }

  /** The same values as objects. */
  static List<JsonObject> objects(List<?> values, String what) {
    List<JsonObject> objects = new ArrayList<>();
    for (Object value : values) {
      if (!(value instanceof JsonObject object)) {
        throw new ConfigException(
            "wrong-type",
            "golden file: " + what + " is not an array of objects",
            "Use a golden file as the fixtures' README describes it.");
      }
      objects.add(object);
    }
    return objects;
  }

  /** An array of token ids, empty if absent. */
  static int[] ids(JsonObject parent, String key) {
    List<Object> values = parent.list(key).orElse(List.of());
    int[] ids = new int[values.size()];
    for (int i = 0; i < ids.length; i++) {
      if (!(values.get(i) instanceof Long id) || id < 0 || id > Integer.MAX_VALUE) {
        throw new ConfigException(
            "wrong-type",
            "golden file: " + key + " is not an array of token ids",
            "Use a golden file as the fixtures' README describes it.");
      }
      ids[i] = id.intValue();
    }
    return ids;
  }
}
