package dev.candor.engine.tokenizers;

import static dev.candor.engine.tokenizers.TokenizerLimits.malformed;
import static dev.candor.engine.tokenizers.TokenizerLimits.quoted;
import static dev.candor.engine.tokenizers.TokenizerLimits.tooLarge;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Spellings and their ids, as bytes in one array with an open hash table over them: a quarter
 * million pieces take about 6 MB instead of the 40 of a map of strings, and a piece of a text is
 * looked up without making a string of it.
 *
 * <p>The bytes of a byte-level vocabulary are those that its spellings stand for; otherwise they
 * are the spellings in UTF-8.
 */
final class Vocabulary {

  // Differs from process to process, so that no file can be made to collide.
  private static final int SEED = ThreadLocalRandom.current().nextInt();
  private static final int FNV_PRIME = 0x01000193;

  private final boolean byteLevel;
  private final byte[] pool;
  private final int[] offsets;
  private final int[] lengths;
  private final long[] slots;
  private final Map<Integer, String> foreign;
  private final Map<String, Integer> foreignIds;
  private final int longest;
  private final int count;

  private Vocabulary(Builder builder, int size) {
    this.byteLevel = builder.byteLevel;
    this.pool = Arrays.copyOf(builder.pool, builder.poolSize);
    this.offsets = Arrays.copyOf(builder.offsets, size);
    this.lengths = Arrays.copyOf(builder.lengths, size);
    this.slots = builder.slots;
    this.foreign = builder.foreign;
    this.foreignIds = builder.foreignIds;
    this.longest = builder.longest;
    this.count = builder.count;
  }

  /** The largest id plus 1. */
  int size() {
    return offsets.length;
  }

  /** How many tokens there are; less than {@link #size} if ids have gaps. */
  int count() {
    return count;
  }

  /** Bytes of the longest token. */
  int longest() {
    return longest;
  }

  /** The id of bytes [from, to), or −1. */
  int find(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length > longest) {
      return -1;
    }
    int hash = SEED;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * FNV_PRIME;
    }
    return find(bytes, from, length, mixed(hash));
  }

  private int find(byte[] bytes, int from, int length, int hash) {
    int mask = slots.length - 1;
    for (int slot = hash & mask; ; slot = slot + 1 & mask) {
      long entry = slots[slot];
      if (entry == 0) {
        return -1;
      }
      if ((int) (entry >>> 32) == hash) {
        int id = (int) entry - 1;
        int offset = offsets[id];
        if (lengths[id] == length
            && Arrays.equals(pool, offset, offset + length, bytes, from, from + length)) {
          return id;
        }
      }
    }
  }

  /**
   * The longest token that bytes [from, to) begin with, as {@code length << 32 | id}; −1 if there
   * is none. Ends only where a character does.
   */
  long longestPrefix(byte[] bytes, int from, int to) {
    int end = Math.min(to, from + longest);
    long found = -1;
    int hash = SEED;
    for (int i = from; i < end; ) {
      int characterEnd = i + Utf8.length(bytes[i]);
      if (characterEnd > end) {
        break;
      }
      for (; i < characterEnd; i++) {
        hash = (hash ^ bytes[i]) * FNV_PRIME;
      }
      int id = find(bytes, from, i - from, mixed(hash));
      if (id >= 0) {
        found = (long) (i - from) << 32 | id;
      }
    }
    return found;
  }

  /**
   * Writes the bytes that chars [start, end) of a spelling stand for, from {@code at} on, where
   * there must be room for 3 bytes a char; returns their end, or −1 if a char stands for no byte.
   */
  int encode(String spelling, int start, int end, byte[] out, int at) {
    if (!byteLevel) {
      return Utf8.encode(spelling, start, end, out, at);
    }
    for (int i = start; i < end; i++) {
      int b = ByteAlphabet.byteOf(spelling.charAt(i));
      if (b < 0) {
        return -1;
      }
      out[at++] = (byte) b;
    }
    return at;
  }

  /** The id of a spelling. */
  OptionalInt id(String spelling) {
    Integer id = foreignIds.get(spelling);
    if (id != null) {
      return OptionalInt.of(id);
    }
    int found = -1;
    if (byteLevel) {
      byte[] bytes = new byte[spelling.length()];
      if (ByteAlphabet.bytes(spelling, bytes)) {
        found = find(bytes, 0, bytes.length);
      }
    } else if (spelling.length() <= longest) {
      byte[] bytes = Utf8.bytes(spelling);
      found = find(bytes, 0, bytes.length);
    }
    return found < 0 ? OptionalInt.empty() : OptionalInt.of(found);
  }

  /** The spelling of an id, or null if no token has it. */
  @Nullable String spelling(int id) {
    if (id < 0 || id >= offsets.length || offsets[id] < 0) {
      return null;
    }
    String kept = foreign.get(id);
    if (kept != null) {
      return kept;
    }
    int offset = offsets[id];
    return byteLevel
        ? ByteAlphabet.spelling(pool, offset, offset + lengths[id])
        : new String(pool, offset, lengths[id], StandardCharsets.UTF_8);
  }

  /** The bytes of an id's token; empty if no token has it. */
  byte[] bytes(int id) {
    if (id < 0 || id >= offsets.length || offsets[id] < 0) {
      return new byte[0];
    }
    return Arrays.copyOfRange(pool, offsets[id], offsets[id] + lengths[id]);
  }

  private static int mixed(int hash) {
    int h = hash;
    h ^= h >>> 15;
    h *= 0x2c1b3c6d;
    h ^= h >>> 12;
    h *= 0x297a2d39;
    return h ^ h >>> 15;
  }

  /** Takes tokens in any order. */
  static final class Builder {
    private final boolean byteLevel;
    private byte[] pool;
    private int poolSize;
    private int[] offsets = new int[1024];
    private int[] lengths = new int[1024];
    private long[] slots;
    private final Map<Integer, String> foreign = new HashMap<>();
    private final Map<String, Integer> foreignIds = new HashMap<>();
    private int longest;
    private int count;
    private int size;

    /**
     * @param byteLevel whether spellings are of the {@link ByteAlphabet}
     * @param expected about how many tokens will come
     */
    Builder(boolean byteLevel, int expected) {
      this.byteLevel = byteLevel;
      this.pool = new byte[Math.max(1024, 8 * Math.min(expected, TokenizerLimits.IDS))];
      this.slots = new long[slotsFor(Math.min(expected, TokenizerLimits.IDS))];
      Arrays.fill(offsets, -1);
    }

    private static int slotsFor(int tokens) {
      return Integer.highestOneBit(Math.max(512, 2 * tokens - 1)) << 1;
    }

    /** Adds a token; its id and its spelling must be new. */
    void add(String spelling, long declaredId) {
      int id = TokenizerLimits.requireId(declaredId, spelling);
      if (spelling.length() > TokenizerLimits.TOKEN_BYTES) {
        throw tooLong(spelling);
      }
      reserve(id, spelling.length());
      if (offsets[id] >= 0) {
        throw malformed("the id " + id + " has two tokens, the second is " + quoted(spelling));
      }
      int end;
      boolean isForeign = false;
      if (byteLevel) {
        end = poolSize;
        for (int i = 0; i < spelling.length(); i++) {
          int b = ByteAlphabet.byteOf(spelling.charAt(i));
          isForeign |= b < 0;
          pool[end++] = (byte) b;
        }
        if (isForeign) {
          end = encode(spelling);
        }
      } else {
        end = encode(spelling);
      }
      int length = end - poolSize;
      if (length > TokenizerLimits.TOKEN_BYTES) {
        throw tooLong(spelling);
      }
      offsets[id] = poolSize;
      lengths[id] = length;
      if (isForeign) {
        // Cannot come out of any text, but has its id and can be decoded.
        foreign.put(id, spelling);
        if (foreignIds.put(spelling, id) != null) {
          throw malformed("the token " + quoted(spelling) + " is there twice");
        }
      } else {
        index(spelling, id, length);
      }
      poolSize = end;
      size = Math.max(size, id + 1);
      count++;
    }

    private int encode(String spelling) {
      return Utf8.encode(spelling, 0, spelling.length(), pool, poolSize);
    }

    private void index(String spelling, int id, int length) {
      if (2 * count >= slots.length) {
        grow();
      }
      longest = Math.max(longest, length);
      int hash = hash(poolSize, length);
      int mask = slots.length - 1;
      int slot = hash & mask;
      for (; slots[slot] != 0; slot = slot + 1 & mask) {
        if ((int) (slots[slot] >>> 32) == hash) {
          int other = (int) slots[slot] - 1;
          if (lengths[other] == length
              && Arrays.equals(
                  pool,
                  offsets[other],
                  offsets[other] + length,
                  pool,
                  poolSize,
                  poolSize + length)) {
            throw malformed(
                "the token " + quoted(spelling) + " is there twice, as " + other + " and " + id);
          }
        }
      }
      slots[slot] = (long) hash << 32 | id + 1;
    }

    private int hash(int from, int length) {
      int hash = SEED;
      for (int i = from; i < from + length; i++) {
        hash = (hash ^ pool[i]) * FNV_PRIME;
      }
      return mixed(hash);
    }

    private void grow() {
      long[] old = slots;
      slots = new long[2 * old.length];
      int mask = slots.length - 1;
      for (long entry : old) {
        if (entry != 0) {
          int slot = (int) (entry >>> 32) & mask;
          while (slots[slot] != 0) {
            slot = slot + 1 & mask;
          }
          slots[slot] = entry;
        }
      }
    }

    private void reserve(int id, int chars) {
      if (id >= offsets.length) {
        int old = offsets.length;
        int capacity = Math.min(TokenizerLimits.IDS, Math.max(id + 1, 2 * old));
        offsets = Arrays.copyOf(offsets, capacity);
        lengths = Arrays.copyOf(lengths, capacity);
        Arrays.fill(offsets, old, capacity, -1);
      }
      long needed = poolSize + 3L * chars;
      if (needed > pool.length) {
        if (needed > TokenizerLimits.VOCABULARY_BYTES) {
          throw tooLarge(
              "the vocabulary has more than " + TokenizerLimits.VOCABULARY_BYTES + " bytes");
        }
        pool = Arrays.copyOf(pool, (int) Math.max(needed, Math.min(2L * pool.length, 1 << 27)));
      }
    }

    private static RuntimeException tooLong(String spelling) {
      return tooLarge(
          "the token "
              + quoted(spelling)
              + " is longer than "
              + TokenizerLimits.TOKEN_BYTES
              + " bytes");
    }

    Vocabulary build() {
      return new Vocabulary(this, size);
    }
  }
}
