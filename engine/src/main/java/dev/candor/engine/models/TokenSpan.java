package dev.candor.engine.models;

import java.util.Objects;

/**
 * Tokens that one sequence reads in a call of {@link CausalModel#forward}.
 *
 * @param state of the sequence; advanced by the call
 * @param tokens ids; read are those in [from, to)
 * @param wanted for which of them logits are wanted
 * @param drafts how many of them, the last ones, {@link SequenceState#takeBack} may take back
 *     before the sequence goes on
 */
public record TokenSpan(
    SequenceState state, int[] tokens, int from, int to, LogitsRequest wanted, int drafts) {

  /**
   * Most drafts of a span. With the token before them they are one tile of the int8 products, which
   * reads the weights once; recurrent models keep their state from before each.
   */
  public static final int MOST_DRAFTS = 7;

  /**
   * @throws IndexOutOfBoundsException if [from, to) is no range of the tokens
   * @throws IllegalArgumentException if there are more drafts than {@value #MOST_DRAFTS}, or than
   *     tokens
   */
  public TokenSpan {
    Objects.checkFromToIndex(from, to, tokens.length);
    if (drafts < 0 || drafts > Math.min(MOST_DRAFTS, to - from)) {
      throw new IllegalArgumentException(drafts + " drafts of " + (to - from) + " tokens");
    }
  }

  /** Tokens that nobody takes back. */
  public TokenSpan(SequenceState state, int[] tokens, int from, int to, LogitsRequest wanted) {
    this(state, tokens, from, to, wanted, 0);
  }

  /** How many tokens are read. */
  public int length() {
    return to - from;
  }

  /** The index of the first token whose logits are wanted; {@code to} if there is none. */
  int firstWanted() {
    return switch (wanted) {
      case NONE -> to;
      case LAST -> Math.max(from, to - 1);
      case ALL -> from;
    };
  }
}
