package dev.candor.governance.reports;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.controls.AgileTheme;
import dev.candor.governance.controls.Control;
import dev.candor.governance.controls.DatedStatus;
import dev.candor.governance.controls.EdgePrinciple;
import dev.candor.governance.controls.Framework;
import dev.candor.governance.figures.Cell;
import dev.candor.governance.figures.EntryRange;
import dev.candor.governance.figures.EvidenceQueries;
import dev.candor.governance.figures.EvidenceQuery;
import dev.candor.governance.figures.Figure;
import dev.candor.governance.figures.Period;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a file of figures. What it passes over, the comparison with the one form finds. */
final class ReportReader {

  private static final int MOST_BYTES = 32 << 20;

  private final JsonNode root;

  ReportReader(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      throw malformed("it has more than " + MOST_BYTES + " bytes");
    }
    try {
      root =
          JsonMapper.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .build()
              .readTree(bytes);
    } catch (JacksonException e) {
      throw malformed(
          "line " + e.getLocation().getLineNr() + " is no JSON: " + shown(e.getOriginalMessage()));
    }
    if (!root.path("format").asString("").equals(ReportFile.FORMAT)) {
      throw malformed("its format is not " + ReportFile.FORMAT);
    }
  }

  ReportFile file() {
    JsonNode period = root.path("period");
    Map<String, Long> before = new LinkedHashMap<>();
    for (String query : root.path("before").path("values").propertyNames()) {
      before.put(query, number(root.path("before").path("values"), query));
    }
    Map<String, String> files = new LinkedHashMap<>();
    for (String name : root.path("files").propertyNames()) {
      files.put(name, text(root.path("files"), name));
    }
    return new ReportFile(
        new BoardReport(
            new Period(text(period, "name"), instant(period, "from"), instant(period, "to")),
            instant(root, "made"),
            text(root, "by"),
            text(root, "runtime"),
            new LogPosition(text(root.path("log"), "checkpoint")),
            figures(),
            before,
            all(root, "frameworks", ReportReader::framework)),
        files);
  }

  /** Those of all queries, in their order, as the document counts on them. */
  private List<Figure> figures() {
    List<Figure> figures = all(root, "figures", ReportReader::figure);
    List<String> names = figures.stream().map(Figure::query).toList();
    List<String> known = EvidenceQueries.all().stream().map(EvidenceQuery::name).toList();
    if (!names.equals(known)) {
      throw malformed(
          "its figures are not those of this version: "
              + String.join(", ", names.stream().map(ReportReader::shown).toList()));
    }
    return figures;
  }

  private static Figure figure(JsonNode node) {
    String name = text(node, "query");
    EvidenceQuery query = EvidenceQueries.require(name);
    List<List<Cell>> rows = new ArrayList<>();
    for (JsonNode row : node.path("rows")) {
      List<Cell> cells = new ArrayList<>();
      for (JsonNode cell : row) {
        cells.add(cell.isIntegralNumber() ? Cell.of(cell.asLong()) : Cell.of(cell.asString("")));
      }
      if (cells.size() != query.columns().size()) {
        throw malformed("a row of " + name + " has not as many cells as there are columns");
      }
      rows.add(cells);
    }
    JsonNode entries = node.path("entries");
    return new Figure(
        name,
        optionalNumber(node, "value"),
        rows,
        node.has("unknown") ? Optional.of(text(node, "unknown")) : Optional.empty(),
        new EntryRange(
            number(entries, "count"),
            optionalNumber(entries, "first"),
            optionalNumber(entries, "last")));
  }

  private static Framework framework(JsonNode node) {
    return new Framework(
        text(node, "id"),
        text(node, "title"),
        text(node, "source"),
        node.path("verified").asBoolean(false),
        node.path("firm-policy").asBoolean(false),
        note(node),
        dates(node),
        all(node, "controls", ReportReader::control));
  }

  private static Control control(JsonNode node) {
    return new Control(
        text(node, "id"),
        text(node, "title"),
        text(node, "source"),
        dates(node),
        words(node, "edge", EdgePrinciple.class),
        words(node, "agile", AgileTheme.class),
        all(node, "evidence", query -> EvidenceQueries.require(query.asString("")).name()),
        node.path("firm-policy").asBoolean(false),
        node.path("verified").asBoolean(false),
        note(node));
  }

  private static <E extends Enum<E>> List<E> words(JsonNode node, String name, Class<E> type) {
    return all(
        node,
        name,
        word -> {
          try {
            return Enum.valueOf(type, word.asString("").toUpperCase(Locale.ROOT).replace('-', '_'));
          } catch (IllegalArgumentException e) {
            throw malformed(name + " has '" + shown(word.asString("")) + "'");
          }
        });
  }

  private static List<DatedStatus> dates(JsonNode node) {
    return all(
        node,
        "dates",
        date -> {
          try {
            return new DatedStatus(LocalDate.parse(text(date, "day")), text(date, "status"));
          } catch (DateTimeException e) {
            throw malformed("a day is '" + shown(text(date, "day")) + "'");
          }
        });
  }

  private static Optional<String> note(JsonNode node) {
    return node.has("note") ? Optional.of(text(node, "note")) : Optional.empty();
  }

  private static <T> List<T> all(JsonNode node, String name, Function<JsonNode, T> read) {
    List<T> elements = new ArrayList<>();
    for (JsonNode element : node.path(name)) {
      elements.add(read.apply(element));
    }
    return elements;
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isString()) {
      throw malformed(name + " is missing or no text");
    }
    return value.asString();
  }

  private static Instant instant(JsonNode node, String name) {
    try {
      return Instant.parse(text(node, name));
    } catch (DateTimeException e) {
      throw malformed(name + " is '" + shown(text(node, name)) + "', which is no instant");
    }
  }

  private static long number(JsonNode node, String name) {
    JsonNode value = node.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw malformed(name + " is missing or no whole number");
    }
    return value.asLong();
  }

  private static OptionalLong optionalNumber(JsonNode node, String name) {
    return node.has(name) ? OptionalLong.of(number(node, name)) : OptionalLong.empty();
  }

  static String shown(String text) {
    return PlainText.shown(text);
  }

  static GovernanceException malformed(String why) {
    return new GovernanceException(
        "report-malformed",
        ReportFile.NAME + " is not as it was issued, or of another version: " + why,
        "Take the report from where it was issued, and the version of Candor that it names.");
  }
}
