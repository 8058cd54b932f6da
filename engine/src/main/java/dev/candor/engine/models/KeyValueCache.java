package dev.candor.engine.models;

import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.CacheBlocks;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Layout;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.kernels.StripFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and values of one layer, a row per token: all of them, or the last ones of a sliding window
 * in a ring. The ring has {@link #CHUNK} rows more than the window, so that a chunk of tokens can
 * be stored before its first token attends.
 *
 * <p>Each head has a matrix of its own, which a query streams from end to end: keys in strips of 16
 * tokens, which are scored together, values in rows. In Q8_0, 32 elements of a head share a scale;
 * keys then meet the query as weights meet activations, both rounded to 8 bits.
 */
public final class KeyValueCache {

  /**
   * Most tokens that are stored before they attend; a forward pass works in chunks of this many.
   */
  public static final int CHUNK = 128;

  /** Elements before and behind a row of scores that may be overwritten. */
  public static final int MARGIN = StripFormat.ROWS;

  /**
   * What a token leaves behind.
   *
   * @param keys how many key heads, of {@code keySize} elements
   * @param values how many value heads, of {@code valueSize} elements
   */
  public record Heads(int keys, int keySize, int values, int valueSize) {

    /** As many value as key heads, all of one size. */
    public static Heads equal(int heads, int size) {
      return new Heads(heads, size, heads, size);
    }

    /** Elements of all keys of a token. */
    int keyWidth() {
      return keys * keySize;
    }

    /** Elements of all values of a token. */
    int valueWidth() {
      return values * valueSize;
    }
  }

  private final Heads heads;
  private final List<Matrix> keys = new ArrayList<>();
  private final List<Matrix> values = new ArrayList<>();
  private final int window;
  private final int rows;

  /**
   * @param arena owns the memory
   * @param format F32, F16 or Q8_0
   * @param capacity most tokens of the sequence
   * @param window how many of the last tokens a query sees, itself included; capacity or more for
   *     all
   * @throws GenerationException {@code generation.cache-format-unfit} if the format is Q8_0 and a
   *     head is not made of whole blocks
   */
  public KeyValueCache(Arena arena, BlockFormat format, int capacity, int window, Heads heads) {
    requireFit(format, heads);
    this.heads = heads;
    this.window = Math.min(window, capacity);
    this.rows = rows(capacity, window);
    for (int i = 0; i < heads.keys(); i++) {
      keys.add(matrix(arena, format, heads.keySize(), Layout.STRIPS));
    }
    for (int i = 0; i < heads.values(); i++) {
      values.add(matrix(arena, format, heads.valueSize(), Layout.ROWS));
    }
  }

  private Matrix matrix(Arena arena, BlockFormat format, int columns, Layout layout) {
    long bytes = Matrix.bytes(format, rows, columns, layout);
    return new Matrix(ZeroedMemory.allocate(arena, bytes), format, rows, columns, layout);
  }

  private static void requireFit(BlockFormat format, Heads heads) {
    int block = format.blockElements();
    if (heads.keySize() % block != 0 || heads.valueSize() % block != 0) {
      throw new GenerationException(
          "cache-format-unfit",
          "cache-format is "
              + format
              + ", in blocks of "
              + block
              + " elements; this model's heads have "
              + heads.keySize(),
          "Use F16 or F32 (--cache-format).");
    }
  }

  /** Bytes that the constructor allocates for the same arguments. */
  public static long bytes(BlockFormat format, int capacity, int window, Heads heads) {
    requireFit(format, heads);
    return rows(capacity, window)
        * (format.bytes(heads.keyWidth()) + format.bytes(heads.valueWidth()));
  }

  /** Whole strips, so that the ring closes between two of them. */
  private static int rows(int capacity, int window) {
    long rows = Math.min(capacity, (long) window + CHUNK);
    return (int) (rows + StripFormat.ROWS - 1) / StripFormat.ROWS * StripFormat.ROWS;
  }

  /** Stores the key and the value of the token at the position. */
  public void store(Kernels kernels, int position, float[] k, int kOffset, float[] v, int vOffset) {
    int row = position % rows;
    for (int i = 0; i < heads.keys(); i++) {
      kernels.storeRow(k, kOffset + i * heads.keySize(), keys.get(i), row);
    }
    for (int i = 0; i < heads.values(); i++) {
      kernels.storeRow(v, vOffset + i * heads.valueSize(), values.get(i), row);
    }
  }

  /** The first position that the token at this position sees. */
  public int firstVisible(int position) {
    return Math.max(0, position - window + 1);
  }

  /**
   * Scores of every key of a head that the token at the position sees, oldest first, for several
   * queries; see {@link Kernels#attentionScores}. Returns how many there are.
   */
  public int scores(
      Kernels kernels,
      int position,
      int head,
      float[] q,
      int qOffset,
      int qStride,
      int queries,
      float scale,
      float[] scores,
      int scoresOffset,
      int scoresStride) {
    int first = firstVisible(position);
    int count = position - first + 1;
    int row = first % rows;
    int some = Math.min(count, rows - row);
    Matrix k = keys.get(head);
    kernels.attentionScores(
        q, qOffset, qStride, queries, k, row, some, scale, scores, scoresOffset, scoresStride);
    if (some < count) {
      int rest = scoresOffset + some;
      kernels.attentionScores(
          q, qOffset, qStride, queries, k, 0, count - some, scale, scores, rest, scoresStride);
    }
    return count;
  }

  /** out += Σ p[s]·V of the same; see {@link Kernels#addWeightedRows}. */
  public void addWeightedValues(
      Kernels kernels,
      int position,
      int head,
      float[] p,
      int pOffset,
      int pStride,
      int queries,
      float[] out,
      int outOffset,
      int outStride) {
    int first = firstVisible(position);
    int count = position - first + 1;
    int row = first % rows;
    int some = Math.min(count, rows - row);
    Matrix v = values.get(head);
    kernels.addWeightedRows(p, pOffset, pStride, queries, v, row, some, out, outOffset, outStride);
    if (some < count) {
      kernels.addWeightedRows(
          p, pOffset + some, pStride, queries, v, 0, count - some, out, outOffset, outStride);
    }
  }

  /** The sizes of what {@link #addSnapshot} gives at the position: of keys, then of values. */
  public void addSnapshotBytes(int position, List<Long> bytes) {
    bytes.add(snapshotBytes(position, keys));
    bytes.add(snapshotBytes(position, values));
  }

  private long snapshotBytes(int position, List<Matrix> matrices) {
    long tokens = Math.min(position, window);
    return tokens * matrices.size() * matrices.getFirst().rowBytes();
  }

  /**
   * Adds copies of the rows that the next token may see: keys, then values, oldest first, a token's
   * heads one after the other.
   */
  public void addSnapshot(int position, Arena arena, List<MemorySegment> snapshot) {
    for (List<Matrix> matrices : List.of(keys, values)) {
      MemorySegment copy = arena.allocate(snapshotBytes(position, matrices));
      exchange(matrices, position, copy, true);
      snapshot.add(copy);
    }
  }

  /**
   * Takes back what {@link #addSnapshot} gave, from index {@code at} on; returns the index behind
   * it.
   */
  public int load(int position, List<MemorySegment> snapshot, int at) {
    exchange(keys, position, snapshot.get(at), false);
    exchange(values, position, snapshot.get(at + 1), false);
    return at + 2;
  }

  /** Whether so many tokens have each a row of their own. */
  boolean keeps(int tokens) {
    return rows >= tokens;
  }

  /** Takes the first rows of another cache of the same shape: those that hold a token. */
  void copy(KeyValueCache other, int position) {
    int used = Math.min(position, rows);
    int strips = (used + StripFormat.ROWS - 1) / StripFormat.ROWS;
    for (int i = 0; i < keys.size(); i++) {
      copy(other.keys.get(i), keys.get(i), strips * keys.get(i).stripBytes());
    }
    for (int i = 0; i < values.size(); i++) {
      copy(other.values.get(i), values.get(i), used * values.get(i).rowBytes());
    }
  }

  private static void copy(Matrix from, Matrix to, long bytes) {
    MemorySegment.copy(from.data(), 0, to.data(), 0, bytes);
  }

  private void exchange(List<Matrix> matrices, int position, MemorySegment copy, boolean out) {
    int count = Math.min(position, window);
    long at = 0;
    for (int token = position - count; token < position; token++) {
      for (Matrix matrix : matrices) {
        if (out) {
          CacheBlocks.read(matrix, token % rows, copy, at);
        } else {
          CacheBlocks.write(matrix, token % rows, copy, at);
        }
        at += matrix.rowBytes();
      }
    }
  }
}
