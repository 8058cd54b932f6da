package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The key-value section of a GGUF file to be written, in the order of the calls. Types are those
 * that llama.cpp expects of its keys: whole numbers are uint32, token types and the like int32,
 * numbers float32.
 */
public final class GgufMetadata {

  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private int alignment = 32;
  private final Set<String> keys = new LinkedHashSet<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);

  /** A whole number in [0, 2³²). */
  public GgufMetadata whole(String key, long value) {
    if (value < 0 || value > 0xffff_ffffL) {
      throw new WeightsException(
          "out-of-range",
          "metadata " + key + " is " + value + ", not within 0 and 4294967295",
          "Correct the model's config.json.");
    }
    begin(key, UINT32);
    int32((int) value);
    return this;
  }

  /** A float32. */
  public GgufMetadata number(String key, double value) {
    begin(key, FLOAT32);
    int32(Float.floatToRawIntBits((float) value));
    return this;
  }

  /** True or false. */
  public GgufMetadata bool(String key, boolean value) {
    begin(key, BOOL);
    bytes.write(value ? 1 : 0);
    return this;
  }

  /**
   * Where tensors may begin: multiples of so many bytes. 32 if it is not said.
   *
   * @param bytes a power of two from 8 to 65,536
   */
  public GgufMetadata alignment(int bytes) {
    if (Integer.bitCount(bytes) != 1 || bytes < 8 || bytes > 1 << 16) {
      throw new IllegalArgumentException("an alignment of " + bytes);
    }
    alignment = bytes;
    return whole("general.alignment", bytes);
  }

  /** A key and its value as another file has them, from the key's length to the value's end. */
  GgufMetadata copy(String key, MemorySegment encoded) {
    add(key);
    bytes.writeBytes(encoded.toArray(ValueLayout.JAVA_BYTE));
    return this;
  }

  /** A text. */
  public GgufMetadata text(String key, String value) {
    begin(key, STRING);
    string(key, value);
    return this;
  }

  /** An array of texts. */
  public GgufMetadata texts(String key, List<String> values) {
    beginArray(key, STRING, values.size());
    for (String value : values) {
      string(key, value);
    }
    return this;
  }

  /** An array of int32. */
  public GgufMetadata wholes(String key, int[] values) {
    beginArray(key, INT32, values.length);
    for (int value : values) {
      int32(value);
    }
    return this;
  }

  /** An array of float32. */
  public GgufMetadata numbers(String key, float[] values) {
    beginArray(key, FLOAT32, values.length);
    for (float value : values) {
      int32(Float.floatToRawIntBits(value));
    }
    return this;
  }

  /** An array of booleans. */
  public GgufMetadata bools(String key, boolean[] values) {
    beginArray(key, BOOL, values.length);
    for (boolean value : values) {
      bytes.write(value ? 1 : 0);
    }
    return this;
  }

  /** Whether the key has been added. */
  public boolean has(String key) {
    return keys.contains(key);
  }

  int count() {
    return keys.size();
  }

  byte[] encoded() {
    return bytes.toByteArray();
  }

  int alignment() {
    return alignment;
  }

  private void add(String key) {
    if (!keys.add(key)) {
      throw new IllegalArgumentException("metadata " + key + " is there already");
    }
  }

  private void begin(String key, int type) {
    add(key);
    string(key, key);
    int32(type);
  }

  private void beginArray(String key, int elementType, int size) {
    begin(key, ARRAY);
    int32(elementType);
    int64(size);
  }

  private void string(String key, String value) {
    byte[] encoded = utf8(key, value);
    int64(encoded.length);
    bytes.writeBytes(encoded);
  }

  /** Unpaired surrogates have no UTF-8; replacing them would change a vocabulary silently. */
  private static byte[] utf8(String key, String value) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
      byte[] array = new byte[encoded.remaining()];
      encoded.get(array);
      return array;
    } catch (CharacterCodingException e) {
      throw new WeightsException(
          "malformed-text",
          "metadata " + key + " holds a text with an unpaired surrogate",
          "Correct the file it comes from (tokenizer.json or config.json).");
    }
  }

  private void int32(int value) {
    bytes.write(number.putInt(0, value).array(), 0, 4);
  }

  private void int64(long value) {
    bytes.write(number.putLong(0, value).array(), 0, 8);
  }
}
