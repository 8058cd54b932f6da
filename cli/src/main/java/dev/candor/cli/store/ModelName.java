package dev.candor.cli.store;

import java.util.Locale;
import java.util.regex.Pattern;

/** The names under which models are stored: {@code [a-z0-9][a-z0-9._-]{0,63}}. */
final class ModelName {

  private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  private ModelName() {}

  /**
   * A valid name made from a file's or repository's: its suffix dropped, other characters dashed.
   */
  static String from(String fileName) {
    String name =
        fileName
            .toLowerCase(Locale.ROOT)
            .replaceFirst("\\.(gguf|zip|whl)$", "")
            .replaceAll("[^a-z0-9._-]+", "-")
            .replaceFirst("^[._-]+", "");
    name = name.substring(0, Math.min(64, name.length()));
    return name.isEmpty() ? "model" : name;
  }

  /** Returns the name, or refuses it: names become folders. */
  static String require(String name) {
    if (!VALID.matcher(name).matches()) {
      throw new StoreException(
          "invalid-name",
          "'" + name + "' is not a model name",
          "Use up to 64 of a-z, 0-9, dot, dash and underscore, a letter or digit first.");
    }
    return name;
  }
}
