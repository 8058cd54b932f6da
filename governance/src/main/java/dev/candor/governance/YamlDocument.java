package dev.candor.governance;

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

/**
 * A small YAML or JSON file that people write: mappings, lists and texts. Every scalar is the text
 * that stands there, so that a version 1.10 stays 1.10. Anchors, aliases and keys that come twice
 * are refused.
 */
public final class YamlDocument {

  /** Most bytes. */
  public static final int MOST_BYTES = 256 * 1024;

  private static final int MOST_DEPTH = 8;

  private final JsonParser parser;
  private final String what;

  private YamlDocument(JsonParser parser, String what) {
    this.parser = parser;
    this.what = what;
  }

  /**
   * Reads a file that is one mapping.
   *
   * @param what it is called in messages, such as {@code the inventory record}
   * @return values by their keys in their order: a String, a List of values or a Map of them
   * @throws GovernanceException {@code governance.yaml-malformed}, naming the line
   */
  public static Map<String, Object> read(byte[] bytes, String what) {
    if (bytes.length > MOST_BYTES) {
      throw new GovernanceException(
          "yaml-malformed",
          what + " has " + bytes.length + " bytes, allowed are " + MOST_BYTES,
          "Write less.");
    }
    try (JsonParser parser =
        YAMLFactory.builder().build().createParser(ObjectReadContext.empty(), bytes)) {
      YamlDocument document = new YamlDocument(parser, what);
      if (document.next() != JsonToken.START_OBJECT) {
        throw document.malformed("it does not consist of keys and values");
      }
      Map<String, Object> values = document.mapping(0);
      if (document.next() != null) {
        throw document.malformed("there is a second document");
      }
      return values;
    } catch (JacksonException e) {
      throw malformed(
          what,
          e.getLocation().getLineNr(),
          "not YAML: " + PlainText.shown(e.getOriginalMessage()));
    }
  }

  private Map<String, Object> mapping(int depth) {
    Map<String, Object> values = new LinkedHashMap<>();
    while (next() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      next();
      if (values.put(key, value(key, depth)) != null) {
        throw malformed(PlainText.shown(key) + " is there twice");
      }
    }
    return values;
  }

  private Object value(String key, int depth) {
    if (depth >= MOST_DEPTH) {
      throw malformed("it is nested deeper than " + MOST_DEPTH);
    }
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return mapping(depth + 1);
    }
    if (token == JsonToken.START_ARRAY) {
      List<Object> elements = new ArrayList<>();
      while (next() != JsonToken.END_ARRAY) {
        elements.add(value(key, depth + 1));
      }
      return elements;
    }
    if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
      throw malformed(PlainText.shown(key) + " has no value");
    }
    return parser.getString();
  }

  private JsonToken next() {
    JsonToken token = parser.nextToken();
    boolean alias = parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
    if (token != null && (alias || parser.getObjectId() != null)) {
      throw malformed("it has an anchor or an alias");
    }
    return token;
  }

  private GovernanceException malformed(String why) {
    return malformed(what, parser.currentTokenLocation().getLineNr(), why);
  }

  private static GovernanceException malformed(String what, int line, String why) {
    return new GovernanceException(
        "yaml-malformed", what + ", line " + line + ": " + why, "Correct the file.");
  }
}
