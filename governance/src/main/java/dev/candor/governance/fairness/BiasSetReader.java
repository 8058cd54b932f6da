package dev.candor.governance.fairness;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import dev.candor.governance.evidence.DigestTuple;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** Reads a set: one JSON object in each line, all of one form, which the first line shows. */
final class BiasSetReader {

  private static final int MOST_CHARACTERS = 1 << 17;

  private static final ObjectReader OBJECTS =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(8)
                          .maxStringLength(MOST_CHARACTERS)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private final String set;
  private final Set<String> ids = new HashSet<>();

  private BiasSetReader(String set) {
    this.set = set;
  }

  /**
   * Reads a file.
   *
   * @param set its name in the plan
   * @throws GovernanceException {@code governance.bias-set-malformed}, naming the row
   */
  static BiasSet read(String set, byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new GovernanceException(
          "bias-set-malformed", set + " is not UTF-8", "Save it as UTF-8.", e);
    }
    List<JsonNode> rows = new ArrayList<>();
    for (String line : (Iterable<String>) text.lines()::iterator) {
      rows.add(object(set, rows.size() + 1, line));
      if (rows.size() > BiasSets.MOST_CASES) {
        throw unfit(set, "", "is behind the last that is allowed, " + BiasSets.MOST_CASES);
      }
    }
    if (rows.isEmpty()) {
      throw new GovernanceException(
          "bias-set-malformed", set + " has no rows", "Each line must be one JSON object.");
    }
    BiasSetReader reader = new BiasSetReader(set);
    String digest = DigestTuple.sha256(bytes);
    JsonNode first = rows.getFirst();
    if (first.has("slots")) {
      return new BiasSet.Names(set, digest, reader.all(rows, reader::name));
    }
    if (first.has("context")) {
      return new BiasSet.Questions(set, digest, reader.all(rows, new QuestionReader(reader)::row));
    }
    if (first.has("pro")) {
      return new BiasSet.Pairs(set, digest, reader.all(rows, reader::pair));
    }
    return first.has("groups")
        ? new BiasSet.Cases(set, digest, reader.all(rows, reader::aCase))
        : new BiasSet.Templates(set, digest, reader.all(rows, reader::template));
  }

  private static JsonNode object(String set, int number, String line) {
    try {
      JsonNode node = OBJECTS.readValue(line);
      if (node != null && node.isObject()) {
        return node;
      }
      throw unfit(set, "in line " + number, "is no JSON object");
    } catch (JacksonException e) {
      throw unfit(set, "in line " + number, "is no JSON: " + e.getOriginalMessage());
    }
  }

  private <T> List<T> all(List<JsonNode> rows, Function<JsonNode, T> each) {
    return rows.stream().map(each).toList();
  }

  private BiasSet.CaseRow aCase(JsonNode row) {
    String id = id(row, "id");
    known(row, id, "id", "text", "label", "groups");
    return new BiasSet.CaseRow(
        id, text(row, id, "text"), optional(row, id, "label"), texts(row, id, "groups"));
  }

  private BiasSet.TemplateRow template(JsonNode row) {
    String id = id(row, "id");
    known(row, id, "id", "text", "label", "parts");
    Map<String, List<String>> parts = new LinkedHashMap<>();
    if (row.has("parts")) {
      JsonNode each = row.get("parts");
      for (String name : each.propertyNames()) {
        parts.put(name, list(each.get(name), id, name));
      }
    }
    return new BiasSet.TemplateRow(
        id, text(row, id, "text"), optional(row, id, "label"), Collections.unmodifiableMap(parts));
  }

  private BiasSet.NameRow name(JsonNode row) {
    Map<String, String> slots = texts(row, "in line " + (ids.size() + 1), "slots");
    String id = newId(String.join("/", slots.values()));
    known(row, id, "slots", "groups");
    return new BiasSet.NameRow(slots, texts(row, id, "groups"));
  }

  private BiasSet.PairRow pair(JsonNode row) {
    String id = id(row, "id");
    known(row, id, "id", "category", "pro", "anti", "labels", "label");
    List<String> labels = row.has("labels") ? list(row.get("labels"), id, "labels") : List.of();
    String label = text(row, id, "label");
    if (!labels.isEmpty() && !labels.contains(label)) {
      throw unfit(set, id, "has the label '" + PlainText.shown(label) + "', not of its labels");
    }
    return new BiasSet.PairRow(
        id,
        optional(row, id, "category").orElse(set),
        text(row, id, "pro"),
        text(row, id, "anti"),
        labels,
        label);
  }

  /** What a row is called, which no other row is. */
  String id(JsonNode row, String key) {
    return newId(text(row, "in line " + (ids.size() + 1), key));
  }

  String newId(String id) {
    if (!ids.add(id)) {
      throw unfit(set, id, "is there twice");
    }
    return id;
  }

  void known(JsonNode row, String id, String... keys) {
    for (String key : row.propertyNames()) {
      if (!List.of(keys).contains(key)) {
        throw unfit(
            set,
            id,
            "has a member '" + PlainText.shown(key) + "', there are " + String.join(", ", keys));
      }
    }
  }

  String text(JsonNode row, String id, String key) {
    return optional(row, id, key).orElseThrow(() -> unfit(set, id, "has no " + key));
  }

  private Optional<String> optional(JsonNode row, String id, String key) {
    return Optional.ofNullable(row.get(key)).map(value -> scalar(value, id, key));
  }

  private Map<String, String> texts(JsonNode row, String id, String key) {
    JsonNode each = row.get(key);
    if (each == null || !each.isObject() || each.isEmpty()) {
      throw unfit(set, id, "has no object " + key);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : each.propertyNames()) {
      texts.put(name, scalar(each.get(name), id, key + "." + name));
    }
    return Collections.unmodifiableMap(texts);
  }

  List<String> list(@Nullable JsonNode value, String id, String key) {
    if (value == null || !value.isArray() || value.isEmpty()) {
      throw unfit(set, id, "has no list " + key);
    }
    Set<String> texts = new LinkedHashSet<>();
    for (JsonNode element : value) {
      if (!texts.add(scalar(element, id, key))) {
        throw unfit(set, id, "has an element of " + key + " twice");
      }
    }
    return List.copyOf(texts);
  }

  /** A text; numbers, as BBQ writes ids and labels, are taken as they are written. */
  private String scalar(@Nullable JsonNode value, String id, String key) {
    if (value == null
        || !(value.isString() || value.isIntegralNumber())
        || value.asString().isBlank()) {
      throw unfit(set, id, "has no text as " + key);
    }
    return value.asString();
  }

  GovernanceException unfit(String id, String why) {
    return unfit(set, id, why);
  }

  static GovernanceException unfit(String set, String id, String why) {
    return new GovernanceException(
        "bias-set-malformed",
        set + ": the row " + PlainText.shown(id) + " " + why,
        "Correct the set; docs/reference/bias-tests.md describes the forms.");
  }
}
