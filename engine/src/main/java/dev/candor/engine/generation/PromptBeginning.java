package dev.candor.engine.generation;

import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.KeyValueCache;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.TokenSpan;
import dev.candor.engine.models.Trace;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What prompts of several readings begin with. The first of them that does reads it and leaves its
 * state here, from which the others go on. Not safe for use by many threads.
 */
public final class PromptBeginning implements AutoCloseable {

  private final CausalModel model;
  private final SessionOptions options;
  private final int[] tokens;
  private Optional<SequenceState> state = Optional.empty();

  /**
   * @param options of the session that each prompt would have
   * @param tokens ids of the vocabulary; none for prompts that have nothing in common
   */
  public PromptBeginning(LanguageModel language, SessionOptions options, int[] tokens) {
    this.model = language.model();
    this.options = options;
    this.tokens = tokens.clone();
  }

  int length() {
    return tokens.length;
  }

  boolean hasBeenRead() {
    return state.isPresent();
  }

  /** Whether all sequences of the tree begin with it, and none ends where it does. */
  boolean isOf(PromptTree tree) {
    PromptTree.Node root = tree.root();
    int length = tokens.length;
    return length > 0
        && (length < root.to() || length == root.to() && root.ending().isEmpty())
        && Arrays.equals(tokens, 0, length, root.sequence(), 0, length);
  }

  /** The state behind it, which stays as it is. */
  SequenceState state() {
    return state.orElseGet(this::read);
  }

  private SequenceState read() {
    SequenceState made = model.newState(tokens.length, options.cacheFormat(), options.adapter());
    state = Optional.of(made);
    for (int from = 0; from < tokens.length; from += KeyValueCache.CHUNK) {
      int to = Math.min(tokens.length, from + KeyValueCache.CHUNK);
      TokenSpan span = new TokenSpan(made, tokens, from, to, LogitsRequest.NONE);
      model.forward(List.of(span), new float[0], Trace.NONE);
    }
    return made;
  }

  @Override
  public void close() {
    state.ifPresent(SequenceState::close);
    state = Optional.empty();
  }
}
