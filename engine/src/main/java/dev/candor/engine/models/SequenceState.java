package dev.candor.engine.models;

import dev.candor.engine.GenerationException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What a model remembers of one sequence: caches, recurrent states, and the position. It can be
 * saved, restored and forked at its own position, and taken back by as many tokens as the last call
 * read as drafts. Closing it frees its memory.
 */
public abstract class SequenceState implements AutoCloseable {

  private final int capacity;
  private int position;
  private int drafts;
  private Adapter adapter = Adapter.NONE;

  protected SequenceState(int capacity) {
    this.capacity = capacity;
  }

  /** Tokens seen so far. */
  public final int position() {
    return position;
  }

  /** Most tokens it can hold. */
  public final int capacity() {
    return capacity;
  }

  /** What the model computes the sequence with besides its weights. */
  public final Adapter adapter() {
    return adapter;
  }

  /** Of a new state: what its sequence is computed with. */
  final void adapt(Adapter chosen) {
    adapter = chosen;
  }

  /** Throws {@code generation.context-exceeded} if there is no room for so many more tokens. */
  public final void requireRoom(int tokens) {
    if (tokens > capacity - position) {
      throw new GenerationException(
          "context-exceeded",
          "the context holds "
              + capacity
              + " tokens; "
              + position
              + " are there and "
              + tokens
              + " more were given",
          "Shorten the prompt or ask for a larger context (--context).");
    }
  }

  protected final void advance(int tokens) {
    position += tokens;
  }

  /** Goes on by tokens[from … from + count), which all layers have seen. */
  protected void advance(int[] tokens, int from, int count) {
    advance(count);
  }

  /** Of a model: how many of the tokens just read {@link #takeBack} may take back. */
  public final void allowTakeBack(int drafts) {
    this.drafts = drafts;
  }

  /**
   * Whether, of so many tokens to be read in one call, the last ones may be drafts: some models
   * cannot take every token back. 0 drafts always may.
   */
  public boolean allowsDrafts(int tokens, int drafts) {
    return true;
  }

  /**
   * Makes this the state before the last tokens, as if they had never been read.
   *
   * @param tokens at most the drafts of the last call ({@link TokenSpan#drafts}), of which each can
   *     be taken back once
   */
  public final void takeBack(int tokens) {
    if (tokens < 0 || tokens > drafts) {
      throw new IllegalArgumentException(tokens + " tokens to take back, of " + drafts);
    }
    if (tokens > 0) {
      drafts = 0;
      position -= tokens;
      forget(tokens);
    }
  }

  /** Takes back what the last tokens changed; the position is already the earlier one. */
  protected abstract void forget(int tokens);

  /**
   * The memory that a copy at this position needs, in a fixed order and independent of how the
   * tokens came in; views where possible. {@link #restore} takes segments of the same sizes.
   *
   * @param arena owns what had to be copied
   */
  public abstract List<MemorySegment> snapshot(Arena arena);

  /** The sizes in bytes of the segments that {@link #snapshot} would give at the position. */
  public abstract List<Long> snapshotBytes(int position);

  /**
   * Makes this state the one that a snapshot was taken of. Sizes must be those of {@link
   * #snapshotBytes}.
   */
  public final void restore(int position, List<MemorySegment> snapshot) {
    if (position < 0 || position > capacity) {
      throw new GenerationException(
          "state-too-long",
          "the saved state has " + position + " tokens, this context holds " + capacity,
          "Restore it with a larger context (--context).");
    }
    this.position = position;
    drafts = 0;
    load(position, snapshot);
  }

  /** Makes this state what another one of the same model is, which may have another capacity. */
  public final void restore(SequenceState other) {
    try (Arena arena = Arena.ofConfined()) {
      restore(other.position, other.snapshot(arena));
    }
  }

  protected abstract void load(int position, List<MemorySegment> snapshot);

  /**
   * Whether another state may become what this one was at any earlier position: of a model that
   * keeps something of each token and changes none of it.
   */
  public boolean keepsEveryPosition() {
    return false;
  }

  /** {@link #become(SequenceState, int)} at the other's own position. */
  public final void become(SequenceState other) {
    become(other, other.position);
  }

  /**
   * Makes this state what another one is, or was; the other stays as it is.
   *
   * @param other of the same model, capacity, cache format and adapter
   * @param at the other's position, or an earlier one if it keeps every position
   */
  public final void become(SequenceState other, int at) {
    boolean possible = at == other.position || at < other.position && other.keepsEveryPosition();
    if (other.capacity != capacity || other.adapter != adapter || !possible) {
      throw new IllegalArgumentException("the other state has another shape or position");
    }
    position = at;
    drafts = 0;
    copy(other);
  }

  /**
   * Copies the memory of another state of the same kind, as far as it belongs to this one's
   * position.
   */
  protected void copy(SequenceState other) {
    try (Arena arena = Arena.ofConfined()) {
      load(other.position, other.snapshot(arena));
    }
  }

  @Override
  public abstract void close();
}
