package dev.candor.training.layers;

import dev.candor.engine.kernels.GradientKernels;
import dev.candor.engine.kernels.Kernels;
import java.util.Arrays;

/**
 * P = softmax(s · Q Kᵀ) of one head over one sequence, where a query sees itself and the keys
 * before it within a window; and back: the gradient of the scores s · Q Kᵀ is P ⊙ (G − rowsum(P ⊙
 * G)), G that of P.
 *
 * <p>Queries are taken in blocks, which meet only the keys that some of them may see. P is [length,
 * length]; keys that no query of a block sees are left as they are, others that a query does not
 * see are 0.
 */
final class CausalSoftmax {

  /** Queries of a block. */
  static final int BLOCK = 64;

  private final Kernels kernels;
  private final GradientKernels gradients;
  private final int headSize;
  private final int window;
  private final float scale;

  /**
   * @param window most keys of a query, its own included
   * @param scale s
   */
  CausalSoftmax(Arithmetic arithmetic, int headSize, int window, float scale) {
    this.kernels = arithmetic.kernels();
    this.gradients = arithmetic.gradients();
    this.headSize = headSize;
    this.window = window;
    this.scale = scale;
  }

  /** Rows of a sequence that hold, at a column, what belongs to one head. */
  record Columns(float[] rows, int offset, int stride) {

    /** The first of so many of them, transposed: [columns, length]. */
    float[] turned(int length, int columns, Rows into) {
      float[] turned = into.of(columns * length);
      for (int t = 0; t < length; t++) {
        int row = offset + t * stride;
        for (int j = 0; j < columns; j++) {
          turned[j * length + t] = rows[row + j];
        }
      }
      return turned;
    }
  }

  /** The first key that this query sees. */
  int firstKey(int query) {
    return Math.max(0, query - window + 1);
  }

  /**
   * Computes P.
   *
   * @param turned where keys may be put transposed
   */
  void forward(int length, Columns q, Columns k, Rows turned, float[] p, int pOffset) {
    float[] keys = k.turned(length, headSize, turned);
    for (int from = 0; from < length; from += BLOCK) {
      int to = Math.min(length, from + BLOCK);
      int firstKey = firstKey(from);
      for (int t = from; t < to; t++) {
        Arrays.fill(p, pOffset + t * length + firstKey, pOffset + t * length + to, 0);
      }
      gradients.addProduct(
          to - from,
          to - firstKey,
          headSize,
          q.rows,
          q.offset + from * q.stride,
          q.stride,
          1,
          keys,
          firstKey,
          length,
          p,
          pOffset + from * length + firstKey,
          length);
      for (int t = from; t < to; t++) {
        int row = pOffset + t * length;
        int seen = firstKey(t);
        for (int j = seen; j <= t; j++) {
          p[row + j] *= scale;
        }
        kernels.softmax(p, row + seen, t + 1 - seen);
        Arrays.fill(p, row + firstKey, row + seen, 0);
        Arrays.fill(p, row + t + 1, row + to, 0);
      }
    }
  }

  /**
   * Adds to the gradients of q and k what a block says of them.
   *
   * @param from the first query of the block
   * @param g factor times it is the gradient of P, for the keys that the block sees, without gaps
   * @param scores becomes the gradient of the scores; may be g
   * @param qGradient laid out as the rows of q
   * @param kGradient laid out as the rows of k
   */
  void backward(
      int length,
      int from,
      float[] p,
      int pOffset,
      float[] g,
      float factor,
      float[] scores,
      Columns q,
      Columns k,
      float[] qGradient,
      float[] kGradient) {
    int to = Math.min(length, from + BLOCK);
    int firstKey = firstKey(from);
    int count = to - firstKey;
    int queries = to - from;
    for (int t = 0; t < queries; t++) {
      int row = pOffset + (from + t) * length + firstKey;
      int target = t * count;
      float sum = kernels.dot(g, target, p, row, count);
      for (int j = 0; j < count; j++) {
        scores[target + j] = p[row + j] * (g[target + j] - sum) * (factor * scale);
      }
    }
    int queryRow = q.offset + from * q.stride;
    int keyRow = k.offset + firstKey * k.stride;
    gradients.addProduct(
        queries, headSize, count, scores, 0, count, 1, k.rows, keyRow, k.stride, qGradient,
        queryRow, q.stride);
    gradients.addProduct(
        count, headSize, queries, scores, 0, 1, count, q.rows, queryRow, q.stride, kGradient,
        keyRow, k.stride);
  }
}
