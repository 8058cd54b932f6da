package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The key-value section of an open GGUF file, by its own keys, such as {@code
 * tokenizer.ggml.tokens}. Arrays are decoded from the mapped file each time they are asked for;
 * keep what you need. Every accessor throws {@link WeightsException} {@code weights.wrong-type} if
 * the value is of another type.
 */
public final class GgufValues {

  private final String fileName;
  private final Map<String, GgufHeader.Entry> entries;
  private final MemorySegment file;

  GgufValues(String fileName, Map<String, GgufHeader.Entry> entries, MemorySegment file) {
    this.fileName = fileName;
    this.entries = entries;
    this.file = file;
  }

  /** All keys, in the order of the file. */
  public Set<String> keys() {
    return entries.keySet();
  }

  /** Whether the key is there. */
  public boolean has(String key) {
    return entries.containsKey(key);
  }

  /** Whether the key is there and its value an array. */
  public boolean isArray(String key) {
    GgufHeader.Entry entry = entries.get(key);
    return entry != null && entry.isArray();
  }

  boolean isFloat32(String key) {
    GgufHeader.Entry entry = entries.get(key);
    return entry != null && entry.type() == GgufValueType.FLOAT32;
  }

  /** How many elements the array has; empty if the key is not there. */
  public OptionalLong count(String key) {
    GgufHeader.Entry entry = entries.get(key);
    if (entry == null) {
      return OptionalLong.empty();
    }
    if (!entry.isArray()) {
      throw wrongType(key, "an array");
    }
    return OptionalLong.of(entry.count());
  }

  /** A text, if there. */
  public Optional<String> string(String key) {
    GgufHeader.Entry entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.isArray() || entry.type() != GgufValueType.STRING) {
      throw wrongType(key, "a text");
    }
    return Optional.of(
        entry.value().isEmpty()
            ? text(key, bytes(entry), 0, Math.toIntExact(entry.end() - entry.begin()))
            : (String) entry.value().getFirst());
  }

  /** A whole number, if there. */
  public OptionalLong integer(String key) {
    return single(key, Long.class, "a whole number")
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /** A number, whole or not, if there. */
  public OptionalDouble number(String key) {
    return single(key, Number.class, "a number")
        .map(number -> OptionalDouble.of(number.doubleValue()))
        .orElse(OptionalDouble.empty());
  }

  /** A truth value, if there. */
  public Optional<Boolean> bool(String key) {
    return single(key, Boolean.class, "true or false");
  }

  /** An array of texts, if there. */
  public Optional<List<String>> strings(String key) {
    GgufHeader.Entry entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (!entry.isArray() || entry.type() != GgufValueType.STRING) {
      throw wrongType(key, "an array of texts");
    }
    byte[] bytes = bytes(entry);
    ByteBuffer lengths = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<String> strings = new ArrayList<>(entry.count());
    int at = 0;
    for (int i = 0; i < entry.count(); i++) {
      // Read a second time, from the mapping: checked again, the file may have changed.
      long length = at + 8 <= bytes.length ? lengths.getLong(at) : -1;
      if (length < 0 || length > bytes.length - at - 8) {
        throw new WeightsException(
            "changed",
            fileName + ": " + key + " changed after the file was opened",
            "Wait until nothing writes to the file, and open it again.");
      }
      strings.add(text(key, bytes, at + 8, (int) length));
      at += 8 + (int) length;
    }
    return Optional.of(strings);
  }

  /** An array of whole numbers of up to 32 bits, or of truth values as 0 and 1, if there. */
  public Optional<int[]> integers(String key) {
    GgufHeader.Entry entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (!entry.isArray()) {
      throw wrongType(key, "an array of whole numbers");
    }
    ByteBuffer bytes = ByteBuffer.wrap(bytes(entry)).order(ByteOrder.LITTLE_ENDIAN);
    int[] integers = new int[entry.count()];
    for (int i = 0; i < integers.length; i++) {
      integers[i] =
          switch (entry.type()) {
            case UINT8, BOOL -> bytes.get() & 0xff;
            case INT8 -> bytes.get();
            case UINT16 -> bytes.getShort() & 0xffff;
            case INT16 -> bytes.getShort();
            case INT32 -> bytes.getInt();
            case UINT32 -> narrow(key, Integer.toUnsignedLong(bytes.getInt()));
            case UINT64, INT64 -> narrow(key, bytes.getLong());
            case FLOAT32, FLOAT64, STRING, ARRAY ->
                throw wrongType(key, "an array of whole numbers");
          };
    }
    return Optional.of(integers);
  }

  /** An array of numbers, if there. */
  public Optional<float[]> floats(String key) {
    GgufHeader.Entry entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (!entry.isArray()
        || (entry.type() != GgufValueType.FLOAT32 && entry.type() != GgufValueType.FLOAT64)) {
      throw wrongType(key, "an array of numbers");
    }
    ByteBuffer bytes = ByteBuffer.wrap(bytes(entry)).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[entry.count()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] =
          entry.type() == GgufValueType.FLOAT32 ? bytes.getFloat() : (float) bytes.getDouble();
    }
    return Optional.of(floats);
  }

  /**
   * Those of the keys that are there, as plain values: {@link Long}, {@link Double}, {@link
   * Boolean}, {@link String}; of arrays {@code List<String>}, {@code int[]} or {@code float[]}.
   */
  public Map<String, Object> plain(Collection<String> keys) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String key : keys) {
      GgufHeader.Entry entry = entries.get(key);
      if (entry != null) {
        values.put(key, plain(key, entry));
      }
    }
    return values;
  }

  private Object plain(String key, GgufHeader.Entry entry) {
    if (entry.isArray()) {
      return switch (entry.type()) {
        case STRING -> strings(key).orElseThrow();
        case FLOAT32, FLOAT64 -> floats(key).orElseThrow();
        default -> integers(key).orElseThrow();
      };
    }
    return entry.type() == GgufValueType.STRING
        ? string(key).orElseThrow()
        : entry.value().getFirst();
  }

  /** All single values that are not long texts: Long, Double, Boolean or String. */
  Map<String, Object> singles() {
    Map<String, Object> singles = new LinkedHashMap<>();
    entries.forEach((key, entry) -> {
      if (!entry.value().isEmpty()) {
        singles.put(key, entry.value().getFirst());
      }
    });
    return singles;
  }

  private <T> Optional<T> single(String key, Class<T> type, String expected) {
    GgufHeader.Entry entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.value().isEmpty() || !type.isInstance(entry.value().getFirst())) {
      throw wrongType(key, expected);
    }
    return Optional.of(type.cast(entry.value().getFirst()));
  }

  private byte[] bytes(GgufHeader.Entry entry) {
    return file.asSlice(entry.begin(), entry.end() - entry.begin()).toArray(ValueLayout.JAVA_BYTE);
  }

  private String text(String key, byte[] bytes, int offset, int length) {
    // A vocabulary has a hundred thousand texts: only one that may be malformed meets the strict
    // decoder, which takes ten times as long to begin.
    String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0) {
      return text;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, offset, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new WeightsException(
          "malformed",
          fileName + ": " + key + " holds a text that is not UTF-8",
          "Use an undamaged file; this one may be malicious.");
    }
  }

  private int narrow(String key, long value) {
    if (value != (int) value) {
      throw new WeightsException(
          "out-of-range",
          fileName + ": " + key + " holds " + value + ", allowed are 32 bits",
          "Use an undamaged file; this one may be malicious.");
    }
    return (int) value;
  }

  private WeightsException wrongType(String key, String expected) {
    return new WeightsException(
        "wrong-type",
        fileName + ": " + key + " is not " + expected,
        "Use a file that follows the GGUF specification.");
  }
}
