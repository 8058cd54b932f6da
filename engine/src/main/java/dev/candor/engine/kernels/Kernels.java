package dev.candor.engine.kernels;

/**
 * The arithmetic of the engine. Stateless and safe for use by many threads; results do not depend
 * on how work is divided.
 *
 * <p><b>Every result is defined to the bit</b>, so that all paths (scalar, vector of any width)
 * agree, whatever the machine. The numeric profile of this contract is {@code f32-lanes16}:
 *
 * <ul>
 *   <li>Weights are dequantised to float32 by {@link #dequantize}, whose per-element expression
 *       each format fixes.
 *   <li>A <i>sum of products</i> over i = 0 … n−1 has 16 lanes, all 0 at the start: element i is
 *       added to lane i mod 16 by a fused multiply-add, i ascending. Then lanes are folded: lane[j]
 *       += lane[j + w] for w = 8, 4, 2, 1. The result is lane 0. A plain sum is the same with
 *       additions.
 *   <li>Element-wise functions are fixed sequences of float32 operations (polynomials), not the
 *       platform's {@code Math}. {@link ScalarKernels} spells each out.
 * </ul>
 *
 * <p>Only the payload of a NaN is undefined: a result that is NaN on one path is NaN on all.
 *
 * <p>Operands are {@code float[]} with an offset and, where there are several tokens, a stride:
 * element j of token t is at {@code offset + t * stride + j}. Operands are checked before use;
 * {@link IndexOutOfBoundsException} or {@link IllegalArgumentException} means a bug in the caller,
 * never bad input.
 */
public interface Kernels {

  /** The path: {@code scalar}, {@code vector-256}, …. */
  String name();

  /** out[j] = W[row, j] as float32, j in [0, columns). */
  void dequantize(Matrix w, int row, float[] out, int outOffset);

  /**
   * y[t, r] = Σ_j W[r, j]·x[t, j] for r in [fromRow, toRow) and t in [0, tokens); y's column is r,
   * not r − fromRow.
   */
  void multiply(
      Matrix w,
      int fromRow,
      int toRow,
      float[] x,
      int xOffset,
      int xStride,
      int tokens,
      float[] y,
      int yOffset,
      int yStride);

  /** Σ_j a[j]·b[j]. */
  float dot(float[] a, int aOffset, float[] b, int bOffset, int n);

  /** y[j] = x[j]·s·weight[j] with s = 1 / √(Σ x² / n + epsilon). y may be x. */
  void rmsNorm(
      float[] x, int xOffset, float[] weight, float epsilon, int n, float[] y, int yOffset);

  /**
   * y[j] = (x[j] − mean)·s·weight[j] + bias[j] with s = 1 / √(variance + epsilon), biased variance.
   * y may be x.
   */
  void layerNorm(
      float[] x,
      int xOffset,
      float[] weight,
      float[] bias,
      float epsilon,
      int n,
      float[] y,
      int yOffset);

  /** x[j] = e^(x[j] − max x) / Σ, in place. */
  void softmax(float[] x, int offset, int n);

  /** x[j] = activation(x[j]), in place. */
  void activate(Activation activation, float[] x, int offset, int n);

  /** out[j] = activation(gate[j])·up[j]. out may be gate or up. */
  void gate(
      Activation activation,
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      int n,
      float[] out,
      int outOffset);

  /** y[j] = fma(scale, x[j], y[j]). */
  void addScaled(float scale, float[] x, int xOffset, float[] y, int yOffset, int n);

  /**
   * scores[s] = scale · Σ_j q[j]·K[firstRow + s, column + j] for s in [0, count).
   *
   * @param keys F32 or F16, [capacity, kv heads × head size]
   * @param column where the head begins within a row
   * @param headSize columns of the head
   */
  void attentionScores(
      float[] q,
      int qOffset,
      Matrix keys,
      int firstRow,
      int column,
      int headSize,
      int count,
      float scale,
      float[] scores,
      int scoresOffset);

  /**
   * out[j] = fma(p[s], V[firstRow + s, column + j], out[j]), s ascending in [0, count), j in [0,
   * width).
   *
   * @param values F32 or F16, [capacity, kv heads × head size]
   */
  void addWeightedRows(
      float[] p,
      int pOffset,
      Matrix values,
      int firstRow,
      int column,
      int width,
      int count,
      float[] out,
      int outOffset);

  /**
   * Stores x as a row of a cache: rows[row, j] = x[j], rounded to nearest even if the cache is F16.
   */
  void storeRow(float[] x, int xOffset, Matrix rows, int row);

  /**
   * Selective scan (Mamba, arXiv 2312.00752 section 3.2, Mamba-1) of channels e in [from, to),
   * tokens ascending:
   *
   * <pre>
   *   S[e, n] = exp(Δ[t, e]·A[e, n])·S[e, n] + (Δ[t, e]·v[t, e])·B[t, n]      as fma(exp(Δ·A), S, (Δ·v)·B)
   *   m[t, e] = fma(D[e], v[t, e], Σ_n S[e, n]·C[t, n])
   * </pre>
   *
   * @param state S, [E, N], updated in place
   * @param a A = −exp(A_log), [E, N]
   * @param delta Δ after softplus, [tokens, E]
   * @param v [tokens, E]
   * @param bc per token, at {@code bcOffset + t * bcStride}: N values of B, then N values of C
   * @param d D, [E]
   * @param m out, [tokens, E]
   */
  void selectiveScan(
      float[] state,
      float[] a,
      float[] delta,
      float[] v,
      float[] bc,
      int bcOffset,
      int bcStride,
      float[] d,
      float[] m,
      int channels,
      int stateSize,
      int tokens,
      int from,
      int to);

  /** x[j] = softplus(x[j] + bias[j]); softplus(a) = a if a &gt; 20, else log1p(e^a). */
  void softplus(float[] x, int offset, float[] bias, int biasOffset, int n);
}
