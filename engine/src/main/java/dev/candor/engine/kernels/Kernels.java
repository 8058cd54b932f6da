package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;

/**
 * The arithmetic of the engine. Stateless and safe for use by many threads; results do not depend
 * on how work is divided.
 *
 * <p><b>Every result is defined to the bit</b>, so that all paths (scalar, vector of any width,
 * emitted machine code) agree, whatever the machine. The numeric profile of this contract is
 * {@value #NUMERIC_PROFILE}:
 *
 * <ul>
 *   <li>A <i>sum of products</i> over i = 0 … n−1 has 16 lanes, all 0 at the start: element i is
 *       added to lane i mod 16 by a fused multiply-add, i ascending. Then lanes are folded: lane[j]
 *       += lane[j + w] for w = 8, 4, 2, 1. The result is lane 0. A plain sum is the same with
 *       additions.
 *   <li>A product with a matrix of plain floats (F32, F16, BF16) is a sum of products of its rows
 *       as float32.
 *   <li>A product with a <i>quantised</i> matrix takes the activations rounded to 8 bits in blocks
 *       of 32, see {@link Inputs}. With u the dot product, in integers, of a (sub-)block's quants
 *       and the activations', and d the activations' scale, it adds in ascending order, from 0: sum
 *       = fma(u, scale·d, sum), then, of formats with a minimum, sum = fma(−minimum, d·Σq, sum).
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

  /** What the results depend on, and nothing else; part of every saved state and record. */
  String NUMERIC_PROFILE = "i8-blocks32";

  /** The path: {@code scalar}, {@code vector-256}, …. */
  String name();

  /** out[j] = W[row, j] as float32, j in [0, columns). */
  void dequantize(Matrix w, int row, float[] out, int outOffset);

  /**
   * Rounds tokens [fromToken, toToken) of the inputs to 8 bits; see {@link Inputs}.
   *
   * @param fromToken a multiple of {@value Inputs#TILE}
   */
  void round(Inputs in, int fromToken, int toToken);

  /**
   * Writes the strip that begins at this row of a quantised matrix in rows; a last strip that is
   * not full is filled up with zeros. See {@link StripFormat}.
   *
   * @param row a multiple of {@value StripFormat#ROWS}
   * @param out exactly one strip
   */
  void packStrip(Matrix w, int row, MemorySegment out);

  /**
   * y[t, r] = Σ_j W[r, j]·x[t, j] for r in [fromRow, toRow) and all tokens of the inputs, which
   * must have been rounded if W is quantised; y's column is r, not r − fromRow.
   *
   * @param fromRow of a quantised matrix, a multiple of {@value StripFormat#ROWS}
   */
  void multiply(Matrix w, int fromRow, int toRow, Inputs in, float[] y, int yOffset, int yStride);

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

  /**
   * Turns pairs of elements of some heads, in place (rotary position embedding, arXiv 2104.09864):
   *
   * <pre>
   *   (a, b) = (a·cos[i] − b·sin[i], b·cos[i] + a·sin[i])        each product and sum rounded
   * </pre>
   *
   * @param pairs which elements of a head are pair i, in [0, n)
   * @param angles n cosines, then n sines, at {@code anglesOffset}
   * @param x head h, of 2n elements or more, at {@code xOffset + h * stride}
   */
  void rotate(
      RotaryPairs pairs,
      float[] angles,
      int anglesOffset,
      int n,
      float[] x,
      int xOffset,
      int stride,
      int heads);

  /** y[j] = fma(scale, x[j], y[j]). */
  void addScaled(float scale, float[] x, int xOffset, float[] y, int yOffset, int n);

  /**
   * scores[i, s] = scale · Σ_j q[i, j]·K[firstRow + s, j] for query i in [0, queries) and s in [0,
   * count): for each, products are added from 0 on by fused multiply-adds, j ascending.
   *
   * <p>With keys in Q8_0 it is the product with a quantised matrix, see {@link #multiply}, whose
   * inputs are scale · q, rounded to 8 bits as {@link Inputs} says.
   *
   * <p>Up to 15 elements before and behind each row of scores may be overwritten: keys are read 16
   * at a time.
   *
   * @param q query i at {@code qOffset + i * qStride}
   * @param keys F32, F16 or Q8_0 in strips, [capacity, head size]
   * @param scores query i's at {@code scoresOffset + i * scoresStride}
   */
  void attentionScores(
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
      int scoresStride);

  /**
   * out[i, j] = fma(p[i, s], V[firstRow + s, j], out[i, j]), s ascending in [0, count), for query i
   * in [0, queries) and all columns j.
   *
   * @param values F32, F16 or Q8_0 in rows, [capacity, head size]; elements as float32
   */
  void addWeightedRows(
      float[] p,
      int pOffset,
      int pStride,
      int queries,
      Matrix values,
      int firstRow,
      int count,
      float[] out,
      int outOffset,
      int outStride);

  /**
   * Stores x as a row of a cache: rows[row, j] = x[j], rounded to nearest even if the cache is F16.
   * A cache in Q8_0 keeps the q of {@link Inputs} and its d, rounded to f16.
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
   * @param delta Δ after softplus, [tokens, E] at {@code offset}
   * @param v [tokens, E] at {@code offset}
   * @param bc per token, at {@code bcOffset + t * bcStride}: N values of B, then N values of C
   * @param d D, [E]
   * @param m out, [tokens, E] at {@code offset}
   */
  void selectiveScan(
      float[] state,
      float[] a,
      float[] delta,
      float[] v,
      int offset,
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
