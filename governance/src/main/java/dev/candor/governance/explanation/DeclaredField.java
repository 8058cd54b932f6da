package dev.candor.governance.explanation;

import dev.candor.engine.constraints.ConstraintSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A value of an answer that could have been one of some others, because what the answer had to fit
 * lists them: a field whose schema has {@code enum} or says {@code boolean}; or the whole answer,
 * if it was one of some texts.
 *
 * @param name JSON pointer (RFC 6901) of the field; empty for the whole answer
 * @param values what it may be, for people: texts without quotation marks
 * @param written the same as the answer writes them
 * @param chosen which it is
 * @param from where it begins in the answer, in UTF-16 units
 */
record DeclaredField(String name, List<String> values, List<String> written, int chosen, int from) {

  /** How many references of a schema are followed before a value is given up. */
  private static final int MOST_REFERENCES = 32;

  DeclaredField {
    values = List.copyOf(values);
    written = List.copyOf(written);
  }

  /** Where the value ends. */
  int to() {
    return from + written.get(chosen).length();
  }

  /** How much all values begin with, but for the last character of the shortest. */
  int common() {
    String first = written.getFirst();
    int common = written.stream().mapToInt(String::length).min().orElse(1) - 1;
    for (String value : written) {
      while (!value.startsWith(first.substring(0, common))) {
        common--;
      }
    }
    // Not within a pair of surrogates.
    return common > 0 && Character.isHighSurrogate(first.charAt(common - 1)) ? common - 1 : common;
  }

  /**
   * All such values of an answer, in their order.
   *
   * @param source what the answer had to fit
   */
  static List<DeclaredField> of(ConstraintSource source, String answer) {
    return switch (source.form()) {
      case CHOICE -> of("", source.texts(), source.texts(), answer, 0).stream().toList();
      case JSON_SCHEMA -> ofSchema(source.texts().getFirst(), answer);
      case JSON_OBJECT, REGEX, GRAMMAR, CALLS -> List.of();
    };
  }

  private static Optional<DeclaredField> of(
      String name, List<String> values, List<String> written, String answer, int from) {
    int chosen = -1;
    for (int i = 0; i < written.size(); i++) {
      boolean longer = chosen < 0 || written.get(i).length() > written.get(chosen).length();
      if (longer && answer.startsWith(written.get(i), from)) {
        chosen = i;
      }
    }
    return chosen < 0 || written.size() < 2
        ? Optional.empty()
        : Optional.of(new DeclaredField(name, values, written, chosen, from));
  }

  private static List<DeclaredField> ofSchema(String schema, String answer) {
    List<DeclaredField> fields = new ArrayList<>();
    JsonNode root = JsonMapper.shared().readTree(schema);
    try (JsonParser parser = JsonMapper.shared().createParser(answer)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue()) {
          JsonPointer pointer = parser.streamReadContext().pathAsPointer();
          List<JsonNode> alternatives = alternatives(root, pointer);
          of(
                  pointer.toString(),
                  alternatives.stream().map(DeclaredField::shown).toList(),
                  alternatives.stream().map(JsonNode::toString).toList(),
                  answer,
                  (int) parser.currentTokenLocation().getCharOffset())
              .ifPresent(fields::add);
        }
      }
    } catch (JacksonException e) {
      // It was stopped before its end: what there is up to there counts.
    }
    return fields;
  }

  private static String shown(JsonNode value) {
    return value.isString() ? value.stringValue() : value.toString();
  }

  private static List<JsonNode> alternatives(JsonNode root, JsonPointer pointer) {
    JsonNode schema = resolved(root, root);
    for (JsonPointer at = pointer; !at.matches(); at = at.tail()) {
      schema = resolved(root, below(schema, at));
    }
    List<JsonNode> values = new ArrayList<>();
    if (schema.path("enum").isArray()) {
      schema.path("enum").forEach(values::add);
    } else if (schema.path("type").asString("").equals("boolean")) {
      values.add(JsonMapper.shared().getNodeFactory().booleanNode(true));
      values.add(JsonMapper.shared().getNodeFactory().booleanNode(false));
    }
    values.removeIf(JsonNode::isContainer);
    return values;
  }

  /** The schema of a member or an item; what no schema says of is missing. */
  private static JsonNode below(JsonNode schema, JsonPointer at) {
    JsonNode member = schema.path("properties").path(at.getMatchingProperty());
    if (!member.isMissingNode()) {
      return member;
    }
    if (at.mayMatchElement()) {
      JsonNode item = schema.path("prefixItems").path(at.getMatchingIndex());
      return item.isMissingNode() ? schema.path("items") : item;
    }
    return schema.path("additionalProperties");
  }

  private static JsonNode resolved(JsonNode root, JsonNode schema) {
    JsonNode here = schema;
    for (int i = 0; i < MOST_REFERENCES && here.path("$ref").isString(); i++) {
      String reference = here.path("$ref").stringValue();
      here = reference.startsWith("#") ? root.at(reference.substring(1)) : root.path("");
    }
    return here;
  }
}
