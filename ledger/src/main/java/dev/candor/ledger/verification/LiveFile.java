package dev.candor.ledger.verification;

import dev.candor.ledger.merkle.TreeHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The frames of a file of a live ledger, in their order, as far as they have their form. An entry:
 * the byte 0x01, its length as a big-endian uint16, its bytes. A commit: the byte 0x02, the size of
 * the tree as a big-endian uint64, the 32 bytes of its root.
 *
 * @param first the index of its first entry
 * @param bytes all of the file
 * @param entries up to where the form ends
 * @param commits up to there
 * @param end where the form ends: behind the last of these frames
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LiveFile(long first, byte[] bytes, List<Stored> entries, List<Commit> commits, int end) {

  /** Most bytes of a file: every entry as long as one may be and committed alone. */
  static final int MOST_BYTES = 256 * (3 + 65_535 + 41);

  private static final byte ENTRY = 1;
  private static final byte COMMIT = 2;
  private static final int ENTRY_HEADER = 3;
  private static final int COMMIT_BYTES = 1 + Long.BYTES + TreeHash.BYTES;

  /**
   * A commit.
   *
   * @param start where it begins in the file
   * @param before how many entries of the file stand before it
   * @param size that it names, right or not
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Commit(int start, int before, long size, byte[] root) {
    int end() {
      return start + COMMIT_BYTES;
    }
  }

  static LiveFile parse(long first, byte[] bytes) {
    List<Stored> entries = new ArrayList<>();
    List<Commit> commits = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      if (bytes[at] == ENTRY && at + ENTRY_HEADER <= bytes.length && entries.size() < Block.WIDTH) {
        int length = ByteBuffer.wrap(bytes).getShort(at + 1) & 0xFFFF;
        int start = at + ENTRY_HEADER;
        if (length > bytes.length - start) {
          break;
        }
        entries.add(new Stored(start, Arrays.copyOfRange(bytes, start, start + length)));
        at = start + length;
      } else if (bytes[at] == COMMIT && at + COMMIT_BYTES <= bytes.length) {
        if (entries.size() == (commits.isEmpty() ? 0 : commits.getLast().before())) {
          break; // A commit of nothing.
        }
        commits.add(commit(bytes, at, entries.size()));
        at = commits.getLast().end();
      } else {
        break;
      }
    }
    return new LiveFile(first, bytes, entries, commits, at);
  }

  /** The last frame of a file that holds all its entries, if it has the form of that commit. */
  List<Commit> lastOfWhole() {
    int start = bytes.length - COMMIT_BYTES;
    if (start < 0 || bytes[start] != COMMIT) {
      return List.of();
    }
    Commit commit = commit(bytes, start, Block.WIDTH);
    return commit.size() == first + Block.WIDTH ? List.of(commit) : List.of();
  }

  /** The different sizes that commits name from a place on, found by their form alone. */
  Set<Long> sizesNamedFrom(int place, long above) {
    Set<Long> sizes = new TreeSet<>();
    for (int at = place; at + 1 + Long.BYTES <= bytes.length; at++) {
      if (bytes[at] == COMMIT) {
        long size = ByteBuffer.wrap(bytes).getLong(at + 1);
        if (size > above && size <= first + Block.WIDTH) {
          sizes.add(size);
        }
      }
    }
    return sizes;
  }

  /** Whether it has all its entries, committed, and nothing else. */
  boolean isWhole() {
    return end == bytes.length
        && entries.size() == Block.WIDTH
        && !commits.isEmpty()
        && commits.getLast().end() == end;
  }

  Block block() {
    return new Block(entries.stream().map(entry -> TreeHash.leaf(entry.bytes())).toList());
  }

  private static Commit commit(byte[] bytes, int at, int before) {
    return new Commit(
        at,
        before,
        ByteBuffer.wrap(bytes).getLong(at + 1),
        Arrays.copyOfRange(bytes, at + 1 + Long.BYTES, at + COMMIT_BYTES));
  }
}
