package dev.candor.engine.models;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Keys and values of one layer, a row per token: all of them, or the last ones of a sliding window
 * in a ring. The ring has {@link #CHUNK} rows more than the window, so that a chunk of tokens can
 * be stored before its first token attends.
 */
public final class KeyValueCache {

  /**
   * Most tokens that are stored before they attend; a forward pass works in chunks of this many.
   */
  public static final int CHUNK = 128;

  private final Matrix keys;
  private final Matrix values;
  private final int window;

  /**
   * @param arena owns the memory
   * @param format F32 or F16
   * @param capacity most tokens of the sequence
   * @param window how many of the last tokens a query sees, itself included; capacity or more for
   *     all
   * @param width key/value heads × head size
   */
  public KeyValueCache(Arena arena, BlockFormat format, int capacity, int window, int width) {
    this.window = Math.min(window, capacity);
    int rows = rows(capacity, window);
    long bytes = format.bytes(width) * rows;
    keys = new Matrix(arena.allocate(bytes, 64), format, rows, width);
    values = new Matrix(arena.allocate(bytes, 64), format, rows, width);
  }

  /** Bytes that the constructor allocates for the same arguments. */
  public static long bytes(BlockFormat format, int capacity, int window, int width) {
    return 2 * format.bytes(width) * rows(capacity, window);
  }

  private static int rows(int capacity, int window) {
    return (int) Math.min(capacity, (long) window + CHUNK);
  }

  /** Stores the key and the value of the token at the position. */
  public void store(Kernels kernels, int position, float[] k, int kOffset, float[] v, int vOffset) {
    int row = position % keys.rows();
    kernels.storeRow(k, kOffset, keys, row);
    kernels.storeRow(v, vOffset, values, row);
  }

  /** The first position that the token at this position sees. */
  public int firstVisible(int position) {
    return Math.max(0, position - window + 1);
  }

  /**
   * scores[s] for every visible key, oldest first; see {@link Kernels#attentionScores}. Returns how
   * many there are.
   */
  public int scores(
      Kernels kernels,
      int position,
      float[] q,
      int qOffset,
      int column,
      int headSize,
      float scale,
      float[] scores,
      int scoresOffset) {
    int first = firstVisible(position);
    int count = position - first + 1;
    int row = first % keys.rows();
    int head = Math.min(count, keys.rows() - row);
    kernels.attentionScores(
        q, qOffset, keys, row, column, headSize, head, scale, scores, scoresOffset);
    if (head < count) {
      kernels.attentionScores(
          q, qOffset, keys, 0, column, headSize, count - head, scale, scores, scoresOffset + head);
    }
    return count;
  }

  /** out += Σ p[s]·V of every visible value, oldest first; see {@link Kernels#addWeightedRows}. */
  public void addWeightedValues(
      Kernels kernels,
      int position,
      float[] p,
      int pOffset,
      int column,
      int width,
      float[] out,
      int outOffset) {
    int first = firstVisible(position);
    int count = position - first + 1;
    int row = first % values.rows();
    int head = Math.min(count, values.rows() - row);
    kernels.addWeightedRows(p, pOffset, values, row, column, width, head, out, outOffset);
    if (head < count) {
      kernels.addWeightedRows(
          p, pOffset + head, values, 0, column, width, count - head, out, outOffset);
    }
  }

  /** The bytes that {@link #addSnapshot} gives for keys, and again for values, at the position. */
  public long snapshotBytes(int position) {
    return Math.min(position, window) * keys.rowBytes();
  }

  /** Adds the rows that the next token may see: keys, then values, oldest first. */
  public void addSnapshot(int position, List<MemorySegment> snapshot) {
    snapshot.add(visible(keys, position));
    snapshot.add(visible(values, position));
  }

  /**
   * Takes back what {@link #addSnapshot} gave, from index {@code at} on; returns the index behind
   * it.
   */
  public int load(int position, List<MemorySegment> snapshot, int at) {
    load(keys, position, snapshot.get(at));
    load(values, position, snapshot.get(at + 1));
    return at + 2;
  }

  private MemorySegment visible(Matrix rows, int position) {
    int count = Math.min(position, window);
    int row = (position - count) % rows.rows();
    int head = Math.min(count, rows.rows() - row);
    if (head == count) {
      return rows.slice(row, row + count).data();
    }
    MemorySegment copy = MemorySegment.ofArray(new byte[Math.toIntExact(count * rows.rowBytes())]);
    MemorySegment.copy(rows.data(), row * rows.rowBytes(), copy, 0, head * rows.rowBytes());
    MemorySegment.copy(
        rows.data(), 0, copy, head * rows.rowBytes(), (count - head) * rows.rowBytes());
    return copy;
  }

  private void load(Matrix rows, int position, MemorySegment from) {
    int count = Math.min(position, window);
    int row = (position - count) % rows.rows();
    int head = Math.min(count, rows.rows() - row);
    MemorySegment.copy(from, 0, rows.data(), row * rows.rowBytes(), head * rows.rowBytes());
    MemorySegment.copy(
        from, head * rows.rowBytes(), rows.data(), 0, (count - head) * rows.rowBytes());
  }
}
