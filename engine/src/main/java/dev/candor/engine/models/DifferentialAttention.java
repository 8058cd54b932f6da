package dev.candor.engine.models;

import dev.candor.engine.kernels.Kernels;
import java.util.Arrays;

/**
 * Differential attention (Ye et al., arXiv 2410.05258) over neighbouring heads. Query heads 2p and
 * 2p+1 attend to key heads 2g and 2g+1 of their group, g = ⌊p·nk/nq⌋, and share the values of both:
 *
 * <pre>
 *   P1 = softmax(Q[2p] K[2g]ᵀ / √D)        P2 = softmax(Q[2p+1] K[2g+1]ᵀ / √D)
 *   o  = (P1 − λ P2) [V[2g], V[2g+1]]                                      2D wide
 *   o  = (1 − λinit) · RMSNorm(o)
 *   λ  = exp(λq1·λk1) − exp(λq2·λk2) + λinit        λinit = 0.8 − 0.6 exp(−0.3 i), i the layer's index
 * </pre>
 *
 * <p>Subtracting the two distributions before they meet the values halves the work on the values.
 * Keys and values come from a cache: the layer's own, or (cross attention) another layer's.
 */
final class DifferentialAttention {

  /**
   * The epsilon of the norm behind the difference: a constant of the reference, whatever
   * layer_norm_eps says.
   */
  private static final float SUBLAYER_NORM_EPSILON = 1e-5f;

  /** In how many parts the work is divided for each thread, so that nobody waits for the last. */
  private static final int GRAINS = 16;

  private final Linear queries; // [nq·D, H]
  private final Linear outProjection; // [H, nq·D]
  private final float[] normWeight; // subln.weight · (1 − λinit), [2D]
  private final float lambda;
  private final int headSize;
  private final int pairs; // nq / 2
  private final int pairsPerGroup; // nq / nk
  private final float scale;

  /**
   * @param layer prefix of the layer's tensors
   * @param index of the layer in the whole stack, 0-based
   * @param queries rows [0, nq·D) of Wqkv
   */
  DifferentialAttention(
      CheckpointTensors tensors, String layer, SambaYConfig config, int index, Linear queries) {
    this.queries = queries;
    headSize = config.headSize();
    pairs = config.heads() / 2;
    pairsPerGroup = config.heads() / config.keyValueHeads();
    scale = (float) (1 / Math.sqrt(headSize));
    outProjection = tensors.linear(layer + "attn.out_proj", config.hidden(), config.hidden(), true);
    float lambdaInit = (float) (0.8 - 0.6 * StrictMath.exp(-0.3 * index));
    lambda =
        lambdaTerm(tensors, layer, "q1", "k1")
            - lambdaTerm(tensors, layer, "q2", "k2")
            + lambdaInit;
    normWeight = tensors.values(layer + "attn.inner_cross_attn.subln.weight", 2 * headSize);
    for (int j = 0; j < normWeight.length; j++) {
      normWeight[j] *= 1 - lambdaInit;
    }
  }

  private float lambdaTerm(CheckpointTensors tensors, String layer, String query, String key) {
    float[] q = tensors.values(layer + "attn.inner_cross_attn.lambda_" + query, headSize);
    float[] k = tensors.values(layer + "attn.inner_cross_attn.lambda_" + key, headSize);
    double sum = 0;
    for (int j = 0; j < headSize; j++) {
      sum += (double) q[j] * k[j];
    }
    return (float) StrictMath.exp(sum);
  }

  /** Working memory of one chunk of tokens, shared by all attention layers of a sequence. */
  static final class Buffers {
    private final float[] q; // [tokens, nq·D]
    private final float[] mixed; // [tokens, nq·D]
    private final ScoreRows scores = new ScoreRows();

    Buffers(SambaYConfig config, int tokens) {
      q = new float[tokens * config.hidden()];
      mixed = new float[tokens * config.hidden()];
    }

    /** Bytes that the constructor allocates for the same arguments. */
    static long bytes(SambaYConfig config, int tokens) {
      return Float.BYTES * 2L * tokens * config.hidden();
    }
  }

  /** Bytes that each thread keeps that attends to up to so many tokens. */
  static long scratchBytes(SambaYConfig config, int capacity) {
    return ScoreRows.bytes(2 * config.heads() / config.keyValueHeads(), capacity);
  }

  /**
   * out = attention(x) for the tokens of a pass, whose keys and values are in their caches already.
   *
   * @param caches of each token
   * @param x [tokens, H], normed
   * @param out [tokens, H]
   */
  void forward(
      Compute compute,
      PassTokens tokens,
      KeyValueCache[] caches,
      Buffers buffers,
      float[] x,
      float[] out) {
    int width = queries.outputs();
    int count = tokens.tokens();
    queries.apply(compute, tokens, x, 0, width, buffers.q, 0, width);
    int groups = pairs / pairsPerGroup;
    compute
        .pool()
        .run(
            count * groups,
            Math.max(1, count * groups / (GRAINS * compute.pool().threads())),
            (from, to) -> {
              int visible = tokens.mostVisible();
              int stride = ScoreRows.stride(visible);
              float[] scores = buffers.scores.take(2 * pairsPerGroup, visible);
              for (int i = from; i < to; i++) {
                // The tokens of a group follow each other: its keys and values stay in the cache.
                int t = i % count;
                int position = tokens.position(t);
                attend(
                    compute.kernels(), caches[t], buffers, scores, stride, position, t, i / count);
              }
              buffers.scores.giveBack(scores);
            });
    outProjection.apply(compute, tokens, buffers.mixed, 0, width, out, 0, width);
  }

  /** The pairs of heads of the pass's token t that share a pair of key heads. */
  private void attend(
      Kernels kernels,
      KeyValueCache cache,
      Buffers buffers,
      float[] p,
      int stride,
      int position,
      int t,
      int group) {
    int width = 2 * headSize;
    int at = (t * pairs + group * pairsPerGroup) * width;
    int first = KeyValueCache.MARGIN;
    int second = first + pairsPerGroup * stride;
    int visible = position - cache.firstVisible(position) + 1;
    float[] q = buffers.q;
    int n = pairsPerGroup;
    cache.scores(kernels, position, 2 * group, q, at, width, n, scale, p, first, stride);
    int odd = at + headSize;
    cache.scores(kernels, position, 2 * group + 1, q, odd, width, n, scale, p, second, stride);
    for (int i = 0; i < n; i++) {
      int p1 = first + i * stride;
      int p2 = second + i * stride;
      kernels.softmax(p, p1, visible);
      kernels.softmax(p, p2, visible);
      kernels.addScaled(-lambda, p, p2, p, p1, visible);
    }
    float[] o = buffers.mixed;
    Arrays.fill(o, at, at + n * width, 0);
    cache.addWeightedValues(kernels, position, group, p, first, stride, n, o, at, width);
    for (int i = at; i < at + n * width; i += width) {
      kernels.rmsNorm(o, i, normWeight, SUBLAYER_NORM_EPSILON, width, o, i);
    }
  }
}
