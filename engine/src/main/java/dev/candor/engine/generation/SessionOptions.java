package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.BlockFormat;

/**
 * What a session may hold.
 *
 * @param contextTokens most tokens of prompt and answers together, 1 or more
 * @param cacheFormat how keys and values are kept: F32, or F16 (half the memory; rounded to 11
 *     significant bits)
 */
public record SessionOptions(int contextTokens, BlockFormat cacheFormat) {

  public SessionOptions {
    if (contextTokens < 1) {
      throw new GenerationException(
          "out-of-range",
          "context-tokens is " + contextTokens + ", allowed is 1 or more",
          "Ask for a context of at least one token (--context).");
    }
    if (cacheFormat != BlockFormat.F32 && cacheFormat != BlockFormat.F16) {
      throw new GenerationException(
          "out-of-range",
          "cache-format is " + cacheFormat + ", allowed are F32 and F16",
          "Use F32 or F16.");
    }
  }

  /** So many tokens, with keys and values in F16. */
  public static SessionOptions ofContext(int contextTokens) {
    return new SessionOptions(contextTokens, BlockFormat.F16);
  }
}
