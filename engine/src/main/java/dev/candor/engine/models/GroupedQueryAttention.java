package dev.candor.engine.models;

import dev.candor.engine.kernels.Kernels;
import java.util.Arrays;
import java.util.Optional;

/**
 * Causal self-attention whose query heads share key/value heads in groups (arXiv 2305.13245), with
 * rotary positions and, where there is a window, only the last keys in view (arXiv 2310.06825,
 * section 2). Head h of the queries reads key/value head h / (heads / keyValueHeads).
 *
 * @param query [heads · headSize, width]
 * @param key [keyValueHeads · headSize, width]
 * @param value [keyValueHeads · headSize, width]
 * @param output [width, heads · headSize]
 * @param queryNorm [headSize], for each query head before it is turned (Gemma 3); empty for none
 * @param keyNorm [headSize], likewise for each key head
 * @param headSize elements of a head
 * @param scale of the scores, before the softmax
 * @param window how many of the last tokens a query sees, itself included
 * @param rotary positions
 */
public record GroupedQueryAttention(
    Linear query,
    Linear key,
    Linear value,
    Linear output,
    Optional<RmsNorm> queryNorm,
    Optional<RmsNorm> keyNorm,
    int headSize,
    float scale,
    int window,
    RotaryEmbedding rotary) {

  /** Tokens that one thread takes at a time when heads are turned and stored. */
  private static final int GRAIN = 4;

  public GroupedQueryAttention {
    if (query.outputs() % headSize != 0
        || key.outputs() % headSize != 0
        || value.outputs() != key.outputs()
        || query.outputs() % key.outputs() != 0
        || output.inputs() != query.outputs()) {
      throw new IllegalArgumentException("projections of an attention layer do not fit");
    }
  }

  /** How many query heads. */
  public int heads() {
    return query.outputs() / headSize;
  }

  /** Key/value heads × head size: the width of a row of the cache. */
  public int cacheWidth() {
    return key.outputs();
  }

  /**
   * pass.branch[t] = output(attention(pass.branch[t])) for each token of the chunk; its keys and
   * values go to the cache.
   */
  void apply(Pass pass, KeyValueCache cache) {
    int tokens = pass.tokens();
    int queryWidth = query.outputs();
    int width = cacheWidth();
    float[] x = pass.branch;
    query.apply(pass.compute(), x, 0, pass.width(), tokens, pass.query, 0, queryWidth);
    key.apply(pass.compute(), x, 0, pass.width(), tokens, pass.key, 0, width);
    value.apply(pass.compute(), x, 0, pass.width(), tokens, pass.value, 0, width);

    RotaryEmbedding.Angles angles = pass.angles(rotary);
    Kernels kernels = pass.compute().kernels();
    pass.compute()
        .pool()
        .run(
            tokens,
            GRAIN,
            (from, to) -> {
              for (int t = from; t < to; t++) {
                prepare(kernels, angles, t, queryNorm, pass.query, t * queryWidth, queryWidth);
                prepare(kernels, angles, t, keyNorm, pass.key, t * width, width);
                cache.store(
                    kernels, pass.position() + t, pass.key, t * width, pass.value, t * width);
              }
            });

    int heads = heads();
    pass.compute()
        .pool()
        .run(
            tokens * heads,
            tokens == 1 ? 1 : heads,
            (from, to) -> {
              float[] scores = pass.scores().take(pass.position() + tokens);
              for (int i = from; i < to; i++) {
                attend(kernels, cache, pass, i / heads, i % heads, scores);
              }
              pass.scores().giveBack(scores);
            });
    output.apply(pass.compute(), pass.context, 0, queryWidth, tokens, x, 0, pass.width());
  }

  /** Normalises, if configured, and turns each head of token t. */
  private void prepare(
      Kernels kernels,
      RotaryEmbedding.Angles angles,
      int t,
      Optional<RmsNorm> norm,
      float[] rows,
      int offset,
      int width) {
    for (int head = offset; head < offset + width; head += headSize) {
      if (norm.isPresent()) {
        RmsNorm n = norm.get();
        kernels.rmsNorm(rows, head, n.weight(), n.epsilon(), headSize, rows, head);
      }
      angles.turn(t, rows, head);
    }
  }

  /** context[t, head] = softmax(scale · q·Kᵀ)·V over the keys that token t sees. */
  private void attend(
      Kernels kernels, KeyValueCache cache, Pass pass, int t, int head, float[] scores) {
    int position = pass.position() + t;
    int at = t * query.outputs() + head * headSize;
    int column = head / (query.outputs() / cacheWidth()) * headSize;
    int visible =
        cache.scores(kernels, position, pass.query, at, column, headSize, scale, scores, 0);
    kernels.softmax(scores, 0, visible);
    Arrays.fill(pass.context, at, at + headSize, 0);
    cache.addWeightedValues(kernels, position, scores, 0, column, headSize, pass.context, at);
  }
}
