package dev.candor.engine.models;

import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.RotaryPairs;

/**
 * Rotary position embedding (RoFormer, arXiv 2104.09864): turns pairs of elements of a head by
 * angles that grow with the token's position, so that the product of a query and a key depends on
 * their distance only.
 *
 * <p>Pair i of a token at position p is turned by p·θᵢ. Only the first {@code 2 · frequencies}
 * elements of a head are turned. LongRoPE (arXiv 2402.13753) has two sets of frequencies: a
 * sequence of more than {@code border} tokens uses the long ones for all of its positions.
 *
 * @param frequencies θᵢ, radians per position, one per pair
 * @param longFrequencies those of sequences of more than {@code border} tokens
 * @param border the longest sequence that uses {@code frequencies}
 * @param magnitude sine and cosine are multiplied by this
 * @param pairs which elements of a head belong together
 */
public record RotaryEmbedding(
    float[] frequencies, float[] longFrequencies, int border, float magnitude, RotaryPairs pairs) {

  /** The {@link #border} of an embedding with only one set of frequencies. */
  public static final int NO_BORDER = Integer.MAX_VALUE;

  public RotaryEmbedding {
    if (frequencies.length != longFrequencies.length) {
      throw new IllegalArgumentException(
          frequencies.length + " short and " + longFrequencies.length + " long frequencies");
    }
  }

  /** An embedding whose frequencies do not depend on the length of the sequence. */
  public static RotaryEmbedding of(float[] frequencies, RotaryPairs pairs) {
    return new RotaryEmbedding(frequencies, frequencies, NO_BORDER, 1, pairs);
  }

  /** How many pairs are turned. */
  public int turned() {
    return frequencies.length;
  }

  /**
   * Sine and cosine for the tokens of a pass, computed once and used by all layers and heads. Not
   * safe for use by several threads while it is filled.
   */
  static final class Angles {

    private final RotaryEmbedding embedding;
    private final float[] angles; // [tokens, 2n]: cosines, then sines

    /**
     * @param embedding whose angles
     * @param tokens most tokens of a pass
     */
    Angles(RotaryEmbedding embedding, int tokens) {
      this.embedding = embedding;
      angles = new float[tokens * 2 * embedding.turned()];
    }

    RotaryEmbedding embedding() {
      return embedding;
    }

    /** The angles of these tokens. */
    void fill(PassTokens tokens) {
      for (int t = 0; t < tokens.tokens(); t++) {
        boolean isLong = tokens.end(t) > embedding.border;
        float[] frequencies = isLong ? embedding.longFrequencies : embedding.frequencies;
        int position = tokens.position(t);
        int n = frequencies.length;
        int cosines = t * 2 * n;
        for (int i = 0; i < n; i++) {
          // In float32, as the reference computes it; StrictMath has the same bits everywhere.
          float angle = position * frequencies[i];
          angles[cosines + i] = (float) StrictMath.cos(angle) * embedding.magnitude;
          angles[cosines + n + i] = (float) StrictMath.sin(angle) * embedding.magnitude;
        }
      }
    }

    /** Turns some heads of the pass's token t, in place; see {@link Kernels#rotate}. */
    void turn(Kernels kernels, int t, float[] x, int offset, int headSize, int heads) {
      int n = embedding.turned();
      kernels.rotate(embedding.pairs, angles, t * 2 * n, n, x, offset, headSize, heads);
    }
  }
}
