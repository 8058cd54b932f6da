package dev.candor.engine.kernels;

/**
 * The arithmetic that only training needs. The contract is that of {@link Kernels}: every result is
 * defined to the bit, so that a training run gives the same weights on every path and machine.
 */
public interface GradientKernels {

  /**
   * @param kernels what to compute with
   * @param reason one sentence for people
   */
  record Choice(GradientKernels kernels, String reason) {}

  /** The gradients on the path of these kernels, where it has them; see {@link #choose}. */
  static GradientKernels beside(Kernels kernels) {
    return choose(kernels).kernels();
  }

  /**
   * Machine code beside emitted kernels, for the same processor, if it gives the bits of the
   * definition here; else the definition.
   */
  static Choice choose(Kernels kernels) {
    if (!(kernels instanceof EmittedKernels emitted)) {
      return new Choice(
          new ScalarGradientKernels(),
          "scalar gradients: plain Java, which is slow, because there are no others beside "
              + kernels.name()
              + " kernels.");
    }
    GradientKernels candidate = new EmittedGradientKernels(emitted.processor());
    return GradientSelfTest.difference(candidate)
        .map(difference ->
            new Choice(
                new ScalarGradientKernels(),
                "scalar gradients: plain Java, which is slow, because "
                    + candidate.name()
                    + " gradients failed their self-test ("
                    + difference
                    + ")."))
        .orElseGet(() ->
            new Choice(
                candidate,
                candidate.name()
                    + " gradients: machine code written for this processor; it passed its self-test"
                    + " against the scalar definition."));
  }

  /** The path, as {@link Kernels#name()} says it. */
  String name();

  /**
   * C[i, j] = fma(A[i, k], B[k, j], C[i, j]), k ascending in [0, depth), for i in [0, rows) and j
   * in [0, columns). A may lie in any order, so that it may be transposed; B and C lie in rows. C
   * must not overlap A or B.
   *
   * @param a element (i, k) at {@code aOffset + i * aRowStride + k * aDepthStride}
   * @param b element (k, j) at {@code bOffset + k * bStride + j}
   * @param c element (i, j) at {@code cOffset + i * cStride + j}
   */
  void addProduct(
      int rows,
      int columns,
      int depth,
      float[] a,
      int aOffset,
      int aRowStride,
      int aDepthStride,
      float[] b,
      int bOffset,
      int bStride,
      float[] c,
      int cOffset,
      int cStride);

  /**
   * The gradient of {@link Kernels#gate}, out = activation(gate)·up, for n elements:
   *
   * <pre>
   *   upGradient   = outGradient · activation(gate)
   *   gateGradient = outGradient · up · activation'(gate)
   * </pre>
   *
   * <p>Both are written. They may be the arrays of gate and up: {@code gateGradient} may be {@code
   * gate}, {@code upGradient} may be {@code up}.
   *
   * @param activation SILU or GELU_TANH
   */
  void gateGradient(
      Activation activation,
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      float[] outGradient,
      int outGradientOffset,
      int n,
      float[] gateGradient,
      int gateGradientOffset,
      float[] upGradient,
      int upGradientOffset);

  /**
   * The gradient of {@link Kernels#selectiveScan} over one whole sequence that began with the state
   * 0. With S as there, G the gradient of m, and for t descending from tokens − 1,
   *
   * <pre>
   *   Γ[e, n]  = fma(Γ[e, n], exp(Δ[t+1, e]·A[e, n]), G[t, e]·C[t, n])       Γ = G·C for the last t: the gradient of S
   *   Q[e, n]  = (Γ[e, n]·S[t−1, e, n])·exp(Δ[t, e]·A[e, n])                 S before the first token is 0
   *   β[e]     = Σ_n Γ[e, n]·B[t, n]                                         sums of products, see {@link Kernels}
   *   deltaGradient[t, e]  = fma(v[t, e], β[e], Σ_n Q[e, n]·A[e, n])         written
   *   vGradient[t, e]      = fma(Δ[t, e], β[e], G[t, e]·D[e])                written
   *   bcGradient[t, n]     = fma(Γ[e, n], Δ[t, e]·v[t, e], bcGradient[t, n])          e ascending
   *   bcGradient[t, N + n] = fma(G[t, e], S[t, e, n], bcGradient[t, N + n])           e ascending
   *   aGradient[e, n]      = fma(Q[e, n], Δ[t, e], aGradient[e, n])                   t descending
   *   dGradient[e]         = fma(G[t, e], v[t, e], dGradient[e])                      t descending
   * </pre>
   *
   * <p>States are computed once more, from the first token on: keeping them all would take N times
   * the memory of everything else.
   *
   * @param a A, [E, N] at {@code aOffset}
   * @param delta Δ, [tokens, E] at {@code offset}; v, mGradient, deltaGradient and vGradient too
   * @param bc as {@link Kernels#selectiveScan} has it
   * @param d D, [E] at {@code dOffset}
   * @param mGradient G
   * @param bcGradient laid out as bc
   * @param aGradient [E, N] at {@code aGradientOffset}
   * @param dGradient [E] at {@code dGradientOffset}
   */
  void scanGradient(
      float[] a,
      int aOffset,
      float[] delta,
      float[] v,
      int offset,
      float[] bc,
      int bcOffset,
      int bcStride,
      float[] d,
      int dOffset,
      float[] mGradient,
      int channels,
      int stateSize,
      int tokens,
      float[] deltaGradient,
      float[] vGradient,
      float[] bcGradient,
      int bcGradientOffset,
      float[] aGradient,
      int aGradientOffset,
      float[] dGradient,
      int dGradientOffset);
}
