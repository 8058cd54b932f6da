package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.TreeHash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Entries by their index, each checked against the tree before it is given out. */
final class EntryReader {

  /** Files kept in memory, of at most 16 MiB each and most often of less than 1. */
  private static final int MOST_CACHED = 4;

  private final StorageFolder folder;
  private final Map<Long, List<byte[]>> cache = new LinkedHashMap<>();

  EntryReader(StorageFolder folder) {
    this.folder = folder;
  }

  /**
   * The bytes of an entry.
   *
   * @throws LedgerException {@code ledger.no-entry} if the tree does not reach so far, {@code
   *     ledger.damaged} if the file does not hold what the tree has
   */
  byte[] bytes(long index, HashTiles tree) {
    long size = tree.frontier().size();
    if (index < 0 || index >= size) {
      throw new LedgerException(
          "no-entry",
          "there is no entry " + index + " in a ledger of " + size,
          "Ask for an entry from 0 to the size, exclusive.");
    }
    byte[] hash = tree.hash(0, index);
    synchronized (cache) {
      // A file in memory may be older than the entry.
      for (int attempt = 0; attempt < 2; attempt++) {
        List<byte[]> entries = entries(index / Frames.ENTRIES_PER_FILE);
        int place = (int) (index % Frames.ENTRIES_PER_FILE);
        if (place < entries.size() && Arrays.equals(TreeHash.leaf(entries.get(place)), hash)) {
          return entries.get(place).clone();
        }
        cache.remove(index / Frames.ENTRIES_PER_FILE);
      }
    }
    throw EntriesFile.damaged(
        EntryFiles.name(index / Frames.ENTRIES_PER_FILE),
        "does not hold entry " + index + " as the tree has it");
  }

  /** Takes in what has just been committed, so that it need not be read back. */
  void appended(long first, List<byte[]> bytes) {
    long file = first / Frames.ENTRIES_PER_FILE;
    int place = (int) (first % Frames.ENTRIES_PER_FILE);
    synchronized (cache) {
      List<byte[]> cached = place == 0 ? List.of() : cache.get(file);
      if (cached != null && cached.size() == place) {
        List<byte[]> longer = new ArrayList<>(cached);
        longer.addAll(bytes);
        keep(file, longer);
      }
    }
  }

  private List<byte[]> entries(long file) {
    List<byte[]> cached = cache.get(file);
    if (cached != null) {
      return cached;
    }
    List<byte[]> entries;
    try {
      entries = EntriesFile.read(folder, file).entries();
    } catch (IOException e) {
      throw StorageFailure.of("reading " + EntryFiles.name(file), folder, e);
    }
    keep(file, entries);
    return entries;
  }

  private void keep(long file, List<byte[]> entries) {
    cache.put(file, entries);
    if (cache.size() > MOST_CACHED) {
      cache.remove(cache.keySet().iterator().next());
    }
  }
}
