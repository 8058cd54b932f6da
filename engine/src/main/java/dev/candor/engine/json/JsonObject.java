package dev.candor.engine.json;

import dev.candor.engine.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A JSON object with typed access. A member that is JSON {@code null} counts as absent. Every
 * accessor throws {@link ConfigException}, naming the document, the key and the limit, when the
 * value is missing, of another type or out of range.
 */
public final class JsonObject {

  private final Map<String, Object> members;
  private final String what;

  /**
   * @param members in document order; values as {@link Json#parse} gives them
   * @param what the document's name in error messages
   */
  public JsonObject(Map<String, Object> members, String what) {
    this.members = Collections.unmodifiableMap(members);
    this.what = what;
  }

  /** All members in document order; values as {@link Json#parse} gives them. */
  public Map<String, Object> members() {
    return members;
  }

  /** Whether the key is present and not {@code null}. */
  public boolean has(String key) {
    Object value = members.get(key);
    return value != null && value != Json.NULL;
  }

  /** The value as parsed, if present and not {@code null}. */
  public Optional<Object> value(String key) {
    return Optional.ofNullable(members.get(key)).filter(value -> value != Json.NULL);
  }

  /** A required whole number within [minimum, maximum]. */
  public int integer(String key, int minimum, int maximum) {
    return Math.toIntExact(
        inRange(key, optionalInteger(key).orElseThrow(() -> missing(key)), minimum, maximum));
  }

  /** A whole number within [minimum, maximum], or the default if absent. */
  public int integer(String key, int minimum, int maximum, int absent) {
    return has(key) ? integer(key, minimum, maximum) : absent;
  }

  /** A whole number of any size, if present. */
  public OptionalLong optionalInteger(String key) {
    if (!has(key)) {
      return OptionalLong.empty();
    }
    if (members.get(key) instanceof Long number) {
      return OptionalLong.of(number);
    }
    if (members.get(key) instanceof Double number
        && number == Math.rint(number)
        && Math.abs(number) < 0x1p53) {
      return OptionalLong.of(number.longValue());
    }
    throw wrongType(key, "a whole number");
  }

  /** A required finite number. */
  public double number(String key) {
    return optionalNumber(key).orElseThrow(() -> missing(key));
  }

  /** A finite number, or the default if absent. */
  public double number(String key, double absent) {
    return optionalNumber(key).orElse(absent);
  }

  /** A finite number, if present. */
  public OptionalDouble optionalNumber(String key) {
    if (!has(key)) {
      return OptionalDouble.empty();
    }
    if (members.get(key) instanceof Number number && Double.isFinite(number.doubleValue())) {
      return OptionalDouble.of(number.doubleValue());
    }
    throw wrongType(key, "a finite number");
  }

  /** A boolean, or the default if absent. */
  public boolean bool(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    if (members.get(key) instanceof Boolean value) {
      return value;
    }
    throw wrongType(key, "true or false");
  }

  /** A required string. */
  public String string(String key) {
    return optionalString(key).orElseThrow(() -> missing(key));
  }

  /** A string, if present. */
  public Optional<String> optionalString(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (members.get(key) instanceof String value) {
      return Optional.of(value);
    }
    throw wrongType(key, "a string");
  }

  /** An object, if present. */
  public Optional<JsonObject> object(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (members.get(key) instanceof JsonObject value) {
      return Optional.of(value);
    }
    throw wrongType(key, "an object");
  }

  /** An array, if present; its elements as {@link Json#parse} gives them. */
  public Optional<List<Object>> list(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (members.get(key) instanceof List<?> values) {
      return Optional.of(Collections.unmodifiableList(values));
    }
    throw wrongType(key, "an array");
  }

  /** An array of strings, empty if absent. */
  public List<String> strings(String key) {
    List<String> strings = new ArrayList<>();
    for (Object element : list(key).orElse(List.of())) {
      if (!(element instanceof String string)) {
        throw wrongType(key, "an array of strings");
      }
      strings.add(string);
    }
    return strings;
  }

  /** An array of finite numbers, empty if absent. */
  public float[] floats(String key) {
    List<Object> elements = list(key).orElse(List.of());
    float[] floats = new float[elements.size()];
    for (int i = 0; i < floats.length; i++) {
      if (!(elements.get(i) instanceof Number number) || !Double.isFinite(number.doubleValue())) {
        throw wrongType(key, "an array of finite numbers");
      }
      floats[i] = number.floatValue();
    }
    return floats;
  }

  private long inRange(String key, long value, long minimum, long maximum) {
    if (value < minimum || value > maximum) {
      throw new ConfigException(
          "out-of-range",
          what + ": " + key + " is " + value + ", allowed is " + minimum + " to " + maximum,
          "Use a file whose " + key + " is within the limit.");
    }
    return value;
  }

  private ConfigException missing(String key) {
    return new ConfigException(
        "missing",
        what + ": " + key + " is missing",
        "Use a complete file; " + key + " has no default.");
  }

  private ConfigException wrongType(String key, String expected) {
    return new ConfigException(
        "wrong-type",
        what + ": " + key + " is not " + expected,
        "Correct " + key + " in the file.");
  }

  @Override
  public String toString() {
    return members.toString();
  }
}
