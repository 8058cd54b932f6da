package dev.candor.engine.generation;

import java.util.List;

/**
 * What was generated.
 *
 * @param text all of it, without stop string or end token
 * @param tokens every generated token, the end token included if the model gave one
 * @param reason why it ended
 * @param promptTokens tokens that the session held before the first generated one
 * @param steps passes of the model behind the prompt; with {@link Speculation} there may be fewer
 *     than tokens
 */
public record Answer(
    String text, List<GeneratedToken> tokens, FinishReason reason, int promptTokens, int steps) {

  /** Why an answer ended. */
  public enum FinishReason {
    /** The model gave an end token, or nothing more may follow. */
    END,
    /** A stop string appeared. */
    STOP_STRING,
    /** The requested number of tokens was reached. */
    LENGTH,
    /** The context is full. */
    CONTEXT_FULL,
    /** The caller asked to stop. */
    CANCELLED
  }
}
