package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.models.Adapter;

/**
 * What a session may hold.
 *
 * @param contextTokens most tokens of prompt and answers together, 1 or more
 * @param cacheFormat how keys and values are kept: F32, F16 (half the memory; rounded to 11
 *     significant bits) or Q8_0 (a quarter; 32 elements of a head share a scale, each rounded to 8
 *     bits, and the queries that meet the keys as well)
 * @param adapter what the model computes with besides its weights; {@link Adapter#NONE} for nothing
 */
public record SessionOptions(int contextTokens, BlockFormat cacheFormat, Adapter adapter) {

  public SessionOptions {
    if (contextTokens < 1) {
      throw new GenerationException(
          "out-of-range",
          "context-tokens is " + contextTokens + ", allowed is 1 or more",
          "Ask for a context of at least one token (--context).");
    }
    switch (cacheFormat) {
      case F32, F16, Q8_0 -> {}
      default ->
          throw new GenerationException(
              "out-of-range",
              "cache-format is " + cacheFormat + ", allowed are F32, F16 and Q8_0",
              "Use F32, F16 or Q8_0.");
    }
  }

  /** Without an adapter. */
  public SessionOptions(int contextTokens, BlockFormat cacheFormat) {
    this(contextTokens, cacheFormat, Adapter.NONE);
  }

  /** The same with an adapter. */
  public SessionOptions with(Adapter chosen) {
    return new SessionOptions(contextTokens, cacheFormat, chosen);
  }

  /** So many tokens, with keys and values in F16. */
  public static SessionOptions ofContext(int contextTokens) {
    return new SessionOptions(contextTokens, BlockFormat.F16);
  }
}
