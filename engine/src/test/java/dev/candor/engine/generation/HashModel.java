package dev.candor.engine.generation;

import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.LinearLayers;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A model that remembers a hash of its tokens and makes its logits from it: any token lost, doubled
 * or swapped on the way changes all that follows.
 */
final class HashModel implements CausalModel {

  private final int vocabulary;
  private final int contextLength;
  private final boolean keepsEveryPosition;
  private int forwardCalls;
  private int longestSpan;

  HashModel(int vocabulary, int contextLength) {
    this(vocabulary, contextLength, false);
  }

  /**
   * @param keepsEveryPosition whether its states can be taken at earlier positions
   */
  HashModel(int vocabulary, int contextLength, boolean keepsEveryPosition) {
    this.vocabulary = vocabulary;
    this.contextLength = contextLength;
    this.keepsEveryPosition = keepsEveryPosition;
  }

  /** How often it was called. */
  int forwardCalls() {
    return forwardCalls;
  }

  /** Most tokens of a sequence in one call. */
  int longestSpan() {
    return longestSpan;
  }

  @Override
  public String architecture() {
    return "hash";
  }

  @Override
  public int vocabularySize() {
    return vocabulary;
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public long stateBytes(int capacity, BlockFormat cacheFormat) {
    return 8 + 4L * capacity;
  }

  @Override
  public long workingBytes(int capacity) {
    return 0;
  }

  @Override
  public SequenceState newState(int capacity, BlockFormat cacheFormat) {
    return keepsEveryPosition ? new KeepingState(capacity) : new HashState(capacity);
  }

  @Override
  public LinearLayers linearLayers() {
    return LinearLayers.none();
  }

  @Override
  public int hiddenSize() {
    return 1;
  }

  @Override
  public void hiddenStates(List<TokenSpan> spans, float[] hidden) {
    throw new UnsupportedOperationException("it has none");
  }

  @Override
  public void forward(List<TokenSpan> spans, float[] logits, Trace trace) {
    forwardCalls++;
    int row = 0;
    for (TokenSpan span : spans) {
      if (span.length() == 0) {
        throw new IllegalArgumentException("no tokens");
      }
      longestSpan = Math.max(longestSpan, span.length());
      HashState state = (HashState) span.state();
      state.requireRoom(span.length());
      for (int i = span.from(); i < span.to(); i++) {
        state.read(span.tokens()[i]);
        boolean last = i == span.to() - 1;
        if (span.wanted() == LogitsRequest.ALL || (last && span.wanted() == LogitsRequest.LAST)) {
          for (int id = 0; id < vocabulary; id++) {
            logits[row * vocabulary + id] = (float) (8 * SplitMix64.unitAt(state.hash(), id));
          }
          row++;
        }
      }
      state.allowTakeBack(span.drafts());
    }
  }

  private static class HashState extends SequenceState {
    /** After so many tokens. */
    private final long[] hashes;

    private final int[] seen;
    private boolean closed;

    HashState(int capacity) {
      super(capacity);
      seen = new int[capacity];
      hashes = new long[capacity + 1];
    }

    long hash() {
      return hashes[position()];
    }

    void read(int token) {
      if (closed) {
        throw new IllegalStateException("used after it was closed");
      }
      seen[position()] = token;
      hashes[position() + 1] = SplitMix64.at(hash() ^ token, 1);
      advance(1);
    }

    void copyFrom(HashState other) {
      System.arraycopy(other.hashes, 0, hashes, 0, position() + 1);
      System.arraycopy(other.seen, 0, seen, 0, position());
    }

    @Override
    protected void forget(int tokens) {}

    @Override
    public List<MemorySegment> snapshot(Arena arena) {
      return List.of(
          MemorySegment.ofArray(new long[] {hash()}),
          MemorySegment.ofArray(seen).asSlice(0, 4L * position()));
    }

    @Override
    public List<Long> snapshotBytes(int position) {
      return List.of(8L, 4L * position);
    }

    @Override
    protected void load(int position, List<MemorySegment> snapshot) {
      hashes[position] = snapshot.get(0).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
      MemorySegment.copy(snapshot.get(1), 0, MemorySegment.ofArray(seen), 0, 4L * position);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class KeepingState extends HashState {

    KeepingState(int capacity) {
      super(capacity);
    }

    @Override
    public boolean keepsEveryPosition() {
      return true;
    }

    @Override
    protected void copy(SequenceState other) {
      copyFrom((HashState) other);
    }
  }
}
