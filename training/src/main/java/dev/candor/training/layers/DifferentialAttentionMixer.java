package dev.candor.training.layers;

import dev.candor.engine.kernels.GradientKernels;
import dev.candor.engine.kernels.Kernels;
import dev.candor.training.layers.CausalSoftmax.Columns;
import dev.candor.training.layers.ParameterLayout.Tensor;
import java.util.List;

/**
 * Differential attention (Ye et al., arXiv 2410.05258) over neighbouring heads, as the engine's:
 *
 * <pre>
 *   P1 = softmax(Q[2p] K[2g]ᵀ / √D)        P2 = softmax(Q[2p+1] K[2g+1]ᵀ / √D)
 *   o  = (P1 − λ P2) [V[2g], V[2g+1]]                                      2D wide
 *   o  = (1 − λinit) · RMSNorm(o)
 *   λ  = exp(λq1·λk1) − exp(λq2·λk2) + λinit        λinit = 0.8 − 0.6 exp(−0.3 i), i the layer's index
 * </pre>
 */
public final class DifferentialAttentionMixer {

  private static final List<String> LAMBDAS =
      List.of("lambda_q1", "lambda_k1", "lambda_q2", "lambda_k2");

  private static final float SUBLAYER_NORM_EPSILON = 1e-5f;

  private final Weights weights;
  private final Kernels kernels;
  private final GradientKernels gradients;
  private final CausalSoftmax softmax; // of a head
  private final LinearLayer projection; // Wqkv
  private final LinearLayer out;
  private final Tensor normWeight; // [2D]
  private final Tensor[] lambdas;
  private final int headSize;
  private final int heads;
  private final int keyValueHeads;
  private final boolean cross;
  private final float lambdaInit;
  private float lambda;
  private float first; // exp(λq1·λk1)
  private float second; // exp(λq2·λk2)

  private DifferentialAttentionMixer(
      Weights weights,
      Arithmetic arithmetic,
      String name,
      DifferentialAttentionShape shape,
      int index) {
    this.weights = weights;
    kernels = arithmetic.kernels();
    gradients = arithmetic.gradients();
    projection = LinearLayer.of(weights, arithmetic, name + ".Wqkv", true);
    out = LinearLayer.of(weights, arithmetic, name + ".out_proj", true);
    ParameterLayout layout = weights.layout();
    String inside = name + ".inner_cross_attn.";
    normWeight = layout.tensor(inside + "subln.weight");
    lambdas = LAMBDAS.stream().map(part -> layout.tensor(inside + part)).toArray(Tensor[]::new);
    headSize = shape.headSize();
    heads = shape.heads();
    keyValueHeads = shape.keyValueHeads();
    cross = shape.cross();
    float scale = (float) (1 / Math.sqrt(headSize));
    softmax = new CausalSoftmax(arithmetic, headSize, shape.window(), scale);
    lambdaInit = (float) (0.8 - 0.6 * StrictMath.exp(-0.3 * index));
  }

  /** Adds the mixer's tensors to a layout. */
  public static void declare(
      ParameterLayout layout, String name, int hidden, DifferentialAttentionShape shape) {
    LinearLayer.declare(layout, name + ".Wqkv", shape.projectedWidth(), hidden, true);
    LinearLayer.declare(layout, name + ".out_proj", hidden, shape.queryWidth(), true);
    for (String part : LAMBDAS) {
      layout.add(name + ".inner_cross_attn." + part, shape.headSize());
    }
    layout.add(name + ".inner_cross_attn.subln.weight", 2 * shape.headSize());
  }

  /**
   * The mixer of this name.
   *
   * @param index of its layer in the whole stack, 0-based
   */
  public static DifferentialAttentionMixer of(
      Weights weights,
      Arithmetic arithmetic,
      String name,
      DifferentialAttentionShape shape,
      int index) {
    return new DifferentialAttentionMixer(weights, arithmetic, name, shape, index);
  }

  /** Must follow {@link Weights#changed}. */
  public void weightsChanged() {
    first = (float) StrictMath.exp(lambdaDot(0));
    second = (float) StrictMath.exp(lambdaDot(2));
    lambda = first - second + lambdaInit;
  }

  private double lambdaDot(int at) {
    double sum = 0;
    for (int j = 0; j < headSize; j++) {
      sum +=
          (double) weights.values()[lambdas[at].offset() + j]
              * weights.values()[lambdas[at + 1].offset() + j];
    }
    return sum;
  }

  /** One worker's way through the layer. */
  public final class Run {
    private final int width = projection.out();
    private final int queryWidth = heads * headSize;
    private final int pairWidth = 2 * headSize;
    private final Rows projected = new Rows(width); // Q, or Q, K, V
    private final Rows projectedGradient = new Rows(width);
    private final Rows mixed = new Rows(queryWidth); // o before the norm
    private final Rows normed = new Rows(queryWidth);
    private final Rows normedGradient = new Rows(queryWidth);
    private final Rows scales = new Rows(heads / 2); // of the norm, of each pair
    private final Rows probabilities = new Rows(1); // P1 and P2 of all pairs and sequences
    private final Rows turned = new Rows(1); // keys or values of a sequence, transposed
    private final Rows block = new Rows(1); // P1 − λ P2 of a block of queries
    private final Rows blockGradient = new Rows(1);
    private final Rows scoreGradient = new Rows(1);
    private final KeysValues own =
        new KeysValues(width, queryWidth, queryWidth + keyValueHeads * headSize);
    private double lambdaGradient;

    /** Those of this layer, for cross layers to share. */
    public KeysValues keysValues() {
      return own;
    }

    /**
     * y [tokens, H] of x [tokens, H].
     *
     * @param starts see {@code TokenBatch}
     * @param shared of the layer whose keys and values a cross layer reads; else its own
     */
    public void forward(int tokens, int[] starts, float[] x, KeysValues shared, float[] y) {
      float[] projected = this.projected.of(tokens);
      projection.forward(tokens, x, 0, projection.in(), projected, 0, width);
      if (!cross) {
        own.rows = projected;
      }
      float[] mixed = this.mixed.zeros(tokens);
      int sizes = 0;
      for (int s = 0; s + 1 < starts.length; s++) {
        int length = starts[s + 1] - starts[s];
        sizes = Math.addExact(sizes, Math.multiplyExact(heads, length * length));
      }
      float[] probabilities = this.probabilities.of(sizes);
      int at = 0;
      for (int s = 0; s + 1 < starts.length; s++) {
        int start = starts[s];
        int length = starts[s + 1] - start;
        for (int head = 0; head < heads; head++) {
          softmax.forward(
              length,
              queries(start, head),
              keys(start, head, shared),
              turned,
              probabilities,
              at + head * length * length);
        }
        for (int pair = 0; pair < heads / 2; pair++) {
          mix(start, length, pair, shared, probabilities, at + 2 * pair * length * length);
        }
        at += heads * length * length;
      }
      norm(tokens, mixed);
      out.forward(tokens, normed.values(), 0, queryWidth, y, 0, out.out());
    }

    private Columns queries(int start, int head) {
      return new Columns(projected.values(), start * width + head * headSize, width);
    }

    private Columns keys(int start, int head, KeysValues shared) {
      return columns(start, shared, shared.keysAt + keyHead(head) * headSize);
    }

    /** Those of both value heads of a pair: they are neighbours. */
    private Columns values(int start, int pair, KeysValues shared) {
      return columns(start, shared, shared.valuesAt + keyHead(2 * pair) * headSize);
    }

    private static Columns columns(int start, KeysValues shared, int column) {
      return new Columns(shared.rows, start * shared.width + column, shared.width);
    }

    /** Even heads meet even keys, odd ones odd: pair p's group is ⌊p·nk/nq⌋. */
    private int keyHead(int head) {
      return 2 * (head / 2 * keyValueHeads / heads) + head % 2;
    }

    /** o = (P1 − λ P2) V of a pair. */
    private void mix(int start, int length, int pair, KeysValues shared, float[] p, int pOffset) {
      Columns values = values(start, pair, shared);
      for (int from = 0; from < length; from += CausalSoftmax.BLOCK) {
        int to = Math.min(length, from + CausalSoftmax.BLOCK);
        int firstKey = softmax.firstKey(from);
        float[] difference = difference(length, from, to, p, pOffset);
        gradients.addProduct(
            to - from,
            pairWidth,
            to - firstKey,
            difference,
            0,
            to - firstKey,
            1,
            values.rows(),
            values.offset() + firstKey * values.stride(),
            values.stride(),
            mixed.values(),
            (start + from) * queryWidth + pair * pairWidth,
            queryWidth);
      }
    }

    /** P1 − λ P2 of queries [from, to) and the keys that they see, without gaps. */
    private float[] difference(int length, int from, int to, float[] p, int pOffset) {
      int firstKey = softmax.firstKey(from);
      int count = to - firstKey;
      float[] difference = block.of((to - from) * count);
      for (int t = from; t < to; t++) {
        int row = pOffset + t * length + firstKey;
        int other = row + length * length;
        int target = (t - from) * count;
        for (int j = 0; j < count; j++) {
          difference[target + j] = Math.fma(-lambda, p[other + j], p[row + j]);
        }
      }
      return difference;
    }

    /** RMSNorm of each pair's 2D values, times (1 − λinit). */
    private void norm(int tokens, float[] mixed) {
      float[] normed = this.normed.of(tokens);
      float[] scales = this.scales.of(tokens);
      float[] values = weights.values();
      int w = normWeight.offset();
      for (int i = 0; i < tokens * (heads / 2); i++) {
        int at = i * pairWidth;
        float square = kernels.dot(mixed, at, mixed, at, pairWidth) / pairWidth;
        float scale = 1 / (float) Math.sqrt(square + SUBLAYER_NORM_EPSILON);
        scales[i] = scale;
        float factor = scale * (1 - lambdaInit);
        for (int j = 0; j < pairWidth; j++) {
          normed[at + j] = mixed[at + j] * factor * values[w + j];
        }
      }
    }

    /** Before the way back of a batch: nothing is known about this layer's keys and values. */
    public void clearKeyValueGradient(int tokens) {
      own.gradient = projectedGradient.zeros(tokens);
    }

    /**
     * Adds to the gradients of x, of the shared keys and values and of the weights. Of a layer with
     * keys and values of its own, {@link #clearKeyValueGradient} comes first, then the cross layers
     * that share them, then this.
     */
    public void backward(
        int tokens,
        int[] starts,
        float[] x,
        KeysValues shared,
        float[] yGradient,
        float[] xGradient,
        float[] gradient) {
      int hidden = projection.in();
      float[] normedGradient = this.normedGradient.zeros(tokens);
      if (cross) {
        projectedGradient.zeros(tokens);
      }
      out.backward(
          tokens, normed.values(), normedGradient, 0, queryWidth, yGradient, 0, hidden, gradient);
      normBackward(tokens, normedGradient, gradient);
      lambdaGradient = 0;
      int at = 0;
      for (int s = 0; s + 1 < starts.length; s++) {
        int start = starts[s];
        int length = starts[s + 1] - start;
        for (int pair = 0; pair < heads / 2; pair++) {
          pairBackward(start, length, pair, shared, at + 2 * pair * length * length);
        }
        at += heads * length * length;
      }
      addLambdaGradients(gradient);
      float[] projectedGradient = this.projectedGradient.values();
      projection.backward(tokens, x, xGradient, 0, hidden, projectedGradient, 0, width, gradient);
    }

    /** In place: from the gradient of the normed values to that of o. */
    private void normBackward(int tokens, float[] g, float[] gradient) {
      float[] mixed = this.mixed.values();
      float[] scales = this.scales.values();
      float[] values = weights.values();
      int w = normWeight.offset();
      for (int i = 0; i < tokens * (heads / 2); i++) {
        int at = i * pairWidth;
        float scale = scales[i];
        float factor = scale * (1 - lambdaInit);
        for (int j = 0; j < pairWidth; j++) {
          gradient[w + j] += g[at + j] * mixed[at + j] * factor;
        }
        for (int j = 0; j < pairWidth; j++) {
          g[at + j] *= values[w + j] * factor;
        }
        float along = kernels.dot(g, at, mixed, at, pairWidth) / pairWidth * (scale * scale);
        for (int j = 0; j < pairWidth; j++) {
          g[at + j] = Math.fma(-along, mixed[at + j], g[at + j]);
        }
      }
    }

    private void pairBackward(int start, int length, int pair, KeysValues shared, int pOffset) {
      float[] p = probabilities.values();
      Columns values = values(start, pair, shared);
      float[] valuesTurned = values.turned(length, pairWidth, turned);
      float[] mixedGradient = normedGradient.values();
      for (int from = 0; from < length; from += CausalSoftmax.BLOCK) {
        int to = Math.min(length, from + CausalSoftmax.BLOCK);
        int firstKey = softmax.firstKey(from);
        int count = to - firstKey;
        int rows = to - from;
        int outRow = (start + from) * queryWidth + pair * pairWidth;
        float[] difference = difference(length, from, to, p, pOffset);
        gradients.addProduct(
            count,
            pairWidth,
            rows,
            difference,
            0,
            1,
            count,
            mixedGradient,
            outRow,
            queryWidth,
            shared.gradient,
            values.offset() + firstKey * values.stride(),
            values.stride());
        float[] g = blockGradient.zeros(rows * count);
        gradients.addProduct(
            rows,
            count,
            pairWidth,
            mixedGradient,
            outRow,
            queryWidth,
            1,
            valuesTurned,
            firstKey,
            length,
            g,
            0,
            count);
        headBackward(start, length, 2 * pair, shared, from, p, pOffset, g, 1);
        int second = pOffset + length * length;
        for (int t = 0; t < rows; t++) {
          int row = second + (from + t) * length + firstKey;
          lambdaGradient -= kernels.dot(g, t * count, p, row, count);
        }
        headBackward(start, length, 2 * pair + 1, shared, from, p, second, g, -lambda);
      }
    }

    /**
     * From the gradient of P1 − λ P2 for a block of queries to those of the head's queries and
     * keys.
     *
     * @param factor 1 for P1, −λ for P2
     */
    private void headBackward(
        int start,
        int length,
        int head,
        KeysValues shared,
        int from,
        float[] p,
        int pOffset,
        float[] g,
        float factor) {
      softmax.backward(
          length,
          from,
          p,
          pOffset,
          g,
          factor,
          scoreGradient.of(g.length),
          queries(start, head),
          keys(start, head, shared),
          projectedGradient.values(),
          shared.gradient);
    }

    private void addLambdaGradients(float[] gradient) {
      for (int at = 0; at < 4; at += 2) {
        float factor = (float) (at == 0 ? lambdaGradient * first : -lambdaGradient * second);
        int q = lambdas[at].offset();
        int k = lambdas[at + 1].offset();
        for (int j = 0; j < headSize; j++) {
          gradient[q + j] = Math.fma(factor, weights.values()[k + j], gradient[q + j]);
          gradient[k + j] = Math.fma(factor, weights.values()[q + j], gradient[k + j]);
        }
      }
    }
  }

  public Run newRun() {
    return new Run();
  }
}
