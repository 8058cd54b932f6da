package dev.candor.training.layers;

import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.models.RotaryEmbedding;

/**
 * Cosines and sines of a {@link RotaryEmbedding}, for positions from 0 on, in the engine's own
 * float32. To turn back is to turn by the opposite angles: that takes a gradient backwards.
 */
public final class RotaryTable {

  /** Positions that are computed at a time. */
  private static final int STEP = 256;

  private final RotaryEmbedding embedding;
  private Angles shorter = new Angles(0, new float[0], new float[0]);
  private Angles longer = shorter;

  /** [positions, 2n]: cosines, then sines, or their negatives. */
  private record Angles(int positions, float[] forward, float[] back) {}

  public RotaryTable(RotaryEmbedding embedding) {
    this.embedding = embedding;
  }

  /**
   * Turns the heads of a sequence's tokens, in place.
   *
   * @param back by the opposite angles
   * @param x head h of token t at {@code offset + t * stride + h * headSize}
   */
  void turn(
      Kernels kernels,
      boolean back,
      int length,
      float[] x,
      int offset,
      int stride,
      int headSize,
      int heads) {
    Angles angles = angles(length);
    float[] values = back ? angles.back : angles.forward;
    int n = embedding.turned();
    for (int t = 0; t < length; t++) {
      kernels.rotate(
          embedding.pairs(), values, t * 2 * n, n, x, offset + t * stride, headSize, heads);
    }
  }

  /** Those of a sequence of this length. */
  private synchronized Angles angles(int length) {
    boolean isLong = length > embedding.border();
    Angles known = isLong ? longer : shorter;
    if (known.positions >= length) {
      return known;
    }
    Angles more = compute(Math.ceilDiv(length, STEP) * STEP, isLong);
    if (isLong) {
      longer = more;
    } else {
      shorter = more;
    }
    return more;
  }

  private Angles compute(int positions, boolean isLong) {
    float[] frequencies = isLong ? embedding.longFrequencies() : embedding.frequencies();
    int n = frequencies.length;
    float[] forward = new float[Math.multiplyExact(positions, 2 * n)];
    float[] back = new float[forward.length];
    for (int position = 0; position < positions; position++) {
      int at = position * 2 * n;
      for (int i = 0; i < n; i++) {
        float angle = position * frequencies[i];
        forward[at + i] = (float) StrictMath.cos(angle) * embedding.magnitude();
        forward[at + n + i] = (float) StrictMath.sin(angle) * embedding.magnitude();
        back[at + i] = forward[at + i];
        back[at + n + i] = -forward[at + n + i];
      }
    }
    return new Angles(positions, forward, back);
  }
}
