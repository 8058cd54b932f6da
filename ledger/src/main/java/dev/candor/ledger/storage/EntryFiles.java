package dev.candor.ledger.storage;

import dev.candor.ledger.LedgerException;
import dev.candor.ledger.merkle.TilePath;
import java.io.IOException;
import java.util.List;

/**
 * The names of the entries files: {@code entries/} and the index of the bundle in the digits of
 * C2SP tlog-tiles, such as {@code entries/x001/234}.
 */
final class EntryFiles {

  static final String FOLDER = "entries";

  /** Most files: with a million of them names have at most two parts. */
  static final long MOST_FILES = 1_000_000;

  private static final int NAMES_PER_FOLDER = 1_000;

  private EntryFiles() {}

  /** Of the entries from index · 256 on. */
  static String name(long index) {
    return TilePath.entries(index, TilePath.WIDTH).substring("tile/".length());
  }

  /** The folder that holds this file. */
  static String folder(long index) {
    String name = name(index);
    return name.substring(0, name.lastIndexOf('/'));
  }

  /** Whether this is the first file of its folder. */
  static boolean beginsFolder(long index) {
    return index % NAMES_PER_FOLDER == 0;
  }

  /**
   * The index of the last file, −1 if there is none.
   *
   * @throws LedgerException {@code ledger.damaged} if something in the folder is not called as an
   *     entries file is
   */
  static long last(StorageFolder folder) throws IOException {
    long last = -1;
    List<String> names = folder.list(FOLDER);
    for (String name : names) {
      long number = number(name, name.startsWith("x") ? 1 : 0, FOLDER);
      if (!name.startsWith("x")) {
        last = Math.max(last, number);
      }
    }
    for (String name : names.reversed()) {
      if (name.startsWith("x")) {
        List<String> inner = folder.list(FOLDER + "/" + name);
        if (!inner.isEmpty()) {
          long number = number(inner.getLast(), 0, FOLDER + "/" + name);
          return number(name, 1, FOLDER) * NAMES_PER_FOLDER + number;
        }
      }
    }
    return last;
  }

  private static long number(String name, int from, String folder) {
    String digits = name.substring(from);
    if (digits.length() != 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new LedgerException(
          "damaged",
          folder + "/" + name + " is not the name of an entries file",
          "Move it away if you put it there; nothing but the ledger writes in this folder.");
    }
    return Long.parseLong(digits);
  }
}
