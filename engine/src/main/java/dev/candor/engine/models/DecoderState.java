package dev.candor.engine.models;

import dev.candor.engine.kernels.BlockFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link TransformerDecoder} remembers: a cache of keys and values per layer and, while it
 * may still need to read the sequence again (LongRoPE), the token ids.
 */
final class DecoderState extends SequenceState {

  private static final ValueLayout.OfInt ID =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena = Arena.ofShared();
  private final List<KeyValueCache> caches = new ArrayList<>();
  private final int border;
  private final int[] ids;

  DecoderState(List<? extends DecoderLayer> layers, int border, int capacity, BlockFormat format) {
    super(capacity);
    this.border = border;
    ids = new int[remembered(border, capacity)];
    for (DecoderLayer layer : layers) {
      GroupedQueryAttention attention = layer.attention();
      caches.add(
          new KeyValueCache(arena, format, capacity, attention.window(), attention.cacheHeads()));
    }
  }

  /** Bytes that the constructor allocates for the same arguments. */
  static long bytes(
      List<? extends DecoderLayer> layers, int border, int capacity, BlockFormat format) {
    long bytes = 4L * remembered(border, capacity);
    for (DecoderLayer layer : layers) {
      GroupedQueryAttention attention = layer.attention();
      bytes += KeyValueCache.bytes(format, capacity, attention.window(), attention.cacheHeads());
    }
    return bytes;
  }

  private static int remembered(int border, int capacity) {
    return border == RotaryEmbedding.NO_BORDER ? 0 : Math.min(border, capacity);
  }

  KeyValueCache cache(int layer) {
    return caches.get(layer);
  }

  /** Whether so many more tokens take the sequence across the border. */
  boolean crosses(int tokens) {
    return position() > 0 && position() <= border && position() > border - tokens;
  }

  /** The ids seen so far; only before the border. */
  int[] ids() {
    return ids;
  }

  /** Forgets the sequence. */
  void rewind() {
    advance(-position());
  }

  @Override
  protected void advance(int[] newIds, int from, int tokens) {
    int room = Math.min(tokens, ids.length - position());
    if (room > 0) {
      System.arraycopy(newIds, from, ids, position(), room);
    }
    advance(tokens);
  }

  /** Drafts must not cross the border: the whole sequence is read anew then. */
  @Override
  public boolean allowsDrafts(int tokens, int drafts) {
    int end = position() + tokens;
    return end <= border || end - drafts > border;
  }

  /**
   * Nothing: a row of a cache is of no use until its position is reached again, and overwritten.
   */
  @Override
  protected void forget(int tokens) {}

  void require(int tokens) {
    requireRoom(tokens);
  }

  private long idBytes(int position) {
    return border != RotaryEmbedding.NO_BORDER && position <= border ? 4L * position : 0;
  }

  @Override
  public List<MemorySegment> snapshot(Arena copies) {
    List<MemorySegment> snapshot = new ArrayList<>();
    if (border != RotaryEmbedding.NO_BORDER) {
      byte[] copy = new byte[(int) idBytes(position())];
      MemorySegment segment = MemorySegment.ofArray(copy);
      for (int i = 0; i < copy.length / 4; i++) {
        segment.set(ID, 4L * i, ids[i]);
      }
      snapshot.add(segment);
    }
    for (KeyValueCache cache : caches) {
      cache.addSnapshot(position(), copies, snapshot);
    }
    return snapshot;
  }

  @Override
  public List<Long> snapshotBytes(int position) {
    List<Long> bytes = new ArrayList<>();
    if (border != RotaryEmbedding.NO_BORDER) {
      bytes.add(idBytes(position));
    }
    for (KeyValueCache cache : caches) {
      cache.addSnapshotBytes(position, bytes);
    }
    return bytes;
  }

  @Override
  protected void load(int position, List<MemorySegment> snapshot) {
    int at = 0;
    if (border != RotaryEmbedding.NO_BORDER) {
      MemorySegment segment = snapshot.get(at++);
      for (int i = 0; i < segment.byteSize() / 4; i++) {
        ids[i] = segment.get(ID, 4L * i);
      }
    }
    for (KeyValueCache cache : caches) {
      at = cache.load(position, snapshot, at);
    }
  }

  @Override
  public boolean keepsEveryPosition() {
    return capacity() <= border && caches.stream().allMatch(it -> it.keeps(capacity()));
  }

  @Override
  protected void copy(SequenceState other) {
    DecoderState from = (DecoderState) other;
    System.arraycopy(from.ids, 0, ids, 0, ids.length);
    for (int i = 0; i < caches.size(); i++) {
      caches.get(i).copy(from.caches.get(i), position());
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
