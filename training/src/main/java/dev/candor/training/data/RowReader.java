package dev.candor.training.data;

import dev.candor.training.ContentDigest;
import dev.candor.training.TrainingException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** Reads rows and holds each against the schema; the first that does not fit ends it. */
final class RowReader {

  /** Most characters of a text, an answer or an attribute. */
  private static final int MOST_CHARACTERS = 1 << 20;

  private static final ObjectReader OBJECTS =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxStringLength(MOST_CHARACTERS)
                          .maxNumberLength(400)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerForMapOf(Object.class);

  private final DataSetManifest manifest;
  private final RowSchema schema;
  private final Optional<String> splitColumn;
  private final Set<String> columns;
  private final Set<String> labels;
  private final Set<String> ids = new HashSet<>();
  private final Map<String, DataSplit> splitOfFamily = new HashMap<>();
  private final String file;

  /**
   * @param file the name of the file with the rows, for messages
   */
  RowReader(DataSetManifest manifest, String file) {
    this.manifest = manifest;
    this.schema = manifest.schema();
    this.splitColumn = manifest.splitColumn();
    this.columns = new HashSet<>(schema.columns());
    splitColumn.ifPresent(columns::add);
    this.labels = new HashSet<>(schema.labels());
    this.file = file;
  }

  /** All rows of the content. */
  List<DataRow> read(byte[] content) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new TrainingException("rows-not-utf8", file + " is not UTF-8", "Save it as UTF-8.");
    }
    List<DataRow> rows = new ArrayList<>();
    for (String line : (Iterable<String>) text.lines()::iterator) {
      rows.add(row(rows.size() + 1, line));
    }
    return rows;
  }

  private DataRow row(int number, String line) {
    Map<String, @Nullable Object> cells;
    try {
      cells = OBJECTS.readValue(line);
    } catch (JacksonException e) {
      throw new TrainingException(
          "row-malformed",
          file + ", row " + number + ": " + e.getOriginalMessage(),
          "Each line must be one JSON object.");
    }
    for (String column : cells.keySet()) {
      if (!columns.contains(column)) {
        throw unfit(number, column, "is not a column of the schema");
      }
    }
    String text = string(number, cells, schema.text());
    String label = string(number, cells, schema.label());
    if (!labels.isEmpty() && !labels.contains(label)) {
      throw unfit(number, schema.label(), "is '" + label + "', allowed is " + schema.labels());
    }
    String id = schema.id().map(column -> string(number, cells, column)).orElse("" + number);
    if (!ids.add(id)) {
      throw unfit(number, schema.id().orElse("id"), "is '" + id + "' as in an earlier row");
    }
    String family =
        schema
            .family()
            .map(column -> string(number, cells, column))
            .orElseGet(() -> ContentDigest.of(NormalText.of(text)).substring(0, 16));
    Optional<String> subject =
        schema
            .subject()
            .filter(column -> cells.get(column) != null)
            .map(column -> string(number, cells, column));
    return new DataRow(
        number,
        id,
        text,
        label,
        family,
        subject,
        split(number, cells, family),
        attributes(number, cells));
  }

  private DataSplit split(int number, Map<String, @Nullable Object> cells, String family) {
    if (manifest.splits() instanceof SplitRule.ByFamily rule) {
      return rule.splitOf(family);
    }
    String column = splitColumn.orElseThrow();
    String key = string(number, cells, column);
    DataSplit split =
        DataSplit.of(key)
            .orElseThrow(
                () -> unfit(number, column, "is '" + key + "', allowed is " + DataSplit.keys()));
    DataSplit before = splitOfFamily.putIfAbsent(family, split);
    if (before != null && before != split) {
      throw new TrainingException(
          "family-divided",
          file
              + ", row "
              + number
              + ": family '"
              + family
              + "' is in the split "
              + split.key()
              + ", earlier rows of it in "
              + before.key(),
          "Put all rows of a family into one split.");
    }
    return split;
  }

  private Map<String, Object> attributes(int number, Map<String, @Nullable Object> cells) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (String column : schema.attributes()) {
      Object value = cells.get(column);
      if (value instanceof String || value instanceof Number || value instanceof Boolean) {
        attributes.put(column, value);
      } else if (value != null) {
        throw unfit(number, column, "is neither text, nor a number, nor true or false");
      }
    }
    return attributes;
  }

  private String string(int number, Map<String, @Nullable Object> cells, String column) {
    Object value = cells.get(column);
    if (value == null) {
      throw unfit(number, column, "is missing");
    }
    if (!(value instanceof String text)) {
      throw unfit(number, column, "is not a text");
    }
    if (text.isBlank()) {
      throw unfit(number, column, "is empty");
    }
    return text;
  }

  private TrainingException unfit(int number, String column, String why) {
    return new TrainingException(
        "row-unfit",
        file + ", row " + number + ": " + column + " " + why,
        "Correct the row, or make the set again with 'candor data prepare'.");
  }
}
