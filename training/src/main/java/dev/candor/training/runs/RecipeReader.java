package dev.candor.training.runs;

import dev.candor.engine.json.JsonObject;
import dev.candor.training.KnownKeys;
import dev.candor.training.TrainingException;
import dev.candor.training.YamlDocument;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a recipe says, each value checked. */
public final class RecipeReader {

  private final Path file;
  private final String name;
  private final JsonObject document;

  private RecipeReader(Path file, JsonObject document) {
    this.file = file;
    this.name = String.valueOf(file.getFileName());
    this.document = document;
  }

  /**
   * Reads a YAML file.
   *
   * @throws TrainingException if it is none
   */
  public static RecipeReader of(Path file) {
    return new RecipeReader(file, YamlDocument.read(file));
  }

  /** All of it, refused if it has other keys. */
  public JsonObject root(List<String> known) {
    KnownKeys.require(document, name, known);
    return document;
  }

  /** A part of it, empty if it is not there, refused if it has other keys. */
  public JsonObject part(JsonObject root, String key, List<String> known) {
    JsonObject part = root.object(key).orElseGet(() -> new JsonObject(Map.of(), name + ": " + key));
    KnownKeys.require(part, name + ": " + key, known);
    return part;
  }

  /** A text that must be there. */
  public String text(JsonObject part, String key) {
    return part.optionalString(key).orElseThrow(() -> missing(key));
  }

  /** A path from the recipe's folder on. */
  public Path path(JsonObject part, String key) {
    return path(text(part, key));
  }

  /** The same of a text. */
  public Path path(String text) {
    return Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file).resolve(text);
  }

  /** What the file is called, for messages. */
  public String name() {
    return name;
  }

  /** Texts, one or more. */
  public List<String> texts(JsonObject part, String prefix, String key) {
    List<String> texts = part.strings(key);
    if (texts.isEmpty()) {
      throw missing(prefix + key);
    }
    return texts;
  }

  /**
   * A number within bounds.
   *
   * @param prefix of the key, in messages
   * @param absent what it is if it is not there
   */
  public double number(
      JsonObject part, String prefix, String key, double minimum, double maximum, double absent) {
    double value = part.number(key, absent);
    if (!(value >= minimum && value <= maximum)) {
      throw refused(
          prefix + key,
          String.valueOf(value),
          minimum + " to " + maximum,
          "Correct it in the recipe.");
    }
    return value;
  }

  /** One of some words; the first if there is none. */
  public String choice(JsonObject part, String prefix, String key, List<String> words) {
    return KnownKeys.requireValue(
        part.optionalString(key).orElse(words.getFirst()), prefix + key, name, words);
  }

  /** For a key that must be there and is not. */
  public TrainingException missing(String key) {
    return new TrainingException(
        "missing", name + ": " + key + " is missing", "Write it; it has no usual value.");
  }

  /** For a value that is not allowed. */
  public TrainingException refused(String key, String value, String allowed, String remedy) {
    return new TrainingException(
        "out-of-range", name + ": " + key + " is " + value + ", allowed is " + allowed, remedy);
  }
}
