package dev.candor.engine.generation;

import dev.candor.engine.models.SequenceState;
import java.util.Arrays;
import java.util.Optional;

/**
 * What prompts of several readings begin with. The first of them that does leaves its state here,
 * from which the others go on. Not safe for use by many threads.
 */
public final class PromptBeginning implements AutoCloseable {

  private final LanguageModel language;
  private final SessionOptions options;
  private final int[] tokens;
  private Optional<SequenceState> state = Optional.empty();

  /**
   * @param options of the session that each prompt would have
   * @param tokens ids of the vocabulary; none for prompts that have nothing in common
   */
  public PromptBeginning(LanguageModel language, SessionOptions options, int[] tokens) {
    this.language = language;
    this.options = options;
    this.tokens = tokens.clone();
  }

  LanguageModel language() {
    return language;
  }

  SessionOptions options() {
    return options;
  }

  int length() {
    return tokens.length;
  }

  /** Whether all sequences of the tree begin with it, and none ends where it does. */
  boolean isOf(PromptTree tree) {
    PromptTree.Node root = tree.root();
    int length = tokens.length;
    return length > 0
        && (length < root.to() || length == root.to() && root.ending().isEmpty())
        && Arrays.equals(tokens, 0, length, root.sequence(), 0, length);
  }

  /** The state behind it, which stays as it is; empty until it has been read. */
  Optional<SequenceState> state() {
    return state;
  }

  /** Keeps a copy of a state that has read just these tokens. */
  void keep(SequenceState read) {
    SequenceState copy =
        language.model().newState(tokens.length, options.cacheFormat(), options.adapter());
    state = Optional.of(copy);
    copy.restore(read);
  }

  @Override
  public void close() {
    state.ifPresent(SequenceState::close);
    state = Optional.empty();
  }
}
