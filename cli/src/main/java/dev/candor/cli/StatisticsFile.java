package dev.candor.cli;

import dev.candor.statistics.NearestWord;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
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
 * The file of {@code candor stats eval}: which statistics, of which inputs. Lists of numbers are
 * kept as such and equal texts once, so that millions of rows have room.
 */
final class StatisticsFile {

  private static final long MOST_BYTES = 256L << 20;
  private static final int MOST_VALUES = 10_000_000;
  private static final int MOST_STATISTICS = 10_000;
  private static final int MOST_TEXT = 10_000;
  private static final int MOST_DEPTH = 16;
  private static final List<String> KEYS = List.of("format", "statistics");
  private static final List<String> REQUEST_KEYS = List.of("name", "statistic", "inputs");

  private final JsonParser parser;
  private final String what;
  private final Map<String, String> texts = new HashMap<>();
  private int values;

  /**
   * One statistic that is asked for.
   *
   * @param name what the file calls it; its own name if it does not
   * @param statistic which
   * @param inputs plain values
   */
  record Request(String name, String statistic, Map<String, Object> inputs) {}

  private StatisticsFile(JsonParser parser, String what) {
    this.parser = parser;
    this.what = what;
  }

  /**
   * Reads a file to its end.
   *
   * @param what its name, for messages
   * @throws CommandException {@code statistics-file.malformed}, {@code statistics-file.too-large}
   *     or {@code statistics-file.unknown-key}
   */
  static List<Request> read(InputStream in, String what) {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxDocumentLength(MOST_BYTES)
                    .maxNestingDepth(MOST_DEPTH)
                    .maxStringLength(MOST_TEXT)
                    .maxNumberLength(400)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), in)) {
      StatisticsFile file = new StatisticsFile(parser, what);
      parser.nextToken();
      List<Request> requests = file.requests();
      if (parser.nextToken() != null) {
        throw file.malformed("there is something after the end of the object");
      }
      return requests;
    } catch (StreamConstraintsException e) {
      throw new CommandException(
          "statistics-file.too-large",
          what + ": " + e.getOriginalMessage(),
          "Divide it into several files.");
    } catch (JacksonException e) {
      throw new CommandException(
          "statistics-file.malformed",
          what + ": " + e.getOriginalMessage(),
          "Give one JSON object, in UTF-8; 'candor stats example' prints one.");
    }
  }

  private List<Request> requests() {
    List<Request> requests = new ArrayList<>();
    boolean format = false;
    boolean statistics = false;
    require(parser.currentToken(), JsonToken.START_OBJECT, "the file");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = known(parser.currentName(), KEYS, "the file");
      parser.nextToken();
      if (key.equals("format")) {
        if (!(value() instanceof Long number) || number != 1) {
          throw malformed("format is not 1");
        }
        format = true;
      } else {
        require(parser.currentToken(), JsonToken.START_ARRAY, "statistics");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          if (requests.size() == MOST_STATISTICS) {
            throw tooLarge("more than " + MOST_STATISTICS + " statistics");
          }
          requests.add(request("statistics[" + requests.size() + "]"));
        }
        statistics = true;
      }
    }
    if (!format || !statistics) {
      throw malformed("there is no " + (format ? "statistics" : "format"));
    }
    return requests;
  }

  private Request request(String where) {
    require(parser.currentToken(), JsonToken.START_OBJECT, where);
    String name = "";
    String statistic = "";
    Map<String, Object> inputs = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = known(parser.currentName(), REQUEST_KEYS, where);
      parser.nextToken();
      if (key.equals("inputs")) {
        require(parser.currentToken(), JsonToken.START_OBJECT, where + ".inputs");
        inputs = object();
      } else {
        require(parser.currentToken(), JsonToken.VALUE_STRING, where + "." + key);
        String text = parser.getString();
        if (key.equals("name")) {
          name = text;
        } else {
          statistic = text;
        }
      }
    }
    if (statistic.isEmpty()) {
      throw malformed(where + " does not say which statistic");
    }
    return new Request(name.isEmpty() ? statistic : name, statistic, inputs);
  }

  /** The value whose first token is current. Recursion is bounded by the nesting limit. */
  private Object value() {
    count();
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> {
        String text = parser.getString();
        String known = texts.putIfAbsent(text, text);
        yield known == null ? text : known;
      }
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT, LONG -> (Object) parser.getLongValue();
            default -> (Object) number();
          };
      case VALUE_NUMBER_FLOAT -> number();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case null, default -> throw malformed("a value is neither text nor number, list nor object");
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      members.put(key, value());
    }
    return members;
  }

  private Object array() {
    JsonToken first = parser.nextToken();
    if (first == JsonToken.VALUE_NUMBER_INT || first == JsonToken.VALUE_NUMBER_FLOAT) {
      return numbers();
    }
    List<Object> elements = new ArrayList<>();
    while (parser.currentToken() != JsonToken.END_ARRAY) {
      elements.add(value());
      if (elements.getLast() instanceof Number) {
        throw malformed("a list has numbers and something else");
      }
      parser.nextToken();
    }
    return elements;
  }

  private double[] numbers() {
    double[] numbers = new double[16];
    int count = 0;
    while (parser.currentToken() != JsonToken.END_ARRAY) {
      JsonToken token = parser.currentToken();
      if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
        throw malformed("a list has numbers and something else");
      }
      count();
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, count + count / 2);
      }
      numbers[count++] = number();
      parser.nextToken();
    }
    return Arrays.copyOf(numbers, count);
  }

  private double number() {
    double number = parser.getDoubleValue();
    if (Double.isInfinite(number)) {
      throw malformed("a number is too large for 64 bits");
    }
    return number;
  }

  private void count() {
    if (++values > MOST_VALUES) {
      throw tooLarge("more than " + MOST_VALUES + " values");
    }
  }

  private String known(String key, List<String> known, String where) {
    if (known.contains(key)) {
      return key;
    }
    throw new CommandException(
        "statistics-file.unknown-key",
        what + ": " + where + " has no key '" + key + "'",
        "Did you mean '"
            + NearestWord.to(key, known)
            + "'? There are: "
            + String.join(", ", known)
            + ".");
  }

  private void require(JsonToken token, JsonToken expected, String where) {
    if (token != expected) {
      String kind =
          switch (expected) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            default -> "a text";
          };
      throw malformed(where + " is not " + kind);
    }
  }

  private CommandException malformed(String reason) {
    return new CommandException(
        "statistics-file.malformed",
        what + ": " + reason,
        "'candor stats example' prints a file to begin with.");
  }

  private CommandException tooLarge(String reason) {
    return new CommandException(
        "statistics-file.too-large", what + ": " + reason, "Divide it into several files.");
  }
}
