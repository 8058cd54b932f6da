package dev.candor.engine.generation;

import java.util.List;
import java.util.Optional;

/**
 * What was generated.
 *
 * @param text all of it, without stop string or end token
 * @param tokens every generated token, the end token included if the model gave one
 * @param reason why it ended
 * @param promptTokens tokens that the session held before the first generated one
 * @param steps passes of the model behind the prompt; with {@link Speculation} there may be fewer
 *     than tokens
 * @param logitsDigest if the request asked for it, over all logits of each step and the tokens: 64
 *     lower-case hexadecimal digits. The same session and request give the same, whatever the
 *     number of threads, the kernels, the speculation, or the saved state it resumed from; other
 *     logits give another, even where they changed no token. For each token in turn it takes the
 *     row of logits it was chosen from, then the token; of one that a constraint left no choice of,
 *     so that the model was not asked, the token alone. docs/reference/logits-digest.md defines it
 */
public record Answer(
    String text,
    List<GeneratedToken> tokens,
    FinishReason reason,
    int promptTokens,
    int steps,
    Optional<String> logitsDigest) {

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
