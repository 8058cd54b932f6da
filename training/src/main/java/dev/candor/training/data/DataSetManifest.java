package dev.candor.training.data;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.training.ContentDigest;
import dev.candor.training.KnownKeys;
import dev.candor.training.TrainingException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * The file {@code dataset.json}, format 1; docs/reference/data-sets.md describes it.
 *
 * @param name what reports call the set
 * @param version of the set
 * @param rows the file with the rows, in the same folder
 * @param count how many there are
 * @param rowsDigest SHA-256 of that file
 * @param schema what a row is
 * @param purposes what the rows may be used for, and nothing else, such as {@code model-training}
 * @param provenance where they come from
 * @param splits which rows are for what
 */
public record DataSetManifest(
    String name,
    String version,
    String rows,
    int count,
    String rowsDigest,
    RowSchema schema,
    List<String> purposes,
    Provenance provenance,
    SplitRule splits) {

  /** The name of the file. */
  public static final String FILE = "dataset.json";

  /** Most rows of a set. */
  public static final int MOST_ROWS = 5_000_000;

  private static final int FORMAT = 1;
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern PURPOSE = Pattern.compile("[a-z][a-z0-9-]{0,63}");

  public DataSetManifest {
    purposes = List.copyOf(purposes);
  }

  /**
   * Reads a manifest.
   *
   * @param where its path, for messages
   * @throws TrainingException naming the member that does not fit
   */
  static DataSetManifest read(byte[] content, String where) {
    try {
      JsonObject root =
          Json.parseObject(new ByteArrayInputStream(content), Json.Limits.CONFIG, where);
      KnownKeys.require(
          root,
          where,
          List.of(
              "format", "name", "version", "rows", "schema", "consent", "provenance", "splits"));
      int format = root.integer("format", 1, Integer.MAX_VALUE);
      if (format > FORMAT) {
        throw unfit(where, "format is " + format + ", this version reads up to " + FORMAT);
      }
      JsonObject rows = part(root, where, "rows", List.of("file", "count", "digest"));
      JsonObject consent = part(root, where, "consent", List.of("purposes"));
      DataSetManifest manifest =
          new DataSetManifest(
              text(root, where, "name"),
              text(root, where, "version"),
              text(rows, where, "file"),
              rows.integer("count", 1, MOST_ROWS),
              text(rows, where, "digest"),
              schema(root, where),
              consent.strings("purposes"),
              provenance(root, where),
              splits(root, where));
      manifest.check(where);
      return manifest;
    } catch (ConfigException e) {
      throw new TrainingException("manifest-unfit", String.valueOf(e.getMessage()), e.remedy());
    }
  }

  private void check(String where) {
    if (!FILE_NAME.matcher(rows).matches()) {
      throw unfit(where, "rows.file '" + rows + "' is not the plain name of a file");
    }
    if (!ContentDigest.isDigest(rowsDigest)) {
      throw unfit(where, "rows.digest is not 64 lower-case hexadecimal digits");
    }
    for (String purpose : purposes) {
      if (!PURPOSE.matcher(purpose).matches()) {
        throw unfit(
            where, "consent.purposes has '" + purpose + "', allowed are words in lower case");
      }
    }
    List<String> columns = schema.columns();
    if (new HashSet<>(columns).size() < columns.size()) {
      throw unfit(where, "schema names a column twice: " + columns);
    }
    if (splits instanceof SplitRule.ByColumn(String column) && columns.contains(column)) {
      throw unfit(where, "splits.column '" + column + "' is a column of the schema already");
    }
    boolean choice = schema.task() == RowSchema.Task.CLASSIFICATION;
    List<String> labels = schema.labels();
    if (choice ? labels.size() < 2 : !labels.isEmpty()) {
      throw unfit(where, "schema.labels: a classification has 2 or more, another task none");
    }
    if (new HashSet<>(labels).size() < labels.size() || labels.stream().anyMatch(String::isBlank)) {
      throw unfit(where, "schema.labels: each must be there once and not be empty");
    }
  }

  private static RowSchema schema(JsonObject root, String where) {
    JsonObject schema =
        part(
            root,
            where,
            "schema",
            List.of("task", "text", "label", "labels", "id", "family", "subject", "attributes"));
    String task =
        KnownKeys.requireValue(
            text(schema, where, "task"), "schema.task", where, List.of("classification", "answer"));
    return new RowSchema(
        RowSchema.Task.valueOf(task.toUpperCase(Locale.ROOT)),
        text(schema, where, "text"),
        text(schema, where, "label"),
        schema.strings("labels"),
        schema.optionalString("id"),
        schema.optionalString("family"),
        schema.optionalString("subject"),
        schema.strings("attributes"));
  }

  private static Provenance provenance(JsonObject root, String where) {
    JsonObject provenance =
        part(
            root,
            where,
            "provenance",
            List.of("source", "collectedBy", "collectedAt", "licence", "method"));
    return new Provenance(
        text(provenance, where, "source"),
        text(provenance, where, "collectedBy"),
        text(provenance, where, "collectedAt"),
        text(provenance, where, "licence"),
        text(provenance, where, "method"));
  }

  private static SplitRule splits(JsonObject root, String where) {
    JsonObject splits =
        part(
            root,
            where,
            "splits",
            List.of("rule", "seed", "train", "validation", "test", "column"));
    String rule =
        KnownKeys.requireValue(
            text(splits, where, "rule"), "splits.rule", where, List.of("family-hash", "column"));
    if (rule.equals("column")) {
      KnownKeys.require(splits, where + ", splits", List.of("rule", "column"));
      return new SplitRule.ByColumn(text(splits, where, "column"));
    }
    KnownKeys.require(
        splits, where + ", splits", List.of("rule", "seed", "train", "validation", "test"));
    Supplier<TrainingException> noSeed = () -> unfit(where, "splits.seed is missing");
    int train = splits.integer("train", 0, 100);
    int validation = splits.integer("validation", 0, 100);
    int test = splits.integer("test", 0, 100);
    if (train + validation + test != 100) {
      throw unfit(
          where,
          "splits: train, validation and test sum to "
              + (train + validation + test)
              + ", must be 100");
    }
    return new SplitRule.ByFamily(
        splits.optionalInteger("seed").orElseThrow(noSeed), train, validation, test);
  }

  private static JsonObject part(JsonObject root, String where, String key, List<String> known) {
    JsonObject part = root.object(key).orElseThrow(() -> unfit(where, key + " is missing"));
    KnownKeys.require(part, where + ", " + key, known);
    return part;
  }

  private static String text(JsonObject object, String where, String key) {
    String text = object.string(key);
    if (text.isBlank()) {
      throw unfit(where, key + " is empty");
    }
    return text;
  }

  private static TrainingException unfit(String where, String why) {
    return new TrainingException(
        "manifest-unfit",
        where + ": " + why,
        "Correct the manifest; docs/reference/data-sets.md describes it.");
  }

  /** The document, as it is written. */
  byte[] document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("format", FORMAT);
    document.put("name", name);
    document.put("version", version);
    document.put("rows", members("file", rows, "count", count, "digest", rowsDigest));
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("task", schema.task().name().toLowerCase(Locale.ROOT));
    schema.id().ifPresent(column -> columns.put("id", column));
    columns.put("text", schema.text());
    columns.put("label", schema.label());
    if (!schema.labels().isEmpty()) {
      columns.put("labels", schema.labels());
    }
    schema.family().ifPresent(column -> columns.put("family", column));
    schema.subject().ifPresent(column -> columns.put("subject", column));
    if (!schema.attributes().isEmpty()) {
      columns.put("attributes", schema.attributes());
    }
    document.put("schema", columns);
    document.put("consent", Map.of("purposes", purposes));
    document.put(
        "provenance",
        members(
            "source", provenance.source(),
            "collectedBy", provenance.collectedBy(),
            "collectedAt", provenance.collectedAt(),
            "licence", provenance.licence(),
            "method", provenance.method()));
    document.put(
        "splits",
        switch (splits) {
          case SplitRule.ByColumn(String column) -> members("rule", "column", "column", column);
          case SplitRule.ByFamily by ->
              members(
                  "rule", "family-hash",
                  "seed", by.seed(),
                  "train", by.train(),
                  "validation", by.validation(),
                  "test", by.test());
        });
    return (JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(document)
            + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> members(Object... keysAndValues) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      members.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return members;
  }

  /** The column that says the split, if one does. */
  Optional<String> splitColumn() {
    return splits instanceof SplitRule.ByColumn(String column)
        ? Optional.of(column)
        : Optional.empty();
  }
}
