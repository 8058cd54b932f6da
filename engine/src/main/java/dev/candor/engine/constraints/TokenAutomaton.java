package dev.candor.engine.constraints;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A constraint over the tokens of a vocabulary: which may come in a state. Masks are kept, since
 * states come again. Safe for use by many threads.
 */
final class TokenAutomaton {

  /** Masks that are kept, the last used ones; each takes an eighth of a byte per token. */
  private static final int KEPT = 512;

  private final Expressions expressions;
  private final VocabularyTrie vocabulary;

  /** Of texts that can be written byte by byte, if need be. */
  private final Lengths lengths;

  /** Whether any text can: then every state on the way leads to an end. */
  private final boolean writesAll;

  private final Map<Integer, long[]> masks =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, long[]> eldest) {
          return size() > KEPT;
        }
      };

  TokenAutomaton(Expressions expressions, VocabularyTrie vocabulary) {
    this.expressions = expressions;
    this.vocabulary = vocabulary;
    BitSet alphabet = vocabulary.alphabet();
    lengths = expressions.lengths(alphabet);
    writesAll = alphabet.equals(Lengths.ALL_BYTES);
  }

  VocabularyTrie vocabulary() {
    return vocabulary;
  }

  /** The tokens that may come, bit id mod 64 of word id / 64; not to be changed. */
  long[] mask(int state) {
    synchronized (expressions) {
      int key = expressions.shorten(state, vocabulary.longest() + 1);
      return masks.computeIfAbsent(key, k -> tokens(k, Expressions.INFINITE - 1));
    }
  }

  /** Of these, the tokens behind which a text can still end within so many bytes. */
  long[] mask(int state, int room) {
    synchronized (expressions) {
      return tokens(state, room);
    }
  }

  private long[] tokens(int state, int room) {
    long[] mask = new long[(vocabulary.vocabulary() + 63) / 64];
    vocabulary.walk(
        state,
        expressions::derive,
        (id, behind) -> {
          boolean isFree = writesAll && room >= Expressions.INFINITE - 1;
          if (isFree || lengths.of(behind) <= room) {
            mask[id >> 6] |= 1L << id;
          }
        });
    return mask;
  }

  int after(int state, int id) {
    synchronized (expressions) {
      int next = state;
      for (byte b : vocabulary.bytes(id)) {
        next = expressions.derive(next, b & 0xFF);
      }
      return next;
    }
  }

  boolean mayEnd(int state) {
    synchronized (expressions) {
      return expressions.isNullable(state);
    }
  }

  /** Bytes of the shortest text that may follow. */
  int shortest(int state) {
    synchronized (expressions) {
      return lengths.of(state);
    }
  }

  /** The byte that must come next; −1 if several may, −2 if none. */
  int onlyByte(int state) {
    synchronized (expressions) {
      int only = -2;
      for (int b = 0; b < 256; b++) {
        if (expressions.derive(state, b) != Expressions.NONE) {
          if (only >= 0) {
            return -1;
          }
          only = b;
        }
      }
      return only;
    }
  }

  int derive(int state, int b) {
    synchronized (expressions) {
      return expressions.derive(state, b);
    }
  }
}
