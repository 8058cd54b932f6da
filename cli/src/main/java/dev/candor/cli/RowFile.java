package dev.candor.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;
import tools.jackson.dataformat.csv.CsvSchema.ColumnType;

/**
 * A file of rows: CSV with a header (RFC 4180), or JSON lines of objects. UTF-8, read as a whole
 * before anything is done, so that a bad line is found at once.
 */
final class RowFile {

  /** Largest file. */
  private static final long MOST_BYTES = 1L << 30;

  /** How rows are written. */
  enum Format {
    CSV,
    JSON_LINES;

    /** That of a file by its name: {@code .csv}, {@code .jsonl} or {@code .ndjson}. */
    static Optional<Format> of(Path file) {
      String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
      if (name.endsWith(".csv")) {
        return Optional.of(CSV);
      }
      return name.endsWith(".jsonl") || name.endsWith(".ndjson")
          ? Optional.of(JSON_LINES)
          : Optional.empty();
    }
  }

  private RowFile() {}

  /**
   * All rows.
   *
   * @throws CommandException naming the file and the row
   */
  static List<Row> read(Path file, Format format) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new CommandException(
            "rows.too-large",
            file + " has " + Files.size(file) + " bytes, allowed are " + MOST_BYTES,
            "Divide the file.");
      }
      String text = Files.readString(file);
      String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
      return format == Format.CSV ? csv(file, body) : jsonLines(file, body);
    } catch (MalformedInputException e) {
      throw new CommandException("rows.not-utf8", file + " is not UTF-8", "Save it as UTF-8.");
    } catch (IOException e) {
      throw new CommandException(
          "rows.unreadable", file + ": " + e.getMessage(), "Check the file.");
    }
  }

  private static List<Row> csv(Path file, String text) {
    ObjectReader reader =
        CsvMapper.builder()
            .enable(CsvReadFeature.FAIL_ON_MISSING_COLUMNS)
            .enable(CsvReadFeature.SKIP_EMPTY_LINES)
            .build()
            .readerForMapOf(String.class)
            .with(CsvSchema.emptySchema().withHeader());
    List<Row> rows = new ArrayList<>();
    try (Reader in = new StringReader(text);
        MappingIterator<Map<String, Object>> values = reader.readValues(in)) {
      while (values.hasNextValue()) {
        rows.add(new Row(rows.size() + 1, new LinkedHashMap<>(values.nextValue())));
      }
    } catch (JacksonException e) {
      throw malformed(file, rows.size() + 1, e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private static List<Row> jsonLines(Path file, String text) {
    ObjectReader reader = JsonMapper.shared().readerFor(Object.class);
    List<Row> rows = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (!line.isBlank()) {
        try {
          if (!(reader.readValue(line) instanceof Map<?, ?> members)) {
            throw malformed(file, rows.size() + 1, "is no object of JSON");
          }
          Map<String, Object> row = new LinkedHashMap<>();
          members.forEach((name, value) -> row.put((String) name, value));
          rows.add(new Row(rows.size() + 1, row));
        } catch (JacksonException e) {
          throw malformed(file, rows.size() + 1, e.getOriginalMessage());
        }
      }
    }
    return rows;
  }

  private static CommandException malformed(Path file, int row, String what) {
    return new CommandException(
        "rows.malformed",
        file + ", row " + row + ": " + what,
        "Correct the row; nothing has been done yet.");
  }

  /** Writes rows one by one as they are there; whoever gives the stream closes it. */
  static final class Writer {
    private final OutputStream out;
    private final Format format;
    private final CsvMapper csv = new CsvMapper();
    private List<String> columns = List.of();
    private CsvSchema schema = CsvSchema.emptySchema();

    Writer(OutputStream out, Format format) {
      this.out = out;
      this.format = format;
    }

    /** The columns of CSV are those of the first row. */
    void write(Map<String, Object> cells) {
      try {
        out.write(line(cells).getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        throw new CommandException(
            "rows.unwritable",
            "the results cannot be written: " + e.getMessage(),
            "Check the disk.");
      }
    }

    private String line(Map<String, Object> cells) {
      if (format == Format.JSON_LINES) {
        return JsonMapper.shared().writeValueAsString(cells) + "\n";
      }
      if (columns.isEmpty()) {
        columns = List.copyOf(cells.keySet());
        schema = CsvSchema.builder().addColumns(columns, ColumnType.STRING_OR_LITERAL).build();
        return row(schema.withHeader(), cells);
      }
      return row(schema, cells);
    }

    private String row(CsvSchema shape, Map<String, Object> cells) {
      Map<String, Object> row = new LinkedHashMap<>();
      columns.forEach(column -> row.put(column, cells.getOrDefault(column, "")));
      return csv.writer(shape).writeValueAsString(row);
    }
  }
}
