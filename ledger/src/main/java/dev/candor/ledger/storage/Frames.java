package dev.candor.ledger.storage;

import dev.candor.ledger.entries.Entry;
import dev.candor.ledger.merkle.TilePath;
import dev.candor.ledger.merkle.TreeHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an entries file is made of. An entry: the byte 0x01, its length as a big-endian uint16, its
 * bytes. A commit: the byte 0x02, the size of the tree as a big-endian uint64, the 32 bytes of its
 * root. A group is one or more entries and the commit behind them, written at once.
 */
final class Frames {

  /** Entries of a whole file. */
  static final int ENTRIES_PER_FILE = TilePath.WIDTH;

  static final byte ENTRY = 1;
  static final byte COMMIT = 2;
  static final int ENTRY_HEADER_BYTES = 3;
  static final int COMMIT_BYTES = 1 + Long.BYTES + TreeHash.BYTES;

  /** Most bytes of a file: every entry as long as one may be and committed alone. */
  static final int MOST_FILE_BYTES =
      ENTRIES_PER_FILE * (ENTRY_HEADER_BYTES + Entry.MOST_BYTES + COMMIT_BYTES);

  private Frames() {}

  /**
   * A group as it is read. Nothing is known of its root but what it says.
   *
   * @param starts where the bytes of each entry begin in the file
   * @param size of the tree, as the commit says
   * @param root as the commit says
   * @param end behind the commit
   */
  record Group(List<byte[]> entries, List<Integer> starts, long size, byte[] root, int end) {}

  /** The bytes of a group. */
  static byte[] group(List<byte[]> entries, long size, byte[] root) {
    int length = COMMIT_BYTES;
    for (byte[] entry : entries) {
      length += ENTRY_HEADER_BYTES + entry.length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (byte[] entry : entries) {
      bytes.put(ENTRY).putShort((short) entry.length).put(entry);
    }
    return bytes.put(COMMIT).putLong(size).put(root).array();
  }

  /**
   * The group that begins at a place; empty if none does, or not a whole one.
   *
   * @param first the index of its first entry
   */
  static Optional<Group> read(byte[] bytes, int from, long first) {
    List<byte[]> entries = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    int room = (int) (ENTRIES_PER_FILE - first % ENTRIES_PER_FILE);
    int at = from;
    while (at + ENTRY_HEADER_BYTES <= bytes.length && bytes[at] == ENTRY && entries.size() < room) {
      int start = at + ENTRY_HEADER_BYTES;
      int length = (bytes[at + 1] & 0xFF) << 8 | bytes[at + 2] & 0xFF;
      if (start + length > bytes.length) {
        return Optional.empty();
      }
      starts.add(start);
      entries.add(Arrays.copyOfRange(bytes, start, start + length));
      at = start + length;
    }
    if (entries.isEmpty() || at + COMMIT_BYTES > bytes.length || bytes[at] != COMMIT) {
      return Optional.empty();
    }
    ByteBuffer commit = ByteBuffer.wrap(bytes, at + 1, COMMIT_BYTES - 1);
    long size = commit.getLong();
    byte[] root = new byte[TreeHash.BYTES];
    commit.get(root);
    if (size != first + entries.size()) {
      return Optional.empty();
    }
    return Optional.of(new Group(entries, starts, size, root, at + COMMIT_BYTES));
  }

  /** Whether what begins at a place has the right form up to the end of the bytes, but no end. */
  static boolean endsEarly(byte[] bytes, int from) {
    int at = from;
    while (at + ENTRY_HEADER_BYTES <= bytes.length && bytes[at] == ENTRY) {
      at += ENTRY_HEADER_BYTES + ((bytes[at + 1] & 0xFF) << 8 | bytes[at + 2] & 0xFF);
    }
    return at >= bytes.length
        || bytes[at] == ENTRY
        || bytes[at] == COMMIT && at + COMMIT_BYTES > bytes.length;
  }

  /**
   * The sizes that commits behind a place name, found by their form alone. A write that did not get
   * through leaves at most one; two mean that something behind it had been committed.
   *
   * @param size of the tree at that place
   */
  static Set<Long> commitsBehind(byte[] bytes, int from, long size) {
    Set<Long> sizes = new TreeSet<>();
    long most = (size / ENTRIES_PER_FILE + 1) * ENTRIES_PER_FILE;
    for (int at = from; at + 1 + Long.BYTES <= bytes.length; at++) {
      if (bytes[at] == COMMIT) {
        long named = ByteBuffer.wrap(bytes, at + 1, Long.BYTES).getLong();
        if (named > size && named <= most) {
          sizes.add(named);
        }
      }
    }
    return sizes;
  }
}
