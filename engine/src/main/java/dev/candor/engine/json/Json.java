package dev.candor.engine.json;

import dev.candor.engine.ConfigException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads one JSON document into plain values: {@link JsonObject}, {@link List}, {@link String},
 * {@link Long}, {@link Double}, {@link Boolean} and {@link Json#NULL}. Duplicate keys, trailing
 * content and anything beyond the limits are errors.
 */
public final class Json {

  /** The value of a JSON {@code null}. */
  public static final Object NULL =
      new Object() {
        @Override
        public String toString() {
          return "null";
        }
      };

  private Json() {}

  /**
   * Limits of one document.
   *
   * @param bytes longest document
   * @param depth deepest nesting of objects and arrays
   * @param values most values, keys not counted
   */
  public record Limits(long bytes, int depth, int values) {
    /** For config.json and its like. */
    public static final Limits CONFIG = new Limits(16L << 20, 64, 200_000);

    /** For tokenizer.json: vocabularies of 262,144 pieces and as many merges twice over. */
    public static final Limits TOKENIZER = new Limits(128L << 20, 64, 4_000_000);
  }

  /**
   * Parses a document.
   *
   * @param in the document, UTF-8; read to its end, not closed
   * @param limits what it may at most be
   * @param what its name in error messages, such as {@code config.json}
   * @throws ConfigException if it is not JSON, or exceeds a limit
   */
  public static Object parse(InputStream in, Limits limits, String what) {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxDocumentLength(limits.bytes())
                    .maxNestingDepth(limits.depth())
                    .maxStringLength((int) Math.min(limits.bytes(), 16 << 20))
                    .maxNumberLength(400)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), in)) {
      Reader reader = new Reader(parser, limits, what);
      parser.nextToken();
      Object value = reader.value();
      if (parser.nextToken() != null) {
        throw new ConfigException(
            "malformed",
            what + ": content after the end of the document",
            "Use a file that holds one JSON document.");
      }
      return value;
    } catch (StreamConstraintsException e) {
      throw new ConfigException(
          "too-large",
          what + ": " + e.getOriginalMessage(),
          "Use a file within the limits; this one may be malicious.");
    } catch (JacksonException e) {
      throw new ConfigException(
          "malformed", what + ": " + e.getOriginalMessage(), "Use a valid JSON file.");
    }
  }

  /** Parses a document that must be an object; see {@link #parse}. */
  public static JsonObject parseObject(InputStream in, Limits limits, String what) {
    if (parse(in, limits, what) instanceof JsonObject object) {
      return object;
    }
    throw new ConfigException(
        "malformed",
        what + ": not a JSON object",
        "Use a file whose outermost value is an object.");
  }

  private static final class Reader {
    private final JsonParser parser;
    private final Limits limits;
    private final String what;
    private int values;

    Reader(JsonParser parser, Limits limits, String what) {
      this.parser = parser;
      this.limits = limits;
      this.what = what;
    }

    /**
     * The value whose first token is current. Recursion is bounded by the parser's nesting limit.
     */
    Object value() {
      if (++values > limits.values()) {
        throw new ConfigException(
            "too-large",
            what + ": more than " + limits.values() + " values",
            "Use a file within the limits; this one may be malicious.");
      }
      JsonToken token = parser.currentToken();
      if (token == null) {
        throw new ConfigException("malformed", what + ": empty document", "Use a valid JSON file.");
      }
      return switch (token) {
        case START_OBJECT -> {
          Map<String, Object> members = new LinkedHashMap<>();
          while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            members.put(key, value());
          }
          yield new JsonObject(members, what);
        }
        case START_ARRAY -> {
          List<Object> elements = new ArrayList<>();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value());
          }
          yield elements;
        }
        case VALUE_STRING -> parser.getString();
        case VALUE_NUMBER_INT ->
            switch (parser.getNumberType()) {
              case INT, LONG -> parser.getLongValue();
              default -> parser.getDoubleValue();
            };
        case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
        case VALUE_TRUE -> Boolean.TRUE;
        case VALUE_FALSE -> Boolean.FALSE;
        case VALUE_NULL -> NULL;
        default ->
            throw new ConfigException(
                "malformed", what + ": unexpected " + token, "Use a valid JSON file.");
      };
    }
  }
}
