package dev.candor.training.adapters;

import dev.candor.engine.json.JsonObject;
import dev.candor.training.KnownKeys;
import dev.candor.training.TrainingException;
import dev.candor.training.YamlDocument;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a recipe for adapters or heads says, each value checked. */
final class RecipeReader {

  private final Path file;
  private final String name;
  private final JsonObject document;

  private RecipeReader(Path file, JsonObject document) {
    this.file = file;
    this.name = String.valueOf(file.getFileName());
    this.document = document;
  }

  static RecipeReader of(Path file) {
    return new RecipeReader(file, YamlDocument.read(file));
  }

  JsonObject root(List<String> known) {
    KnownKeys.require(document, name, known);
    return document;
  }

  JsonObject part(JsonObject root, String key, List<String> known) {
    JsonObject part = root.object(key).orElseGet(() -> new JsonObject(Map.of(), name + ": " + key));
    KnownKeys.require(part, name + ": " + key, known);
    return part;
  }

  String text(JsonObject part, String key) {
    return part.optionalString(key).orElseThrow(() -> missing(key));
  }

  /** A path from the recipe's folder on. */
  Path path(JsonObject part, String key) {
    Path home = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
    return home.resolve(text(part, key));
  }

  List<String> texts(JsonObject part, String prefix, String key) {
    List<String> texts = part.strings(key);
    if (texts.isEmpty()) {
      throw missing(prefix + key);
    }
    return texts;
  }

  double number(
      JsonObject part, String prefix, String key, double minimum, double maximum, double absent) {
    double value = part.number(key, absent);
    if (!(value >= minimum && value <= maximum)) {
      throw new TrainingException(
          "out-of-range",
          name
              + ": "
              + prefix
              + key
              + " is "
              + value
              + ", allowed is "
              + minimum
              + " to "
              + maximum,
          "Correct it in the recipe.");
    }
    return value;
  }

  /** One of some words; the first if there is none. */
  String choice(JsonObject part, String prefix, String key, List<String> words) {
    return KnownKeys.requireValue(
        part.optionalString(key).orElse(words.getFirst()), prefix + key, name, words);
  }

  private TrainingException missing(String key) {
    return new TrainingException(
        "missing", name + ": " + key + " is missing", "Write it; it has no usual value.");
  }
}
