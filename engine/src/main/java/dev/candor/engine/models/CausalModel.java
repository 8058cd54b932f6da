package dev.candor.engine.models;

import dev.candor.engine.kernels.BlockFormat;
import java.util.List;

/**
 * A decoder: reads tokens, gives logits of the next one. Immutable after loading; all that changes
 * is in the {@link SequenceState}, so that one model serves many sequences (one thread per state at
 * a time).
 */
public interface CausalModel {

  /** Hugging Face {@code model_type}. */
  String architecture();

  int vocabularySize();

  /** The longest context the model was made for, in tokens. */
  int contextLength();

  /** Bytes that {@link #newState} will allocate for such a state. */
  long stateBytes(int capacity, BlockFormat cacheFormat);

  /**
   * Bytes of the buffers and of the threads' scratch that {@link #forward} keeps for later calls,
   * for one sequence at a time of up to so many tokens, and of what its state keeps to take drafts
   * back. What the kernels keep is an estimate.
   */
  long workingBytes(int capacity);

  /**
   * An empty state.
   *
   * @param capacity most tokens it can hold
   * @param cacheFormat F32, F16 (half the memory; keys and values rounded to 11 significant bits)
   *     or Q8_0 (a quarter; see {@link KeyValueCache})
   * @throws dev.candor.engine.GenerationException {@code generation.cache-format-unfit} if the
   *     heads do not fill whole blocks of the format
   */
  SequenceState newState(int capacity, BlockFormat cacheFormat);

  /** The layers that an adapter may change. */
  LinearLayers linearLayers();

  /**
   * An empty state whose sequence is computed with an adapter.
   *
   * @throws dev.candor.engine.AdapterException {@code adapter.other-model} if it was made for
   *     another model
   */
  default SequenceState newState(int capacity, BlockFormat cacheFormat, Adapter adapter) {
    adapter.requireOf(linearLayers());
    SequenceState state = newState(capacity, cacheFormat);
    state.adapt(adapter);
    return state;
  }

  /**
   * Advances one or more sequences by a span of tokens each and gives the wanted logits. The
   * weights are read once for up to {@value PassTokens#MOST} tokens of all spans together.
   *
   * <p>The result has the same bits however the tokens are divided into calls, and whatever other
   * sequences there are. One exception: with LongRoPE, logits of tokens before the border know how
   * long the sequence is when the call returns; see {@link RotaryEmbedding#border}.
   *
   * @param spans of different sequences; ids below {@link #vocabularySize()}
   * @param logits out, [wanted tokens, vocabulary], from index 0, in the order of the spans; may be
   *     empty if none are wanted
   * @throws dev.candor.engine.GenerationException {@code generation.context-exceeded} if a state
   *     has no room, {@code generation.token-out-of-range}; all states are then unchanged
   */
  void forward(List<TokenSpan> spans, float[] logits, Trace trace);

  /** The same for tokens[from … to) of one sequence. */
  default void forward(
      SequenceState state,
      int[] tokens,
      int from,
      int to,
      LogitsRequest wanted,
      float[] logits,
      Trace trace) {
    forward(List.of(new TokenSpan(state, tokens, from, to, wanted)), logits, trace);
  }

  /**
   * Whether other sequences are read in the same passes now, so that drafts, which may be in vain,
   * would take time from them.
   */
  default boolean servesOthers() {
    return false;
  }

  /**
   * Says that the calling thread asks for nothing more for now: a model that reads sequences in the
   * same passes need not wait for its next token.
   */
  default void pauses() {}

  /** Width of a hidden state. */
  int hiddenSize();

  /**
   * Like {@link #forward}, but gives the hidden states that logits would be made from: the output
   * of the final norm. No logit is computed, and of layers that keep nothing between tokens only
   * what the wanted states need.
   *
   * @param hidden out, [wanted tokens, {@link #hiddenSize}], from index 0, in the order of the
   *     spans
   */
  void hiddenStates(List<TokenSpan> spans, float[] hidden);
}
