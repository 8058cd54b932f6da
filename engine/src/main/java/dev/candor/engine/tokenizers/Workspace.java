package dev.candor.engine.tokenizers;

import java.util.Arrays;

/** What one call of encode needs while it runs: the ids so far, a piece's bytes and its symbols. */
final class Workspace {

  private int[] ids = new int[64];
  private int count;
  private byte[] piece = new byte[256];
  private final SymbolList symbols = new SymbolList();

  void add(int id) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
    }
    ids[count++] = id;
  }

  void add(int[] more) {
    for (int id : more) {
      add(id);
    }
  }

  int count() {
    return count;
  }

  /** Removes what was added after {@code count} ids were there. */
  void truncate(int count) {
    this.count = count;
  }

  int[] ids() {
    return Arrays.copyOf(ids, count);
  }

  /** Puts chars [start, end) of a text into {@link #piece} as UTF-8; returns how many bytes. */
  int encode(String text, int start, int end) {
    if (piece.length < 3 * (end - start)) {
      piece = new byte[Math.max(3 * (end - start), 2 * piece.length)];
    }
    return Utf8.encode(text, start, end, piece, 0);
  }

  byte[] piece() {
    return piece;
  }

  SymbolList symbols() {
    return symbols;
  }
}
