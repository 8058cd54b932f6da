package dev.candor.training.layers;

import dev.candor.engine.kernels.Activation;
import dev.candor.training.layers.ParameterLayout.Tensor;
import java.util.Arrays;

/**
 * A Mamba-1 mixer (Gu and Dao, arXiv 2312.00752, section 3.4), as the engine's:
 *
 * <pre>
 *   u, z    = in_proj x
 *   v_t     = silu(c_t),   c_t = conv_bias + Σ_j conv_j ⊙ u_{t−K+1+j}
 *   δ, B, C = x_proj v
 *   Δ       = softplus(dt_proj δ + dt_bias)
 *   S_t     = exp(Δ_t A) ⊙ S_{t−1} + (Δ_t v_t) B_tᵀ           A = −exp(A_log)
 *   m_t     = S_t C_t + D ⊙ v_t
 *   out     = out_proj(m ⊙ silu(z))
 * </pre>
 */
public final class MambaMixer {

  private final Weights weights;
  private final Arithmetic arithmetic;
  private final LinearLayer in;
  private final LinearLayer x;
  private final LinearLayer delta;
  private final LinearLayer out;
  private final Tensor convolution; // [E, 1, K]
  private final Tensor convolutionBias;
  private final Tensor deltaBias;
  private final Tensor logRate; // A_log, [E, N]
  private final Tensor skip; // D
  private final int inner;
  private final int stateSize;
  private final int taps;
  private final int rank;
  private final float[] rate; // A
  private final float[] skipValues; // D

  private MambaMixer(Weights weights, Arithmetic arithmetic, String name) {
    this.weights = weights;
    this.arithmetic = arithmetic;
    ParameterLayout layout = weights.layout();
    in = LinearLayer.of(weights, arithmetic, name + ".in_proj", false);
    x = LinearLayer.of(weights, arithmetic, name + ".x_proj", false);
    // Its bias is added by softplus.
    delta = LinearLayer.of(weights, arithmetic, name + ".dt_proj", false);
    out = LinearLayer.of(weights, arithmetic, name + ".out_proj", false);
    convolution = layout.tensor(name + ".conv1d.weight");
    convolutionBias = layout.tensor(name + ".conv1d.bias");
    deltaBias = layout.tensor(name + ".dt_proj.bias");
    logRate = layout.tensor(name + ".A_log");
    skip = layout.tensor(name + ".D");
    inner = logRate.shape().get(0);
    stateSize = logRate.shape().get(1);
    taps = convolution.shape().get(2);
    rank = delta.in();
    rate = new float[logRate.size()];
    skipValues = new float[inner];
  }

  /**
   * Adds the mixer's tensors to a layout.
   *
   * @param inner E
   * @param stateSize N
   * @param taps K
   * @param rank R
   */
  public static void declare(
      ParameterLayout layout,
      String name,
      int hidden,
      int inner,
      int stateSize,
      int taps,
      int rank) {
    LinearLayer.declare(layout, name + ".in_proj", 2 * inner, hidden, false);
    layout.add(name + ".conv1d.weight", inner, 1, taps);
    layout.add(name + ".conv1d.bias", inner);
    LinearLayer.declare(layout, name + ".x_proj", rank + 2 * stateSize, inner, false);
    LinearLayer.declare(layout, name + ".dt_proj", inner, rank, true);
    layout.add(name + ".A_log", inner, stateSize);
    layout.add(name + ".D", inner);
    LinearLayer.declare(layout, name + ".out_proj", hidden, inner, false);
  }

  /** The mixer of this name. */
  public static MambaMixer of(Weights weights, Arithmetic arithmetic, String name) {
    return new MambaMixer(weights, arithmetic, name);
  }

  /** Must follow {@link Weights#changed}. */
  public void weightsChanged() {
    float[] values = weights.values();
    for (int i = 0; i < rate.length; i++) {
      rate[i] = (float) -StrictMath.exp(values[logRate.offset() + i]);
    }
    System.arraycopy(values, skip.offset(), skipValues, 0, inner);
  }

  /** One worker's way through the layer. */
  public final class Run {
    private final Rows uz = new Rows(2 * inner);
    private final Rows convolved = new Rows(inner); // c
    private final Rows v = new Rows(inner);
    private final Rows deltaBC = new Rows(rank + 2 * stateSize);
    private final Rows raw = new Rows(inner); // what softplus is taken of
    private final Rows steps = new Rows(inner); // Δ
    private final Rows memory = new Rows(inner); // m
    private final Rows gated = new Rows(inner);
    private final Rows gatedGradient = new Rows(inner);
    private final Rows memoryGradients = new Rows(inner);
    private final Rows vGradient = new Rows(inner);
    private final Rows stepGradient = new Rows(inner);
    private final Rows deltaBCGradient = new Rows(rank + 2 * stateSize);
    private final Rows uzGradient = new Rows(2 * inner);
    private final float[] state = new float[inner * stateSize];
    private final float[] rateGradient = new float[inner * stateSize];
    private final float[] tapGradient = new float[taps * inner];
    private final float[] ones = new float[inner];
    private final float[] ignored = new float[inner];

    private Run() {
      Arrays.fill(ones, 1);
    }

    /** m of the last batch, [tokens, E]: the memory that Gated Memory Units read. */
    public float[] memory() {
      return memory.values();
    }

    /**
     * y [tokens, H] of x [tokens, H].
     *
     * @param starts see {@code TokenBatch}
     */
    public void forward(int tokens, int[] starts, float[] x, float[] y) {
      int bcWidth = rank + 2 * stateSize;
      float[] uz = this.uz.of(tokens);
      float[] c = convolved.of(tokens);
      float[] v = this.v.of(tokens);
      float[] deltaBC = this.deltaBC.of(tokens);
      float[] raw = this.raw.of(tokens);
      float[] steps = this.steps.of(tokens);
      float[] memory = this.memory.of(tokens);
      float[] gated = this.gated.of(tokens);
      in.forward(tokens, x, 0, in.in(), uz, 0, 2 * inner);
      convolve(starts, uz, c);
      System.arraycopy(c, 0, v, 0, tokens * inner);
      arithmetic.kernels().activate(Activation.SILU, v, 0, tokens * inner);
      MambaMixer.this.x.forward(tokens, v, 0, inner, deltaBC, 0, bcWidth);
      delta.forward(tokens, deltaBC, 0, bcWidth, raw, 0, inner);
      float[] values = weights.values();
      for (int t = 0; t < tokens; t++) {
        int at = t * inner;
        System.arraycopy(raw, at, steps, at, inner);
        arithmetic.kernels().softplus(steps, at, values, deltaBias.offset(), inner);
      }
      for (int s = 0; s + 1 < starts.length; s++) {
        Arrays.fill(state, 0);
        arithmetic
            .kernels()
            .selectiveScan(
                state,
                rate,
                steps,
                v,
                starts[s] * inner,
                deltaBC,
                starts[s] * bcWidth + rank,
                bcWidth,
                skipValues,
                memory,
                inner,
                stateSize,
                starts[s + 1] - starts[s],
                0,
                inner);
      }
      for (int t = 0; t < tokens; t++) {
        int at = t * inner;
        arithmetic
            .kernels()
            .gate(Activation.SILU, uz, t * 2 * inner + inner, memory, at, inner, gated, at);
      }
      out.forward(tokens, gated, 0, inner, y, 0, out.out());
    }

    /** c_t = bias + Σ_j conv_j ⊙ u_{t−K+1+j}; u before a sequence is 0. */
    private void convolve(int[] starts, float[] uz, float[] c) {
      float[] values = weights.values();
      float[] taps = weights.transposed(); // [K, E]
      for (int s = 0; s + 1 < starts.length; s++) {
        for (int t = starts[s]; t < starts[s + 1]; t++) {
          int at = t * inner;
          System.arraycopy(values, convolutionBias.offset(), c, at, inner);
          for (int j = Math.max(0, MambaMixer.this.taps - 1 - (t - starts[s]));
              j < MambaMixer.this.taps;
              j++) {
            int tap = convolution.offset() + j * inner;
            int u = (t - MambaMixer.this.taps + 1 + j) * 2 * inner;
            for (int e = 0; e < inner; e++) {
              c[at + e] = Math.fma(taps[tap + e], uz[u + e], c[at + e]);
            }
          }
        }
      }
    }

    /**
     * Adds to the gradients of x and of the weights.
     *
     * @param memoryGradient what others say about m, [tokens, E]; empty if nobody else reads it
     */
    public void backward(
        int tokens,
        int[] starts,
        float[] x,
        float[] yGradient,
        float[] memoryGradient,
        float[] xGradient,
        float[] gradient) {
      int bcWidth = rank + 2 * stateSize;
      int hidden = in.in();
      float[] uz = this.uz.values();
      float[] gatedGradient = this.gatedGradient.zeros(tokens);
      float[] mGradient = memoryGradients.of(tokens);
      float[] uzGradient = this.uzGradient.zeros(tokens);
      out.backward(tokens, gated.values(), gatedGradient, 0, inner, yGradient, 0, hidden, gradient);
      for (int t = 0; t < tokens; t++) {
        int at = t * inner;
        int z = t * 2 * inner + inner;
        arithmetic
            .gradients()
            .gateGradient(
                Activation.SILU,
                uz,
                z,
                memory.values(),
                at,
                gatedGradient,
                at,
                inner,
                uzGradient,
                z,
                mGradient,
                at);
      }
      for (int i = 0; i < Math.min(memoryGradient.length, tokens * inner); i++) {
        mGradient[i] += memoryGradient[i];
      }
      float[] vGradient = this.vGradient.of(tokens);
      float[] deltaBCGradient = this.deltaBCGradient.zeros(tokens);
      scanBackward(starts, mGradient, vGradient, deltaBCGradient, gradient);
      float[] rawGradient = stepGradient.values();
      softplusBackward(tokens, rawGradient, gradient);
      delta.backward(
          tokens, deltaBC.values(), deltaBCGradient, 0, bcWidth, rawGradient, 0, inner, gradient);
      MambaMixer.this.x.backward(
          tokens, v.values(), vGradient, 0, inner, deltaBCGradient, 0, bcWidth, gradient);
      for (int t = 0; t < tokens; t++) {
        int at = t * inner;
        arithmetic
            .gradients()
            .gateGradient(
                Activation.SILU,
                convolved.values(),
                at,
                ones,
                0,
                vGradient,
                at,
                inner,
                vGradient,
                at,
                ignored,
                0);
      }
      convolutionBackward(starts, vGradient, uzGradient, gradient);
      in.backward(tokens, x, xGradient, 0, hidden, uzGradient, 0, 2 * inner, gradient);
    }

    private void scanBackward(
        int[] starts,
        float[] mGradient,
        float[] vGradient,
        float[] deltaBCGradient,
        float[] gradient) {
      int bcWidth = rank + 2 * stateSize;
      Arrays.fill(rateGradient, 0);
      float[] stepGradient = this.stepGradient.of(starts[starts.length - 1]);
      for (int s = 0; s + 1 < starts.length; s++) {
        int bc = starts[s] * bcWidth + rank;
        arithmetic
            .gradients()
            .scanGradient(
                rate,
                0,
                steps.values(),
                v.values(),
                starts[s] * inner,
                deltaBC.values(),
                bc,
                bcWidth,
                skipValues,
                0,
                mGradient,
                inner,
                stateSize,
                starts[s + 1] - starts[s],
                stepGradient,
                vGradient,
                deltaBCGradient,
                bc,
                rateGradient,
                0,
                gradient,
                skip.offset());
      }
      // A = −exp(A_log) is its own derivative.
      for (int i = 0; i < rateGradient.length; i++) {
        gradient[logRate.offset() + i] =
            Math.fma(rateGradient[i], rate[i], gradient[logRate.offset() + i]);
      }
    }

    /** Times the derivative of softplus, the logistic function; of the bias too. */
    private void softplusBackward(int tokens, float[] stepGradient, float[] gradient) {
      float[] raw = this.raw.values();
      float[] values = weights.values();
      float[] silu = ignored;
      int bias = deltaBias.offset();
      for (int t = 0; t < tokens; t++) {
        int at = t * inner;
        for (int e = 0; e < inner; e++) {
          raw[at + e] += values[bias + e];
        }
        System.arraycopy(raw, at, silu, 0, inner);
        arithmetic.kernels().activate(Activation.SILU, silu, 0, inner);
        for (int e = 0; e < inner; e++) {
          // silu(a) / a keeps its digits where 1 − exp(−Δ) would lose them.
          float sigmoid = raw[at + e] == 0 ? 0.5f : silu[e] / raw[at + e];
          stepGradient[at + e] *= sigmoid;
        }
        for (int e = 0; e < inner; e++) {
          gradient[bias + e] += stepGradient[at + e];
        }
      }
    }

    /** From the gradient of c to those of u and of the convolution. */
    private void convolutionBackward(
        int[] starts, float[] cGradient, float[] uzGradient, float[] gradient) {
      float[] uz = this.uz.values();
      float[] transposed = weights.transposed();
      Arrays.fill(tapGradient, 0);
      for (int s = 0; s + 1 < starts.length; s++) {
        for (int t = starts[s]; t < starts[s + 1]; t++) {
          int at = t * inner;
          for (int e = 0; e < inner; e++) {
            gradient[convolutionBias.offset() + e] += cGradient[at + e];
          }
          for (int j = Math.max(0, taps - 1 - (t - starts[s])); j < taps; j++) {
            int tap = convolution.offset() + j * inner;
            int u = (t - taps + 1 + j) * 2 * inner;
            for (int e = 0; e < inner; e++) {
              uzGradient[u + e] =
                  Math.fma(transposed[tap + e], cGradient[at + e], uzGradient[u + e]);
            }
            for (int e = 0; e < inner; e++) {
              tapGradient[j * inner + e] =
                  Math.fma(cGradient[at + e], uz[u + e], tapGradient[j * inner + e]);
            }
          }
        }
      }
      for (int e = 0; e < inner; e++) {
        for (int j = 0; j < taps; j++) {
          gradient[convolution.offset() + e * taps + j] += tapGradient[j * inner + e];
        }
      }
    }
  }

  public Run newRun() {
    return new Run();
  }
}
