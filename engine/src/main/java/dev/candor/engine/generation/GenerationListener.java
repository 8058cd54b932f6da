package dev.candor.engine.generation;

/** Sees an answer while it is generated. Called on the thread that generates. */
@FunctionalInterface
public interface GenerationListener {

  /** Looks at nothing. */
  GenerationListener NONE = token -> true;

  /**
   * A token was generated. The concatenation of all texts is the answer's text.
   *
   * @return whether to go on; {@code false} ends the answer as {@link
   *     Answer.FinishReason#CANCELLED} before another token is computed
   */
  boolean onToken(GeneratedToken token);
}
