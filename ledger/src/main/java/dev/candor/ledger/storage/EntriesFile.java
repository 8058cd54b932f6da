package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.TreeHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an entries file holds, as far as its form goes: its groups, and where the last of them ends.
 *
 * @param name such as {@code entries/x001/234}
 * @param first the index of its first entry
 * @param bytes all of the file
 * @param groups those with the right form, from the beginning up to the first that has not
 */
record EntriesFile(String name, long first, byte[] bytes, List<Frames.Group> groups) {

  /** Reads a file, whole or not. */
  static EntriesFile read(StorageFolder folder, long index) throws IOException {
    String name = EntryFiles.name(index);
    byte[] bytes = folder.readAll(name, Frames.MOST_FILE_BYTES + 1).orElse(new byte[0]);
    return parse(name, index * Frames.ENTRIES_PER_FILE, bytes);
  }

  /**
   * Reads a file that another one follows.
   *
   * @throws LedgerException {@code ledger.damaged} if it does not have 256 entries and nothing else
   */
  static EntriesFile whole(StorageFolder folder, long index) throws IOException {
    EntriesFile file = read(folder, index);
    if (!file.isWhole()) {
      throw damaged(
          file.name,
          "has the right form up to byte "
              + file.end()
              + " of "
              + file.bytes.length
              + ", the end of entry "
              + (file.size() - 1));
    }
    return file;
  }

  static EntriesFile parse(String name, long first, byte[] bytes) {
    List<Frames.Group> groups = new ArrayList<>();
    int at = 0;
    long size = first;
    while (size < first + Frames.ENTRIES_PER_FILE) {
      Optional<Frames.Group> group = Frames.read(bytes, at, size);
      if (group.isEmpty()) {
        break;
      }
      groups.add(group.get());
      at = group.get().end();
      size = group.get().size();
    }
    return new EntriesFile(name, first, bytes, groups);
  }

  /** The root that the commit at the end of a whole file names. */
  static byte[] lastRoot(StorageFolder folder, long index) throws IOException {
    String name = EntryFiles.name(index);
    Optional<StorageFile> opened = folder.openExisting(name);
    if (opened.isEmpty()) {
      throw damaged(name, "is missing, and there are files after it");
    }
    try (StorageFile file = opened.get()) {
      long at = file.size() - TreeHash.BYTES;
      if (at < 0) {
        throw damaged(name, "has only " + file.size() + " bytes, and there are files after it");
      }
      return file.read(at, TreeHash.BYTES);
    }
  }

  /** Whether it has all its entries and nothing else. */
  boolean isWhole() {
    return size() == first + Frames.ENTRIES_PER_FILE && end() == bytes.length;
  }

  /** Where its last group ends. */
  int end() {
    return groups.isEmpty() ? 0 : groups.getLast().end();
  }

  /** The size of the tree up to its last group. */
  long size() {
    return groups.isEmpty() ? first : groups.getLast().size();
  }

  /** The bytes of its entries, in their order. */
  List<byte[]> entries() {
    return groups.stream().flatMap(group -> group.entries().stream()).toList();
  }

  /** The hashes of its entries, in their order. */
  List<byte[]> leafHashes() {
    return entries().stream().map(TreeHash::leaf).toList();
  }

  static LedgerException damaged(String file, String how) {
    return new LedgerException(
        "damaged",
        file + " " + how + ": bytes that had been committed are gone or altered",
        "Nothing was changed. candor audit verify names the entry; restore the ledger from a copy.");
  }
}
