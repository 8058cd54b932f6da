package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a packed file says of itself: keys of its metadata, and what they must be. */
final class PackedKeys {

  /** A whole number: {@link #NEWEST} of the program that packed. */
  static final String VERSION = "candor.packed.version";

  /** SHA-256 of the file that was packed, 64 lower-case hexadecimal digits. */
  static final String SOURCE_DIGEST = "candor.packed.source_digest";

  static final String ALIGNMENT = "general.alignment";

  /**
   * The version that is written, and the newest that is read. It counts up whenever the same source
   * would give other bytes: another layout of strips, or another choice of tensors.
   */
  static final long NEWEST = 1;

  /** Strips begin where a line of the processor's cache does. */
  static final int ALIGNMENT_BYTES = 64;

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private PackedKeys() {}

  /** Whether a key belongs to how the file is laid out, not to the model. */
  static boolean isPartOfPacking(String key) {
    return key.equals(ALIGNMENT) || key.equals(VERSION) || key.equals(SOURCE_DIGEST);
  }

  /** The digest that a packed file names; empty for a file that is not packed. */
  static Optional<String> sourceDigest(
      WeightsFile file, Map<String, GgufHeader.Entry> entries, int alignment) {
    boolean version = entries.containsKey(VERSION);
    if (version != entries.containsKey(SOURCE_DIGEST)) {
      throw file.malformed(
          "of " + VERSION + " and " + SOURCE_DIGEST + " one is there without the other");
    }
    if (!version) {
      return Optional.empty();
    }
    if (!(single(entries, VERSION) instanceof Long number) || number < 1) {
      throw file.malformed(VERSION + " is not a whole number from 1 on");
    }
    if (number > NEWEST) {
      throw new WeightsException(
          "unsupported",
          file.name() + " is packed as version " + number + ", this engine reads up to " + NEWEST,
          "Use a newer Candor, or pack the original file again with this one.");
    }
    if (!(single(entries, SOURCE_DIGEST) instanceof String digest)
        || !SHA256.matcher(digest).matches()) {
      throw file.malformed(SOURCE_DIGEST + " is not 64 lower-case hexadecimal digits");
    }
    if (alignment % ALIGNMENT_BYTES != 0) {
      throw file.malformed(
          "a packed file's alignment is a multiple of " + ALIGNMENT_BYTES + ", not " + alignment);
    }
    return Optional.of(digest);
  }

  /** The value, or an empty text for an array or a text too long to be one. */
  private static Object single(Map<String, GgufHeader.Entry> entries, String key) {
    GgufHeader.Entry entry = entries.get(key);
    return entry == null || entry.isArray() || entry.value().isEmpty()
        ? ""
        : entry.value().getFirst();
  }
}
