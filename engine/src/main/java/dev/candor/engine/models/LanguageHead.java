package dev.candor.engine.models;

/**
 * From the last hidden state to a logit per token id: logits = x·Wᵀ + b, then, if configured, the
 * soft cap c·tanh(logits / c) of Gemma 2 (arXiv 2408.00118, section 2).
 *
 * @param projection [vocabulary, width]; with tied weights the matrix of the {@link Embedding}
 * @param softCap c, or 0 for none
 */
public record LanguageHead(Linear projection, float softCap) {

  /** Tokens whose logits are computed per pass over the weights. */
  private static final int TOKENS = 32;

  /** How many logits a token has. */
  public int vocabularySize() {
    return projection.outputs();
  }

  /**
   * logits[t] for each row of x, [tokens, width] at xOffset with xStride.
   *
   * @param logits out, [tokens, vocabulary] from logitsOffset, dense
   */
  public void apply(
      Compute compute,
      float[] x,
      int xOffset,
      int xStride,
      int tokens,
      float[] logits,
      int logitsOffset) {
    int vocabulary = vocabularySize();
    for (int t = 0; t < tokens; t += TOKENS) {
      int some = Math.min(TOKENS, tokens - t);
      int offset = logitsOffset + t * vocabulary;
      projection.apply(
          compute, x, xOffset + t * xStride, xStride, some, logits, offset, vocabulary);
      if (softCap != 0) {
        SoftCap.apply(compute.kernels(), softCap, logits, offset, some * vocabulary);
      }
    }
  }
}
