package dev.candor.engine.weights;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the header of a safetensors file says of its tensors, checked: names are unique, sizes are
 * those of type and shape, and the tensors fill the rest of the file without hole, overlap or tail
 * (the rules of the safetensors format; they leave no room for a second file hidden inside).
 *
 * @param dataOffset where the tensors begin in the file
 * @param entries in the order of the file
 */
record SafetensorsHeader(long dataOffset, List<Entry> entries) {

  /** The format itself allows 100 MB; the largest published models need a tenth of this. */
  static final int MAXIMUM_HEADER_BYTES = 8 << 20;

  /** Most tensors of a file. */
  static final int MAXIMUM_TENSORS = 20_000;

  static final int MAXIMUM_RANK = 4;
  static final int MAXIMUM_NAME_LENGTH = 200;

  private static final Json.Limits LIMITS = new Json.Limits(MAXIMUM_HEADER_BYTES, 8, 300_000);

  /** Bytes of an element of each type of the format. */
  private static final Map<String, Integer> ELEMENT_BYTES =
      Map.ofEntries(
          Map.entry("BOOL", 1),
          Map.entry("U8", 1),
          Map.entry("I8", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("F8_E4M3", 1),
          Map.entry("F8_E8M0", 1),
          Map.entry("I16", 2),
          Map.entry("U16", 2),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("I32", 4),
          Map.entry("U32", 4),
          Map.entry("F32", 4),
          Map.entry("F64", 8),
          Map.entry("I64", 8),
          Map.entry("U64", 8));

  /**
   * One tensor.
   *
   * @param type as the file calls it, {@code F32} or {@code I64}
   * @param begin first byte, from the data offset
   * @param end behind the last byte, from the data offset
   */
  record Entry(String name, String type, List<Integer> shape, long begin, long end) {

    /** The format, if the engine computes with it. */
    Optional<BlockFormat> format() {
      return switch (type) {
        case "F32" -> Optional.of(BlockFormat.F32);
        case "F16" -> Optional.of(BlockFormat.F16);
        case "BF16" -> Optional.of(BlockFormat.BF16);
        default -> Optional.empty();
      };
    }
  }

  /** Bytes of all tensors. */
  long weightBytes() {
    return entries.isEmpty() ? 0 : entries.getLast().end();
  }

  static SafetensorsHeader read(WeightsFile file) {
    ByteBuffer prefix = file.read(0, 8, "the header's length").order(ByteOrder.LITTLE_ENDIAN);
    long length = prefix.getLong();
    if (length < 2 || length > MAXIMUM_HEADER_BYTES) {
      throw file.tooLarge("the header's length", length, MAXIMUM_HEADER_BYTES);
    }
    ByteBuffer bytes = file.read(8, (int) length, "the header");
    if (bytes.get(0) != '{') {
      throw file.malformed("the header does not begin with {");
    }
    JsonObject header =
        Json.parseObject(new ByteArrayInputStream(bytes.array()), LIMITS, file.name() + ": header");
    long dataOffset = 8 + length;
    long dataBytes = file.size() - dataOffset;
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Map.Entry<String, Object> member : header.members().entrySet()) {
      if (member.getKey().equals("__metadata__")) {
        continue;
      }
      if (!(member.getValue() instanceof JsonObject description)) {
        throw file.malformed(
            "tensor " + WeightsFile.printable(member.getKey()) + " is not described by an object");
      }
      Entry entry = entry(file, member.getKey(), description, dataOffset, dataBytes);
      if (!names.add(entry.name().toLowerCase(Locale.ROOT))) {
        throw file.malformed("two tensors are named " + entry.name() + " but for upper case");
      }
      entries.add(entry);
      if (entries.size() > MAXIMUM_TENSORS) {
        throw file.tooLarge("the number of tensors", header.members().size(), MAXIMUM_TENSORS);
      }
    }
    entries.sort(Comparator.comparingLong(Entry::begin));
    long end = 0;
    for (Entry entry : entries) {
      if (entry.begin() != end) {
        throw file.malformed(
            "tensor "
                + entry.name()
                + " begins at "
                + entry.begin()
                + " where the one before ends at "
                + end);
      }
      end = entry.end();
    }
    if (end != dataBytes) {
      throw file.malformed(dataBytes - end + " bytes after the last tensor");
    }
    return new SafetensorsHeader(dataOffset, List.copyOf(entries));
  }

  private static Entry entry(
      WeightsFile file, String name, JsonObject description, long dataOffset, long dataBytes) {
    checkName(file, name);
    String type = description.string("dtype");
    Integer elementBytes = ELEMENT_BYTES.get(type);
    if (elementBytes == null) {
      throw file.malformed("tensor " + name + " is of unknown type " + WeightsFile.printable(type));
    }
    List<Object> extents = description.list("shape").orElse(List.of());
    if (!description.has("shape") || extents.size() > MAXIMUM_RANK) {
      throw file.malformed(
          "tensor " + name + " has no shape of up to " + MAXIMUM_RANK + " extents");
    }
    List<Integer> shape = new ArrayList<>();
    long bytes = elementBytes;
    for (Object extent : extents) {
      if (!(extent instanceof Long value) || value < 1 || value > Integer.MAX_VALUE) {
        throw file.malformed("tensor " + name + " has an extent of " + extent);
      }
      // Below the file's size before, below 2^31 times that after: no overflow.
      bytes = bytes > dataBytes ? bytes : Math.multiplyExact(bytes, (long) value);
      shape.add(Math.toIntExact(value));
    }
    List<Object> offsets = description.list("data_offsets").orElse(List.of());
    if (offsets.size() != 2
        || !(offsets.get(0) instanceof Long begin)
        || !(offsets.get(1) instanceof Long end)
        || begin < 0
        || end < begin) {
      throw file.malformed("tensor " + name + " has no pair of data offsets");
    }
    if (end > dataBytes) {
      throw file.truncated("tensor " + name);
    }
    if (end - begin != bytes) {
      throw file.malformed(
          "tensor " + name + " takes " + (end - begin) + " bytes where its shape needs " + bytes);
    }
    if ((dataOffset + begin) % elementBytes != 0) {
      throw file.malformed("tensor " + name + " does not lie at a multiple of " + elementBytes);
    }
    return new Entry(name, type, List.copyOf(shape), begin, end);
  }

  static void checkName(WeightsFile file, String name) {
    if (name.isEmpty()
        || name.length() > MAXIMUM_NAME_LENGTH
        || !name.equals(WeightsFile.printable(name))) {
      throw file.malformed(
          "a tensor's name is empty, longer than "
              + MAXIMUM_NAME_LENGTH
              + " or has control characters");
    }
  }
}
