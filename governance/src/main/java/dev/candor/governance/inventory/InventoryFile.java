package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.YamlDocument;
import dev.candor.statistics.NearestWord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model's record as a file that people read and write: YAML, and JSON with it.
 * docs/reference/inventory.md describes it.
 */
public final class InventoryFile {

  private static final String BUILD = "build";

  /** What some reader of YAML takes for something else than a text. */
  private static final Set<String> YAML_WORDS =
      Set.of("null", "true", "false", "yes", "no", "on", "off", "y", "n");

  private InventoryFile() {}

  /**
   * Reads a record.
   *
   * @throws GovernanceException {@code governance.yaml-malformed}, {@code
   *     governance.inventory-key}, {@code governance.inventory-field}, {@code
   *     governance.rating-unknown}, {@code governance.inventory-build} or {@code
   *     governance.tuple-malformed}
   */
  public static InventoryRecord parse(byte[] bytes) {
    Map<InventoryField, String> fields = new EnumMap<>(InventoryField.class);
    Optional<ModelBuild> build = Optional.empty();
    for (Map.Entry<String, Object> pair :
        YamlDocument.read(bytes, "the inventory record").entrySet()) {
      String key = pair.getKey();
      if (key.equals(BUILD)) {
        build = Optional.of(build(pair.getValue()));
      } else {
        InventoryField field = InventoryField.of(key).orElseThrow(() -> unknown(key));
        fields.put(field, text(field, pair.getValue()));
      }
    }
    return new InventoryRecord(fields, build);
  }

  /** Reads a file; no more is read than a record may have. */
  public static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(YamlDocument.MOST_BYTES + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(InventoryField field, Object value) {
    if (value instanceof String text) {
      return text.strip();
    }
    if (value instanceof List<?> elements && field.isList() && !elements.isEmpty()) {
      List<String> lines = new ArrayList<>();
      for (Object element : elements) {
        if (!(element instanceof String line)) {
          throw notText(field.key());
        }
        lines.add(line.strip());
      }
      return String.join("\n", lines);
    }
    throw notText(field.key());
  }

  private static ModelBuild build(Object value) {
    if (!(value instanceof Map<?, ?> members)) {
      throw notText(BUILD);
    }
    Map<String, String> values = new LinkedHashMap<>();
    members.forEach((name, text) -> {
      if (!(text instanceof String it)) {
        throw notText(String.valueOf(name));
      }
      values.put(String.valueOf(name), it);
    });
    return ModelBuild.of(values);
  }

  /** Writes a record, each field under a comment that says what it is. */
  public static String write(InventoryRecord record) {
    return write(record.fields(), record.build());
  }

  /**
   * Writes a record that is not complete yet: {@value InventoryField#UNKNOWN} stands where nothing
   * is known, and what may not stay so is to be filled in before it is one.
   *
   * @param known what is known
   */
  public static String template(Map<InventoryField, String> known, Optional<ModelBuild> build) {
    Map<InventoryField, String> fields = new EnumMap<>(InventoryField.class);
    for (InventoryField field : InventoryField.values()) {
      fields.put(field, known.getOrDefault(field, InventoryField.UNKNOWN));
    }
    return write(fields, build);
  }

  private static String write(Map<InventoryField, String> fields, Optional<ModelBuild> build) {
    StringBuilder text =
        new StringBuilder("# A model's record; docs/reference/inventory.md describes it.\n");
    fields.forEach((field, value) -> {
      text.append("# ").append(field.words()).append('\n').append(field.key()).append(':');
      List<String> lines = List.of(value.split("\n", -1));
      if (lines.size() == 1) {
        text.append(' ').append(quoted(value)).append('\n');
      } else {
        text.append('\n');
        lines.forEach(line -> text.append("  - ").append(quoted(line)).append('\n'));
      }
    });
    build.ifPresent(found -> {
      text.append("# what a program found in its files\n").append(BUILD).append(":\n");
      found
          .values()
          .forEach((name, value) ->
              text.append("  ").append(name).append(": ").append(quoted(value)).append('\n'));
    });
    return text.toString();
  }

  /** As it is where YAML takes that for the same text; else in double quotes, as JSON has it. */
  private static String quoted(String text) {
    boolean plain = text.matches("[A-Za-z][A-Za-z0-9 ./_+-]*") && !text.endsWith(" ");
    if (plain && !YAML_WORDS.contains(text.toLowerCase(Locale.ROOT))) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            quoted.append('\\');
          }
          quoted.appendCodePoint(c);
        });
    return quoted.append('"').toString();
  }

  /** Of the bytes of a text. */
  public static InventoryRecord parse(String text) {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static GovernanceException unknown(String key) {
    List<String> known = new ArrayList<>(InventoryField.keys());
    known.add(BUILD);
    return new GovernanceException(
        "inventory-key",
        "a record has no field '" + PlainText.shown(key) + "'",
        "Did you mean '"
            + NearestWord.to(key, known)
            + "'? There are: "
            + String.join(", ", known)
            + ".");
  }

  private static GovernanceException notText(String key) {
    return new GovernanceException(
        "inventory-field",
        PlainText.shown(key) + " is neither a text nor, where several may stand, a list of texts",
        "Correct it in the record.");
  }
}
