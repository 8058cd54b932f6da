package dev.candor.engine.kernels;

import java.util.Arrays;

/**
 * {@link Kernels#attentionScores} with keys in Q8_0: a product with a quantised matrix like any
 * other, whose inputs are the queries times the scale. What a thread needs to work without
 * allocating.
 */
final class QuantisedScores {

  private static final ThreadLocal<QuantisedScores> OF_THREAD =
      ThreadLocal.withInitial(QuantisedScores::new);

  private final Inputs inputs = new Inputs();
  private float[] scaled = new float[0];

  private QuantisedScores() {}

  /** By the given kernels, whose callers have checked the operands. */
  static void scores(
      Kernels kernels,
      float[] q,
      int qOffset,
      int qStride,
      int queries,
      Matrix keys,
      int firstRow,
      int count,
      float scale,
      float[] scores,
      int scoresOffset,
      int scoresStride) {
    if (count == 0 || queries == 0) {
      return;
    }
    Inputs in = OF_THREAD.get().take(kernels, q, qOffset, qStride, queries, keys.columns(), scale);
    int strip = firstRow - firstRow % StripFormat.ROWS;
    int rowZero = scoresOffset - firstRow;
    kernels.multiply(keys, strip, firstRow + count, in, scores, rowZero, scoresStride);
  }

  private Inputs take(
      Kernels kernels, float[] q, int qOffset, int qStride, int queries, int columns, float scale) {
    int elements = queries * columns;
    if (scaled.length < elements) {
      scaled = new float[elements];
    }
    Arrays.fill(scaled, 0, elements, 0);
    for (int i = 0; i < queries; i++) {
      kernels.addScaled(scale, q, qOffset + i * qStride, scaled, i * columns, columns);
    }
    inputs.take(scaled, 0, columns, queries, columns, true);
    kernels.round(inputs, 0, queries);
    return inputs;
  }
}
