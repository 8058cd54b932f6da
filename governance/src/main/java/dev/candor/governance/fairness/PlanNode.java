package dev.candor.governance.fairness;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/** A value of a YAML file with the line on which it begins, for each error is to name it. */
sealed interface PlanNode {

  /** From 1. */
  int line();

  /** A single value, as it is written. */
  record Text(String value, int line) implements PlanNode {}

  /** A list. */
  record Items(List<PlanNode> items, int line) implements PlanNode {}

  /** Keys and values, in the order of the file. */
  record Fields(Map<String, PlanNode> fields, int line) implements PlanNode {}

  /**
   * Reads a file.
   *
   * @throws GovernanceException {@code governance.bias-plan-malformed}
   */
  static PlanNode read(byte[] yaml) {
    try (JsonParser parser =
        YAMLFactory.builder().build().createParser(ObjectReadContext.empty(), yaml)) {
      Reader reader = new Reader(parser);
      reader.next();
      PlanNode node = reader.node(0);
      if (parser.nextToken() != null) {
        throw malformed(reader.line(), "there is a second document");
      }
      return node;
    } catch (JacksonException e) {
      throw malformed(
          Math.max(1, e.getLocation().getLineNr()), "not YAML: " + e.getOriginalMessage());
    }
  }

  /** What to throw where a plan is not one. */
  static GovernanceException malformed(int line, String why) {
    return new GovernanceException(
        "bias-plan-malformed",
        "line " + line + ": " + why,
        "Correct the plan; docs/reference/bias-tests.md describes it.");
  }

  /** Token by token. */
  final class Reader {
    private static final int DEEPEST = 6;

    private final JsonParser parser;

    private Reader(JsonParser parser) {
      this.parser = parser;
    }

    private int line() {
      return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    /** The next token, of which none is an alias: what stands in a file is what it says. */
    private void next() {
      JsonToken token = parser.nextToken();
      if (token != null
          && (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()
              || parser.getObjectId() != null)) {
        throw malformed(line(), "it has an anchor or an alias");
      }
    }

    private PlanNode node(int depth) {
      int line = line();
      JsonToken token = parser.currentToken();
      if (depth > DEEPEST) {
        throw malformed(line, "it is nested deeper than " + DEEPEST);
      }
      if (token == JsonToken.START_OBJECT) {
        Map<String, PlanNode> fields = new LinkedHashMap<>();
        for (next(); parser.currentToken() == JsonToken.PROPERTY_NAME; next()) {
          String key = parser.currentName();
          int at = line();
          next();
          if (fields.putIfAbsent(key, node(depth + 1)) != null) {
            throw malformed(at, PlainText.shown(key) + " is there twice");
          }
        }
        return new Fields(fields, line);
      }
      if (token == JsonToken.START_ARRAY) {
        List<PlanNode> items = new ArrayList<>();
        for (next(); parser.currentToken() != JsonToken.END_ARRAY; next()) {
          items.add(node(depth + 1));
        }
        return new Items(List.copyOf(items), line);
      }
      if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
        throw malformed(line, "a value is missing");
      }
      return new Text(parser.getString(), line);
    }
  }
}
