package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A Mamba-1 mixer (Gu and Dao, arXiv 2312.00752, section 3.4): a gated causal convolution and a
 * selective state space.
 *
 * <pre>
 *   u, z    = in_proj x
 *   v_t     = silu(conv_bias + Σ_j conv_j ⊙ u_{t−K+1+j})
 *   δ, B, C = x_proj v
 *   Δ       = softplus(dt_proj δ + dt_bias)
 *   S_t     = exp(Δ_t A) ⊙ S_{t−1} + (Δ_t v_t) B_tᵀ           A = −exp(A_log)
 *   m_t     = S_t C_t + D ⊙ v_t
 *   out     = out_proj(m ⊙ silu(z))
 * </pre>
 */
final class MambaLayer {

  /** Channels that one thread scans at a time: its state and A stay in the first-level cache. */
  private static final int CHANNEL_GRAIN = 128;

  private final Linear inProjection; // [2E, H]
  private final float[] convolution; // [K, E], tap-major
  private final float[] convolutionBias; // [E]
  private final Linear xProjection; // [R + 2N, E]
  private final Linear deltaProjection; // [E, R], its bias apart: softplus adds it once
  private final float[] deltaBias; // [E]
  private final float[] a; // A = −exp(A_log), [E, N]
  private final float[] d; // [E]
  private final Linear outProjection; // [H, E]
  private final int inner;
  private final int stateSize;
  private final int taps;
  private final int rank;

  MambaLayer(CheckpointTensors tensors, String layer, SambaYConfig config) {
    int hidden = config.hidden();
    inner = config.inner();
    stateSize = config.stateSize();
    taps = config.convolution();
    rank = config.deltaRank();
    inProjection = tensors.linear(layer + "attn.in_proj", 2 * inner, hidden, false);
    convolution =
        transpose(tensors.values(layer + "attn.conv1d.weight", inner, 1, taps), inner, taps);
    convolutionBias = tensors.values(layer + "attn.conv1d.bias", inner);
    xProjection = tensors.linear(layer + "attn.x_proj", rank + 2 * stateSize, inner, false);
    deltaProjection = tensors.linear(layer + "attn.dt_proj", inner, rank, false);
    deltaBias = tensors.values(layer + "attn.dt_proj.bias", inner);
    a = tensors.values(layer + "attn.A_log", inner, stateSize);
    for (int i = 0; i < a.length; i++) {
      a[i] = (float) -StrictMath.exp(a[i]);
    }
    d = tensors.values(layer + "attn.D", inner);
    outProjection = tensors.linear(layer + "attn.out_proj", hidden, inner, false);
  }

  /** What the layer remembers: the last K−1 raw inputs of the convolution, oldest first, and S. */
  static final class State {
    private final float[] history; // [K − 1, E]
    private final float[] scan; // [E, N]

    State(SambaYConfig config) {
      history = new float[(config.convolution() - 1) * config.inner()];
      scan = new float[config.inner() * config.stateSize()];
    }

    static long bytes(SambaYConfig config) {
      return Float.BYTES * (long) config.inner() * (config.convolution() - 1 + config.stateSize());
    }

    /** Views of both, history first. */
    List<MemorySegment> segments() {
      return List.of(MemorySegment.ofArray(history), MemorySegment.ofArray(scan));
    }
  }

  /** Working memory of one chunk of tokens, shared by all Mamba layers of a sequence. */
  static final class Buffers {
    private final float[] uz; // [tokens, 2E]
    private final float[] v; // [tokens, E]
    private final float[] deltaBC; // [tokens, R + 2N]
    private final float[] delta; // [tokens, E]
    private final float[] memory; // m, [tokens, E]
    private final float[] gated; // [tokens, E]

    Buffers(SambaYConfig config, int tokens) {
      uz = new float[tokens * 2 * config.inner()];
      v = new float[tokens * config.inner()];
      deltaBC = new float[tokens * (config.deltaRank() + 2 * config.stateSize())];
      delta = new float[tokens * config.inner()];
      memory = new float[tokens * config.inner()];
      gated = new float[tokens * config.inner()];
    }

    /** Bytes that the constructor allocates for the same arguments. */
    static long bytes(SambaYConfig config, int tokens) {
      long projected = config.deltaRank() + 2L * config.stateSize();
      return Float.BYTES * tokens * (6L * config.inner() + projected);
    }

    /** m of the layer that ran last, [tokens, E]: after the D skip, before the gate. */
    float[] memory() {
      return memory;
    }
  }

  /** out = mixer(x) for a chunk of tokens, both [tokens, H]; advances the state. */
  void forward(Compute compute, State state, Buffers buffers, float[] x, int tokens, float[] out) {
    Kernels kernels = compute.kernels();
    int hidden = outProjection.outputs();
    int projected = rank + 2 * stateSize;
    inProjection.apply(compute, x, 0, hidden, tokens, buffers.uz, 0, 2 * inner);
    compute
        .pool()
        .run(
            inner,
            CHANNEL_GRAIN,
            (from, to) -> convolve(state, buffers, tokens, from, to, kernels));
    remember(state, buffers.uz, tokens);
    xProjection.apply(compute, buffers.v, 0, inner, tokens, buffers.deltaBC, 0, projected);
    deltaProjection.apply(compute, buffers.deltaBC, 0, projected, tokens, buffers.delta, 0, inner);
    compute
        .pool()
        .run(
            inner,
            CHANNEL_GRAIN,
            (from, to) -> scanAndGate(state, buffers, tokens, from, to, kernels));
    outProjection.apply(compute, buffers.gated, 0, inner, tokens, out, 0, hidden);
  }

  /** v = silu(conv(u)) for channels [from, to). Tap K−1 multiplies the token itself. */
  private void convolve(
      State state, Buffers buffers, int tokens, int from, int to, Kernels kernels) {
    int past = taps - 1;
    for (int t = 0; t < tokens; t++) {
      int row = t * inner;
      System.arraycopy(convolutionBias, from, buffers.v, row + from, to - from);
      for (int j = 0; j < taps; j++) {
        int source = t - past + j;
        if (source < 0) {
          multiplyAdd(
              convolution, j * inner, state.history, (t + j) * inner, buffers.v, row, from, to);
        } else {
          multiplyAdd(
              convolution, j * inner, buffers.uz, source * 2 * inner, buffers.v, row, from, to);
        }
      }
      kernels.activate(Activation.SILU, buffers.v, row + from, to - from);
    }
  }

  /** Shifts the last K−1 raw inputs u into the history. */
  private void remember(State state, float[] uz, int tokens) {
    int past = taps - 1;
    int kept = Math.max(0, past - tokens);
    System.arraycopy(state.history, (past - kept) * inner, state.history, 0, kept * inner);
    for (int j = kept; j < past; j++) {
      System.arraycopy(uz, (tokens - past + j) * 2 * inner, state.history, j * inner, inner);
    }
  }

  /** Δ, the scan and the gate m ⊙ silu(z) for channels [from, to). */
  private void scanAndGate(
      State state, Buffers buffers, int tokens, int from, int to, Kernels kernels) {
    for (int t = 0; t < tokens; t++) {
      kernels.softplus(buffers.delta, t * inner + from, deltaBias, from, to - from);
    }
    kernels.selectiveScan(
        state.scan,
        a,
        buffers.delta,
        buffers.v,
        buffers.deltaBC,
        rank,
        rank + 2 * stateSize,
        d,
        buffers.memory,
        inner,
        stateSize,
        tokens,
        from,
        to);
    for (int t = 0; t < tokens; t++) {
      kernels.gate(
          Activation.SILU,
          buffers.uz,
          t * 2 * inner + inner + from,
          buffers.memory,
          t * inner + from,
          to - from,
          buffers.gated,
          t * inner + from);
    }
  }

  private static void multiplyAdd(
      float[] w, int wOffset, float[] x, int xOffset, float[] y, int yOffset, int from, int to) {
    for (int e = from; e < to; e++) {
      y[yOffset + e] = Math.fma(w[wOffset + e], x[xOffset + e], y[yOffset + e]);
    }
  }

  private static float[] transpose(float[] matrix, int rows, int columns) {
    float[] transposed = new float[matrix.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        transposed[c * rows + r] = matrix[r * columns + c];
      }
    }
    return transposed;
  }
}
