package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.Matrix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a GGUF file, version 2 or 3, says before its weights begin, checked. Single values are read;
 * of arrays and long texts only the place is kept. The tensors must lie one behind the other, each
 * at a multiple of the alignment, and end where the file ends.
 *
 * <p>Source: the GGUF specification in the ggml repository, {@code docs/gguf.md}.
 *
 * @param entries the key-value section, in the order of the file
 * @param dataOffset where the tensors begin
 * @param tensors in the order of the file's list
 * @param sourceDigest of a packed file, the SHA-256 of the file it was made from
 */
record GgufHeader(
    Map<String, Entry> entries,
    long dataOffset,
    List<TensorEntry> tensors,
    Optional<String> sourceDigest) {

  /** Where the key-value section begins: behind the magic, the version and two counts. */
  static final int KEYS_BEGIN = 24;

  static final int MAXIMUM_KEYS = 10_000;
  static final int MAXIMUM_TENSORS = 20_000;
  static final int MAXIMUM_KEY_BYTES = 256;

  /** Longest text that is kept on the heap; a longer one is read when it is asked for. */
  static final int INLINE_TEXT_BYTES = 4 << 10;

  /** Most text on the heap in all. */
  private static final int MAXIMUM_INLINE_BYTES = 2 << 20;

  static final int MAXIMUM_TEXT_BYTES = 64 << 20;

  /** Most elements of an array; the largest vocabularies have a sixteenth of this. */
  static final int MAXIMUM_ELEMENTS = 1 << 22;

  private static final int MAXIMUM_ELEMENT_TEXT_BYTES = 1 << 20;
  private static final int MAGIC = 0x46554747;
  private static final int MINIMUM_ALIGNMENT = 8;
  private static final int MAXIMUM_ALIGNMENT = 1 << 16;
  private static final int DEFAULT_ALIGNMENT = 32;

  /**
   * One key and where its value lies.
   *
   * @param value of a single value a Long, Double, Boolean or short String; else empty
   * @param type of the value, or of an array's elements
   * @param count elements of an array; −1 for a single value
   * @param begin first byte of the value, of an array's first element
   * @param end behind the last byte
   */
  record Entry(List<Object> value, GgufValueType type, int count, long begin, long end) {
    boolean isArray() {
      return count >= 0;
    }
  }

  /**
   * One tensor.
   *
   * @param shape outermost first: the reverse of the file's order
   * @param offset from the data offset
   */
  record TensorEntry(
      String name,
      BlockFormat format,
      Layout layout,
      List<Integer> shape,
      long offset,
      long bytes) {}

  static GgufHeader read(WeightsFile file) {
    return new Reader(file).read();
  }

  /** Bytes of all weights. */
  long weightBytes() {
    return tensors.stream().mapToLong(TensorEntry::bytes).sum();
  }

  private static final class Reader {

    private final WeightsFile file;
    private final HeaderInput in;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long arrayElements;
    private long inlineBytes;

    Reader(WeightsFile file) {
      this.file = file;
      this.in = new HeaderInput(file);
    }

    GgufHeader read() {
      if (in.int32("magic") != MAGIC) {
        throw file.malformed("it does not begin with GGUF");
      }
      int version = in.int32("version");
      if (version != 2 && version != 3) {
        throw unsupported(
            Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3
                ? "big-endian"
                : "of version " + Integer.toUnsignedString(version),
            "Use a little-endian GGUF file of version 2 or 3.");
      }
      int tensorCount = in.count(MAXIMUM_TENSORS, "the number of tensors");
      int keyCount = in.count(MAXIMUM_KEYS, "the number of keys");
      Set<String> folded = new HashSet<>();
      for (int i = 0; i < keyCount; i++) {
        String key = in.string(MAXIMUM_KEY_BYTES, "key " + i);
        if (key.isEmpty() || !key.equals(WeightsFile.printable(key))) {
          throw file.malformed("key " + i + " is empty or has control characters");
        }
        if (!folded.add(key.toLowerCase(Locale.ROOT))) {
          throw file.malformed("key " + key + " is there twice");
        }
        entries.put(key, entry(key));
      }
      int alignment = alignment();
      Optional<String> sourceDigest = PackedKeys.sourceDigest(file, entries, alignment);
      List<TensorEntry> tensors = new ArrayList<>();
      folded.clear();
      for (int i = 0; i < tensorCount; i++) {
        TensorEntry tensor = tensor(i, alignment);
        if (!folded.add(tensor.name().toLowerCase(Locale.ROOT))) {
          throw file.malformed("tensor " + tensor.name() + " is there twice");
        }
        if (tensor.layout() == Layout.STRIPS && sourceDigest.isEmpty()) {
          throw file.malformed(
              "tensor " + tensor.name() + " lies in strips in a file that is not packed");
        }
        tensors.add(tensor);
      }
      long dataOffset = aligned(in.position(), alignment);
      checkLayout(tensors, dataOffset, alignment);
      return new GgufHeader(
          Collections.unmodifiableMap(entries), dataOffset, List.copyOf(tensors), sourceDigest);
    }

    private Entry entry(String key) {
      GgufValueType type = type(key);
      if (type == GgufValueType.ARRAY) {
        return array(key);
      }
      long begin = in.position();
      if (type == GgufValueType.STRING) {
        return text(key, begin);
      }
      Object value =
          switch (type) {
            case UINT8 -> (long) in.uint8(key);
            case INT8 -> (long) (byte) in.uint8(key);
            case UINT16 -> in.int16(key) & 0xffffL;
            case INT16 -> (long) in.int16(key);
            case UINT32 -> Integer.toUnsignedLong(in.int32(key));
            case INT32 -> (long) in.int32(key);
            case INT64 -> in.int64(key);
            case UINT64 -> {
              long unsigned = in.int64(key);
              if (unsigned < 0) {
                throw file.tooLarge(key, unsigned, Long.MAX_VALUE);
              }
              yield unsigned;
            }
            case FLOAT32 -> (double) Float.intBitsToFloat(in.int32(key));
            case FLOAT64 -> Double.longBitsToDouble(in.int64(key));
            case BOOL -> bool(key, in.uint8(key));
            case STRING, ARRAY -> throw new AssertionError(type);
          };
      return new Entry(List.of(value), type, -1, begin, in.position());
    }

    private boolean bool(String key, int value) {
      if (value > 1) {
        throw file.malformed(key + " is a truth value of " + value);
      }
      return value == 1;
    }

    private Entry text(String key, long begin) {
      int length = in.count(MAXIMUM_TEXT_BYTES, "length of " + key);
      if (length > INLINE_TEXT_BYTES || inlineBytes + length > MAXIMUM_INLINE_BYTES) {
        begin = in.position();
        in.skip(length, key);
        return new Entry(List.of(), GgufValueType.STRING, -1, begin, in.position());
      }
      inlineBytes += length;
      return new Entry(
          List.of(in.text(length, key)), GgufValueType.STRING, -1, begin, in.position());
    }

    private Entry array(String key) {
      GgufValueType type = type(key);
      if (type == GgufValueType.ARRAY) {
        throw unsupported(
            "with an array of arrays (" + key + ")", "Use a file without nested arrays.");
      }
      int count = in.count(MAXIMUM_ELEMENTS, "the number of elements of " + key);
      arrayElements += count;
      if (arrayElements > 2L * MAXIMUM_ELEMENTS) {
        throw file.tooLarge("the elements of all arrays", arrayElements, 2L * MAXIMUM_ELEMENTS);
      }
      long begin = in.position();
      if (type == GgufValueType.STRING) {
        in.skipTexts(count, MAXIMUM_ELEMENT_TEXT_BYTES, key);
      } else {
        in.skip((long) count * type.bytes(), key);
      }
      return new Entry(List.of(), type, count, begin, in.position());
    }

    private GgufValueType type(String key) {
      int number = in.int32("type of " + key);
      return GgufValueType.of(number)
          .orElseThrow(() ->
              file.malformed(key + " is of unknown type " + Integer.toUnsignedString(number)));
    }

    private int alignment() {
      Entry entry = entries.get("general.alignment");
      if (entry == null) {
        return DEFAULT_ALIGNMENT;
      }
      if (entry.isArray()
          || !(entry.value().getFirst() instanceof Long alignment)
          || alignment < MINIMUM_ALIGNMENT
          || alignment > MAXIMUM_ALIGNMENT
          || Long.bitCount(alignment) != 1) {
        throw file.malformed(
            "general.alignment is not a power of two from "
                + MINIMUM_ALIGNMENT
                + " to "
                + MAXIMUM_ALIGNMENT);
      }
      return Math.toIntExact(alignment);
    }

    private TensorEntry tensor(int index, int alignment) {
      String name = in.string(SafetensorsHeader.MAXIMUM_NAME_LENGTH, "name of tensor " + index);
      SafetensorsHeader.checkName(file, name);
      int rank = in.int32(name);
      if (rank < 1 || rank > SafetensorsHeader.MAXIMUM_RANK) {
        throw file.malformed(
            "tensor "
                + name
                + " has "
                + Integer.toUnsignedString(rank)
                + " extents, allowed are 1"
                + " to "
                + SafetensorsHeader.MAXIMUM_RANK);
      }
      List<Integer> shape = new ArrayList<>();
      for (int i = 0; i < rank; i++) {
        long extent = in.int64(name);
        if (extent < 1 || extent > Integer.MAX_VALUE) {
          throw file.malformed(
              "tensor " + name + " has an extent of " + Long.toUnsignedString(extent));
        }
        shape.addFirst((int) extent);
      }
      int type = in.int32(name);
      BlockFormat format =
          GgufTensorType.format(type)
              .orElseThrow(() ->
                  GgufTensorType.unsupportedName(type)
                      .map(known ->
                          unsupported(
                              "with tensor " + name + " of type " + known,
                              "Use a file quantised to another format, such as Q4_K_M or"
                                  + " Q8_0."))
                      .orElseGet(() ->
                          file.malformed(
                              "tensor "
                                  + name
                                  + " is of unknown type "
                                  + Integer.toUnsignedString(type))));
      if (shape.getLast() % format.blockElements() != 0) {
        throw file.malformed(
            "tensor "
                + name
                + " has rows of "
                + shape.getLast()
                + " elements, which are not whole blocks of "
                + format);
      }
      Layout layout = GgufTensorType.layout(type);
      if (layout == Layout.STRIPS && rank != 2) {
        throw file.malformed("tensor " + name + " lies in strips and is no matrix");
      }
      long bytes = layout == Layout.STRIPS ? stripsBytes(format, shape) : bytes(format, shape);
      long offset = in.int64(name);
      if (offset < 0 || offset % alignment != 0) {
        throw file.malformed(
            "tensor "
                + name
                + " begins at "
                + Long.toUnsignedString(offset)
                + ", which is not a multiple of the alignment "
                + alignment);
      }
      if (bytes > file.size() || offset > file.size() - bytes) {
        throw file.truncated("tensor " + name);
      }
      return new TensorEntry(name, format, layout, List.copyOf(shape), offset, bytes);
    }

    private long bytes(BlockFormat format, List<Integer> shape) {
      long bytes = format.bytes(shape.getLast());
      for (int extent : shape.subList(0, shape.size() - 1)) {
        // Both factors are below 2^34 as long as the product fits the file; see the check.
        if (bytes > file.size()) {
          break;
        }
        bytes = Math.multiplyExact(bytes, (long) extent);
      }
      return bytes;
    }

    /** A strip is below 2^36 bytes and there are at most 2^27 of them, so this cannot overflow. */
    private static long stripsBytes(BlockFormat format, List<Integer> shape) {
      return Matrix.bytes(format, shape.getFirst(), shape.getLast(), Layout.STRIPS);
    }

    private void checkLayout(List<TensorEntry> tensors, long dataOffset, int alignment) {
      List<TensorEntry> inOrder = new ArrayList<>(tensors);
      inOrder.sort(Comparator.comparingLong(TensorEntry::offset));
      long end = 0;
      for (TensorEntry tensor : inOrder) {
        if (tensor.offset() != aligned(end, alignment)) {
          throw file.malformed(
              "tensor "
                  + tensor.name()
                  + " begins at "
                  + tensor.offset()
                  + " where the one before ends at "
                  + end);
        }
        end = tensor.offset() + tensor.bytes();
        if (end > file.size() - dataOffset) {
          throw file.truncated("tensor " + tensor.name());
        }
      }
      if (file.size() > aligned(dataOffset + end, alignment)) {
        throw file.malformed(file.size() - dataOffset - end + " bytes after the last tensor");
      }
    }

    private static long aligned(long position, int alignment) {
      return (position + alignment - 1) & -alignment;
    }

    private WeightsException unsupported(String what, String remedy) {
      return new WeightsException(
          "unsupported",
          file.name() + " is a GGUF file " + what + ", which is unsupported",
          remedy);
    }
  }
}
