package dev.candor.engine.models;

/**
 * Sees intermediate results on their way, for comparison with a reference. Names are those of the
 * golden files: {@code hidden.0} after the embedding, {@code mixer.i} and {@code mlp.i} before
 * their residual additions, {@code hidden.i+1} after layer i, {@code memory}, {@code shared.k},
 * {@code shared.v}, {@code final_norm}.
 */
@FunctionalInterface
public interface Trace {

  /** Looks at nothing; costs nothing. */
  Trace NONE = (name, values, offset, stride, width, tokens) -> {};

  /**
   * Values of shape [tokens, width]: element j of token t is at offset + t·stride + j. Must be read
   * before returning.
   */
  void see(String name, float[] values, int offset, int stride, int width, int tokens);
}
