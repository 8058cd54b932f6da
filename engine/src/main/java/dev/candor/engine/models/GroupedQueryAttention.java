package dev.candor.engine.models;

import dev.candor.engine.kernels.Inputs;
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

  /** In how many parts attention is divided for each thread, so that nobody waits for the last. */
  private static final int GRAINS = 16;

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

  /** How many key/value heads. */
  private int keyValueHeads() {
    return key.outputs() / headSize;
  }

  /** How many query heads share a key/value head. */
  int queriesPerKey() {
    return heads() / keyValueHeads();
  }

  /** What a token leaves in the cache. */
  public KeyValueCache.Heads cacheHeads() {
    return KeyValueCache.Heads.equal(keyValueHeads(), headSize);
  }

  /** Key/value heads × head size. */
  public int cacheWidth() {
    return key.outputs();
  }

  /**
   * pass.branch[t] = output(attention(pass.branch[t])) for each token of the pass; its keys and
   * values go to its sequence's cache.
   */
  void apply(Pass pass) {
    int tokens = pass.tokens();
    int queryWidth = query.outputs();
    int width = cacheWidth();
    float[] x = pass.branch;
    Compute compute = pass.compute();
    boolean quantised = query.isQuantised() || key.isQuantised() || value.isQuantised();
    Inputs in = Linear.inputs(compute, quantised, x, 0, pass.width(), tokens, query.inputs());
    project(compute, in, pass);

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
                int position = pass.batch().position(t);
                pass.cache(t).store(kernels, position, pass.key, t * width, pass.value, t * width);
              }
            });

    int group = queriesPerKey();
    int parts = parts(pass.compute().pool().threads(), group, tokens);
    int tasks = keyValueHeads() * parts;
    pass.compute()
        .pool()
        .run(
            tokens * tasks,
            Math.max(1, tokens * tasks / (GRAINS * compute.pool().threads())),
            (from, to) -> {
              int visible = pass.batch().mostVisible();
              int stride = ScoreRows.stride(visible);
              float[] scores = pass.scores().take(group, visible);
              for (int i = from; i < to; i++) {
                // The tokens of a head follow each other: its keys and values stay in the cache.
                int first = i / tokens * group / parts;
                int behind = (i / tokens + 1) * group / parts;
                attend(kernels, pass, i % tokens, first, behind - first, scores, stride);
              }
              pass.scores().giveBack(scores);
            });
    output.apply(pass.compute(), pass.batch(), pass.context, 0, queryWidth, x, 0, pass.width());
  }

  /** Queries, keys and values in one loop: each by itself is too short to divide evenly. */
  private void project(Compute compute, Inputs in, Pass pass) {
    Kernels kernels = compute.kernels();
    AdaptedTokens adapted = pass.batch().adapted();
    adapted.prepare(compute, 0, query, pass.branch, 0, pass.width());
    adapted.prepare(compute, 1, key, pass.branch, 0, pass.width());
    adapted.prepare(compute, 2, value, pass.branch, 0, pass.width());
    int queries = Linear.wholeGrains(query.outputs());
    int keys = Linear.wholeGrains(key.outputs());
    int width = cacheWidth();
    compute
        .pool()
        .run(
            queries + 2 * keys,
            Linear.GRAIN,
            (from, to) -> {
              if (from < queries) {
                query.applyRows(kernels, adapted, 0, from, to, in, pass.query, 0, query.outputs());
              } else if (from < queries + keys) {
                int first = from - queries;
                key.applyRows(kernels, adapted, 1, first, to - queries, in, pass.key, 0, width);
              } else {
                int before = queries + keys;
                int first = from - before;
                value.applyRows(kernels, adapted, 2, first, to - before, in, pass.value, 0, width);
              }
            });
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
    if (norm.isPresent()) {
      RmsNorm n = norm.get();
      for (int head = offset; head < offset + width; head += headSize) {
        kernels.rmsNorm(rows, head, n.weight(), n.epsilon(), headSize, rows, head);
      }
    }
    angles.turn(kernels, t, rows, offset, headSize, width / headSize);
  }

  /**
   * In how many parts the queries of a key/value head are divided, so that all threads have equally
   * much to do for one token.
   */
  private int parts(int threads, int group, int tokens) {
    int parts = 1;
    while (tokens == 1 && parts < group && keyValueHeads() * parts % threads != 0) {
      parts++;
    }
    return parts;
  }

  /**
   * context[t, head] = softmax(scale · q·Kᵀ)·V over the keys that token t sees, for some heads that
   * share keys and values.
   */
  private void attend(
      Kernels kernels, Pass pass, int t, int head, int heads, float[] scores, int stride) {
    int position = pass.batch().position(t);
    KeyValueCache cache = pass.cache(t);
    int at = t * query.outputs() + head * headSize;
    int shared = head / queriesPerKey();
    int row = KeyValueCache.MARGIN;
    int visible =
        cache.scores(
            kernels, position, shared, pass.query, at, headSize, heads, scale, scores, row, stride);
    for (int i = 0; i < heads; i++) {
      kernels.softmax(scores, row + i * stride, visible);
    }
    Arrays.fill(pass.context, at, at + heads * headSize, 0);
    cache.addWeightedValues(
        kernels, position, shared, scores, row, stride, heads, pass.context, at, headSize);
  }
}
