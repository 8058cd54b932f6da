package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.models.PassTokens.Run;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
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

  /**
   * What the layer remembers: the last K−1 raw inputs of the convolution, oldest first, and S; and
   * the same as it was before each of the last drafts.
   */
  static final class State {
    private final float[] history; // [K − 1, E]
    private final float[] scan; // [E, N]
    private final List<State> kept = new ArrayList<>(); // before the last draft, the last two, …

    State(SambaYConfig config) {
      this((config.convolution() - 1) * config.inner(), config.inner() * config.stateSize());
    }

    private State(int history, int scan) {
      this.history = new float[history];
      this.scan = new float[scan];
    }

    /** Makes room to keep the state before so many drafts. */
    private void keep(int drafts) {
      while (kept.size() < drafts) {
        kept.add(new State(history.length, scan.length));
      }
    }

    /** Becomes what it was before the last drafts. */
    void takeBack(int drafts) {
      copy(kept.get(drafts - 1));
    }

    /** Becomes what another is. */
    void copy(State other) {
      System.arraycopy(other.history, 0, history, 0, history.length);
      System.arraycopy(other.scan, 0, scan, 0, scan.length);
    }

    static long bytes(SambaYConfig config) {
      return Float.BYTES * (long) config.inner() * (config.convolution() - 1 + config.stateSize());
    }

    /** Views of both, history first. */
    List<MemorySegment> segments() {
      return List.of(MemorySegment.ofArray(history), MemorySegment.ofArray(scan));
    }
  }

  /** Working memory of one pass, shared by all Mamba layers. */
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

  /**
   * out = mixer(x) for the tokens of a pass, both [tokens, H]; advances the states.
   *
   * @param states of each run
   */
  void forward(
      Compute compute,
      PassTokens pass,
      List<State> states,
      Buffers buffers,
      float[] x,
      float[] out) {
    Kernels kernels = compute.kernels();
    List<Run> runs = pass.runs();
    int tokens = pass.tokens();
    for (int i = 0; i < runs.size(); i++) {
      states.get(i).keep(runs.get(i).span().drafts());
    }
    int hidden = outProjection.outputs();
    int projected = rank + 2 * stateSize;
    inProjection.apply(compute, pass, x, 0, hidden, buffers.uz, 0, 2 * inner);
    compute
        .pool()
        .run(
            inner,
            CHANNEL_GRAIN,
            (from, to) -> {
              for (int i = 0; i < runs.size(); i++) {
                convolve(runs.get(i), states.get(i), buffers, from, to, kernels);
                remember(runs.get(i), states.get(i), buffers.uz, from, to);
              }
            });
    xProjection.apply(compute, pass, buffers.v, 0, inner, buffers.deltaBC, 0, projected);
    deltaProjection.apply(compute, pass, buffers.deltaBC, 0, projected, buffers.delta, 0, inner);
    compute
        .pool()
        .run(
            inner,
            CHANNEL_GRAIN,
            (from, to) -> {
              for (int i = 0; i < runs.size(); i++) {
                scan(runs.get(i), states.get(i), buffers, from, to, kernels);
              }
              gate(buffers, tokens, from, to, kernels);
            });
    outProjection.apply(compute, pass, buffers.gated, 0, inner, out, 0, hidden);
  }

  /** v = silu(conv(u)) for channels [from, to). Tap K−1 multiplies the token itself. */
  private void convolve(Run run, State state, Buffers buffers, int from, int to, Kernels kernels) {
    int past = taps - 1;
    for (int t = 0; t < run.count(); t++) {
      int row = (run.first() + t) * inner;
      System.arraycopy(convolutionBias, from, buffers.v, row + from, to - from);
      for (int j = 0; j < taps; j++) {
        int source = t - past + j;
        if (source < 0) {
          multiplyAdd(
              convolution, j * inner, state.history, (t + j) * inner, buffers.v, row, from, to);
        } else {
          multiplyAdd(
              convolution,
              j * inner,
              buffers.uz,
              (run.first() + source) * 2 * inner,
              buffers.v,
              row,
              from,
              to);
        }
      }
      kernels.activate(Activation.SILU, buffers.v, row + from, to - from);
    }
  }

  /** The history behind the run, and behind each of its tokens that may be returned to. */
  private void remember(Run run, State state, float[] uz, int from, int to) {
    int all = run.draftsFromStart();
    if (all > 0) {
      shift(state.history, uz, run.first(), 0, state.kept.get(all - 1).history, from, to);
    }
    for (int i = 0; i < run.count(); i++) {
      int drafts = run.draftsAfter(i);
      if (drafts > 0) {
        shift(state.history, uz, run.first(), i + 1, state.kept.get(drafts - 1).history, from, to);
      }
    }
    shift(state.history, uz, run.first(), run.count(), state.history, from, to);
  }

  /**
   * The last K−1 raw inputs u once the history is followed by so many tokens; {@code shifted} may
   * be the history.
   */
  private void shift(
      float[] history, float[] uz, int first, int tokens, float[] shifted, int from, int to) {
    int past = taps - 1;
    int kept = Math.max(0, past - tokens);
    for (int j = 0; j < past; j++) {
      boolean isOld = j < kept;
      float[] source = isOld ? history : uz;
      int row = isOld ? (past - kept + j) * inner : (first + tokens - past + j) * 2 * inner;
      System.arraycopy(source, row + from, shifted, j * inner + from, to - from);
    }
  }

  /** Δ and the scan of a run for channels [from, to). */
  private void scan(Run run, State state, Buffers buffers, int from, int to, Kernels kernels) {
    int behind = run.first() + run.count();
    for (int t = run.first(); t < behind; t++) {
      kernels.softplus(buffers.delta, t * inner + from, deltaBias, from, to - from);
    }
    int all = run.draftsFromStart();
    if (all > 0) {
      keepScan(state, all, from, to);
    }
    int at = run.first();
    for (int i = 0; i < run.count(); i++) {
      int drafts = run.draftsAfter(i);
      if (drafts > 0) {
        int next = run.first() + i + 1;
        scan(state, buffers, at, next - at, from, to, kernels);
        keepScan(state, drafts, from, to);
        at = next;
      }
    }
    scan(state, buffers, at, behind - at, from, to, kernels);
  }

  private void keepScan(State state, int drafts, int from, int to) {
    float[] kept = state.kept.get(drafts - 1).scan;
    System.arraycopy(state.scan, from * stateSize, kept, from * stateSize, (to - from) * stateSize);
  }

  private void scan(
      State state, Buffers buffers, int first, int tokens, int from, int to, Kernels kernels) {
    int projected = rank + 2 * stateSize;
    kernels.selectiveScan(
        state.scan,
        a,
        buffers.delta,
        buffers.v,
        first * inner,
        buffers.deltaBC,
        first * projected + rank,
        projected,
        d,
        buffers.memory,
        inner,
        stateSize,
        tokens,
        from,
        to);
  }

  /** m ⊙ silu(z) for channels [from, to). */
  private void gate(Buffers buffers, int tokens, int from, int to, Kernels kernels) {
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
