package dev.candor.engine.models;

import dev.candor.engine.kernels.Kernels;
import java.util.Arrays;

/**
 * Multi-head attention of encoders (arXiv 1706.03762, section 3.2): every token sees every token
 * that is not padding.
 *
 * @param query [width, inputs]
 * @param key [width, inputs]
 * @param value [width, inputs]
 * @param heads how many equal parts of the width attend by themselves
 */
record BidirectionalAttention(Linear query, Linear key, Linear value, int heads) {

  /** What it gives per token. */
  int width() {
    return query.outputs();
  }

  /**
   * pass.context[t] = softmax(q·Kᵀ / √(head size))·V per head; queries, keys and values are made of
   * the given rows, [tokens, inputs].
   */
  void apply(EncoderPass pass, float[] queries, float[] keys, float[] values) {
    int width = width();
    int tokens = pass.tokens();
    query.apply(pass.compute(), queries, 0, query.inputs(), tokens, pass.query, 0, width);
    key.apply(pass.compute(), keys, 0, key.inputs(), tokens, pass.key, 0, width);
    value.apply(pass.compute(), values, 0, value.inputs(), tokens, pass.context, 0, width);
    pass.storeAttended(pass.key, pass.context, width);

    int headSize = width / heads;
    float scale = (float) (1 / Math.sqrt(headSize));
    int attended = pass.attended();
    KeyValueCache cache = pass.cache;
    Kernels kernels = pass.compute().kernels();
    pass.compute()
        .pool()
        .run(
            tokens,
            1,
            (from, to) -> {
              float[] scores = pass.scores().take(1, attended);
              int row = KeyValueCache.MARGIN;
              int last = attended - 1;
              for (int t = from; t < to; t++) {
                for (int head = 0; head < heads; head++) {
                  int at = t * width + head * headSize;
                  cache.scores(kernels, last, head, pass.query, at, 0, 1, scale, scores, row, 0);
                  kernels.softmax(scores, row, attended);
                  Arrays.fill(pass.context, at, at + headSize, 0);
                  cache.addWeightedValues(
                      kernels, last, head, scores, row, 0, 1, pass.context, at, 0);
                }
              }
              pass.scores().giveBack(scores);
            });
  }
}
