package dev.candor.engine.tokenizers;

import dev.candor.engine.TokenizerException;

/**
 * Byte-pair encoding, on bytes or on characters, with the merges of a list or by scores.
 *
 * @param merges which symbols join
 * @param unknown what a symbol that is no token becomes; −1 to drop it
 * @param fuseUnknown whether neighbouring unknown symbols become one
 * @param byteTokens the ids of {@code <0x00>} to {@code <0xFF>}, which spell a character that is no
 *     token; −1 for those that the vocabulary lacks; empty for no such spelling
 * @param wholePieces whether a piece that is a token is that token, whatever the merges give
 * @param firstSymbols what the merges begin with
 * @param prefix put before every symbol but the first, in UTF-8
 * @param suffix put behind the last symbol, in UTF-8
 */
record BytePairModel(
    Vocabulary vocabulary,
    MergeRule merges,
    int unknown,
    boolean fuseUnknown,
    int[] byteTokens,
    boolean wholePieces,
    Symbols firstSymbols,
    byte[] prefix,
    byte[] suffix)
    implements Model {

  /** What merges begin with. */
  enum Symbols {
    /** Bytes. */
    BYTES,
    /** Characters; one that is no token is spelled in bytes or unknown before anything merges. */
    CHARACTERS,
    /** Characters; one that is no token may still be part of a merge, for that looks at text. */
    SPANS
  }

  /** The ids of the tokens that spell single bytes; −1 for those that are missing. */
  static int[] byteTokens(Vocabulary vocabulary) {
    int[] ids = new int[256];
    for (int b = 0; b < 256; b++) {
      ids[b] = vocabulary.id(String.format("<0x%02X>", b)).orElse(-1);
    }
    return ids;
  }

  @Override
  public void tokenize(String text, int start, int end, Workspace workspace) {
    int size = workspace.encode(text, start, end);
    byte[] piece = workspace.piece();
    if (wholePieces) {
      int whole = vocabulary.find(piece, 0, size);
      if (whole >= 0) {
        workspace.add(whole);
        return;
      }
    }
    SymbolList symbols = workspace.symbols();
    symbols.clear();
    if (firstSymbols == Symbols.SPANS) {
      for (int i = 0; i < size; ) {
        int length = Utf8.length(piece[i]);
        symbols.add(vocabulary.find(piece, i, i + length), i, length);
        i += length;
      }
    } else {
      addSymbols(piece, size, symbols);
    }
    symbols.merge(merges, piece);
    for (int symbol = symbols.first(); symbol >= 0; symbol = symbols.next(symbol)) {
      int id = symbols.id(symbol);
      if (id >= 0) {
        workspace.add(id);
      } else {
        addBytes(piece, symbols.start(symbol), symbols.length(symbol), workspace);
      }
    }
  }

  private void addSymbols(byte[] piece, int size, SymbolList symbols) {
    int pendingStart = -1;
    int pendingLength = 0;
    for (int i = 0; i < size; ) {
      int length = firstSymbols == Symbols.BYTES ? 1 : Utf8.length(piece[i]);
      int id = symbolId(piece, i, length, size);
      if (id >= 0) {
        if (pendingStart >= 0) {
          symbols.add(unknown, pendingStart, pendingLength);
          pendingStart = -1;
        }
        symbols.add(id, i, length);
      } else if (!addByteTokens(piece, i, length, symbols) && unknown >= 0) {
        if (pendingStart >= 0 && fuseUnknown) {
          pendingLength += length;
        } else {
          if (pendingStart >= 0) {
            symbols.add(unknown, pendingStart, pendingLength);
          }
          pendingStart = i;
          pendingLength = length;
        }
      }
      i += length;
    }
    if (pendingStart >= 0) {
      symbols.add(unknown, pendingStart, pendingLength);
    }
  }

  private int symbolId(byte[] piece, int from, int length, int size) {
    boolean prefixed = prefix.length > 0 && from > 0;
    boolean suffixed = suffix.length > 0 && from + length == size;
    if (!prefixed && !suffixed) {
      return vocabulary.find(piece, from, from + length);
    }
    int before = prefixed ? prefix.length : 0;
    byte[] symbol = new byte[before + length + (suffixed ? suffix.length : 0)];
    System.arraycopy(prefix, 0, symbol, 0, before);
    System.arraycopy(piece, from, symbol, before, length);
    if (suffixed) {
      System.arraycopy(suffix, 0, symbol, before + length, suffix.length);
    }
    return vocabulary.find(symbol, 0, symbol.length);
  }

  /** Spells a character in byte tokens if the vocabulary has all that it takes. */
  private boolean addByteTokens(byte[] piece, int from, int length, SymbolList symbols) {
    if (byteTokens.length == 0) {
      return false;
    }
    for (int i = from; i < from + length; i++) {
      if (byteTokens[piece[i] & 0xFF] < 0) {
        return false;
      }
    }
    for (int i = from; i < from + length; i++) {
      symbols.add(byteTokens[piece[i] & 0xFF], i, 1);
    }
    return true;
  }

  /** The bytes of a symbol that is no token; the unknown token if the vocabulary lacks any. */
  private void addBytes(byte[] piece, int from, int length, Workspace workspace) {
    int before = workspace.count();
    for (int i = from; i < from + length; i++) {
      int id = byteTokens.length == 0 ? -1 : byteTokens[piece[i] & 0xFF];
      if (id < 0) {
        if (unknown < 0) {
          throw new TokenizerException(
              "no-token",
              "the vocabulary has neither a token for the byte "
                  + (piece[i] & 0xFF)
                  + " nor one for the unknown",
              "Use the tokenizer as its authors published it.");
        }
        workspace.truncate(before);
        workspace.add(unknown);
        return;
      }
      workspace.add(id);
    }
  }
}
