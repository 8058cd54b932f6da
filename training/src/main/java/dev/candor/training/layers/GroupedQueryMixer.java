package dev.candor.training.layers;

import dev.candor.engine.kernels.GradientKernels;
import dev.candor.engine.kernels.Kernels;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Causal self-attention whose query heads share key/value heads in groups (Ainslie et al., arXiv
 * 2305.13245), with rotary positions, as the engine's:
 *
 * <pre>
 *   q, k = turned(norm(x Wqᵀ)), turned(norm(x Wkᵀ))          norm of each head, of Gemma 3 only
 *   P    = softmax(scale · q kᵀ)                             over the last keys, within the window
 *   y    = (P v) Woᵀ
 * </pre>
 *
 * <p>Back through a softmax: the gradient of its scores is P ⊙ (G − rowsum(P ⊙ G)), G that of P.
 */
public final class GroupedQueryMixer {

  /** Queries that are taken together: they meet only the keys that some of them may see. */
  private static final int BLOCK = 64;

  private final Kernels kernels;
  private final GradientKernels gradients;
  private final List<LinearLayer> projections; // of q, k and v, in one or three
  private final LinearLayer out;
  private final Optional<RmsNormLayer> queryNorm;
  private final Optional<RmsNormLayer> keyNorm;
  private final Shape shape;
  private final int queryWidth;
  private final int keyWidth;
  private final int width; // of q, k and v together

  /**
   * Heads, and what they may see.
   *
   * @param scale of the scores
   * @param window most keys of a query, its own included
   * @param bias whether the projections have one
   * @param outBias whether the output has one
   */
  public record Shape(
      int heads,
      int keyValueHeads,
      int headSize,
      float scale,
      int window,
      boolean bias,
      boolean outBias) {}

  /**
   * What the parts are called.
   *
   * @param projections of q, k and v, or of all in one
   * @param queryNorm of each head; empty for none
   */
  public record Names(
      List<String> projections, String out, Optional<String> queryNorm, Optional<String> keyNorm) {}

  /** The norms of heads: see {@link RmsNormLayer#of}. */
  public record HeadNorms(float epsilon, float base) {}

  private final RotaryTable rotary;

  private GroupedQueryMixer(
      Weights weights,
      Arithmetic arithmetic,
      Names names,
      Shape shape,
      HeadNorms norms,
      RotaryTable rotary) {
    kernels = arithmetic.kernels();
    gradients = arithmetic.gradients();
    projections =
        names.projections().stream()
            .map(name -> LinearLayer.of(weights, arithmetic, name, shape.bias()))
            .toList();
    out = LinearLayer.of(weights, arithmetic, names.out(), shape.outBias());
    queryNorm = names.queryNorm().map(name -> headNorm(weights, arithmetic, name, norms));
    keyNorm = names.keyNorm().map(name -> headNorm(weights, arithmetic, name, norms));
    this.shape = shape;
    this.rotary = rotary;
    queryWidth = shape.heads() * shape.headSize();
    keyWidth = shape.keyValueHeads() * shape.headSize();
    width = queryWidth + 2 * keyWidth;
  }

  private static RmsNormLayer headNorm(
      Weights weights, Arithmetic arithmetic, String name, HeadNorms norms) {
    return RmsNormLayer.of(weights, arithmetic, name, norms.epsilon(), norms.base());
  }

  /** Adds the mixer's tensors to a layout. */
  public static void declare(ParameterLayout layout, Names names, int hidden, Shape shape) {
    int queryWidth = shape.heads() * shape.headSize();
    int keyWidth = shape.keyValueHeads() * shape.headSize();
    int[] rows =
        names.projections().size() == 1
            ? new int[] {queryWidth + 2 * keyWidth}
            : new int[] {queryWidth, keyWidth, keyWidth};
    for (int i = 0; i < rows.length; i++) {
      LinearLayer.declare(layout, names.projections().get(i), rows[i], hidden, shape.bias());
    }
    LinearLayer.declare(layout, names.out(), hidden, queryWidth, shape.outBias());
    names.queryNorm().ifPresent(name -> RmsNormLayer.declare(layout, name, shape.headSize()));
    names.keyNorm().ifPresent(name -> RmsNormLayer.declare(layout, name, shape.headSize()));
  }

  /**
   * The mixer of these names.
   *
   * @param rotary may be that of other layers too
   */
  public static GroupedQueryMixer of(
      Weights weights,
      Arithmetic arithmetic,
      Names names,
      Shape shape,
      HeadNorms norms,
      RotaryTable rotary) {
    return new GroupedQueryMixer(weights, arithmetic, names, shape, norms, rotary);
  }

  /** One worker's way through the layer. */
  public final class Run {
    private final int headSize = shape.headSize();
    private final Rows projected; // q, k, v: q and k normed and turned
    private final Rows projectedGradient;
    private final Rows mixed; // P v
    private final Rows mixedGradient;
    private final Rows probabilities; // of all heads and sequences
    private final Rows turned; // keys or values of a sequence, transposed
    private final Rows blockGradient;
    private final Rows headRows; // heads on their way through a norm
    private final Rows headRowsGradient;
    private final Optional<RmsNormLayer.Run> queryNormRun;
    private final Optional<RmsNormLayer.Run> keyNormRun;

    private Run(Buffers buffers) {
      projected = buffers.rows("projected", width);
      projectedGradient = buffers.rows("projectedGradient", width);
      mixed = buffers.rows("mixed", queryWidth);
      mixedGradient = buffers.rows("mixedGradient", queryWidth);
      probabilities = buffers.rows("probabilities", 1);
      turned = buffers.rows("turned", 1);
      blockGradient = buffers.rows("blockGradient", 1);
      headRows = buffers.rows("headRows", 1);
      headRowsGradient = buffers.rows("headRowsGradient", 1);
      queryNormRun = queryNorm.map(norm -> norm.newRun(buffers.within("queryNorm")));
      keyNormRun = keyNorm.map(norm -> norm.newRun(buffers.within("keyNorm")));
    }

    /**
     * y [tokens, H] of x [tokens, H].
     *
     * @param starts see {@code TokenBatch}
     */
    public void forward(int tokens, int[] starts, float[] x, float[] y) {
      float[] projected = this.projected.of(tokens);
      int column = 0;
      for (LinearLayer projection : projections) {
        projection.forward(tokens, x, 0, projection.in(), projected, column, width);
        column += projection.out();
      }
      queryNormRun.ifPresent(norm -> norm(norm, tokens, 0, shape.heads()));
      keyNormRun.ifPresent(norm -> norm(norm, tokens, queryWidth, shape.keyValueHeads()));
      turnHeads(false, starts, projected);
      this.mixed.zeros(tokens);
      int sizes = 0;
      for (int s = 0; s + 1 < starts.length; s++) {
        int length = starts[s + 1] - starts[s];
        sizes = Math.addExact(sizes, Math.multiplyExact(shape.heads(), length * length));
      }
      float[] p = probabilities.of(sizes);
      int at = 0;
      for (int s = 0; s + 1 < starts.length; s++) {
        int length = starts[s + 1] - starts[s];
        for (int head = 0; head < shape.heads(); head++) {
          attend(starts[s], length, head, p, at);
          at += length * length;
        }
      }
      out.forward(tokens, mixed.values(), 0, queryWidth, y, 0, out.out());
    }

    private void turnHeads(boolean back, int[] starts, float[] rows) {
      // Query and key heads lie side by side.
      int heads = shape.heads() + shape.keyValueHeads();
      for (int s = 0; s + 1 < starts.length; s++) {
        int length = starts[s + 1] - starts[s];
        rotary.turn(kernels, back, length, rows, starts[s] * width, width, headSize, heads);
      }
    }

    /** Norms some heads of each token, in place. */
    private void norm(RmsNormLayer.Run norm, int tokens, int column, int heads) {
      int rowWidth = heads * headSize;
      float[] rows = headRows.of(tokens * rowWidth);
      float[] projected = this.projected.values();
      for (int t = 0; t < tokens; t++) {
        System.arraycopy(projected, t * width + column, rows, t * rowWidth, rowWidth);
      }
      float[] normed = norm.forward(tokens * heads, rows);
      for (int t = 0; t < tokens; t++) {
        System.arraycopy(normed, t * rowWidth, projected, t * width + column, rowWidth);
      }
    }

    private void normBackward(
        RmsNormLayer.Run norm, int tokens, int column, int heads, float[] gradient) {
      int rowWidth = heads * headSize;
      float[] outer = headRows.of(tokens * rowWidth);
      float[] inner = headRowsGradient.zeros(tokens * rowWidth);
      float[] projectedGradient = this.projectedGradient.values();
      for (int t = 0; t < tokens; t++) {
        System.arraycopy(projectedGradient, t * width + column, outer, t * rowWidth, rowWidth);
      }
      norm.backward(tokens * heads, outer, inner, gradient);
      for (int t = 0; t < tokens; t++) {
        System.arraycopy(inner, t * rowWidth, projectedGradient, t * width + column, rowWidth);
      }
    }

    private int firstKey(int query) {
      return Math.max(0, query - shape.window() + 1);
    }

    private int keyColumn(int head) {
      return queryWidth + head / (shape.heads() / shape.keyValueHeads()) * headSize;
    }

    private int valueColumn(int head) {
      return keyColumn(head) + keyWidth;
    }

    /** Rows of some columns of a sequence, transposed: [headSize, length]. */
    private float[] turned(int start, int length, int column) {
      float[] turned = this.turned.of(headSize * length);
      float[] rows = projected.values();
      for (int t = 0; t < length; t++) {
        int row = (start + t) * width + column;
        for (int j = 0; j < headSize; j++) {
          turned[j * length + t] = rows[row + j];
        }
      }
      return turned;
    }

    /** P [length, length] of a head, keys that no query of a block sees left as they are; P v. */
    private void attend(int start, int length, int head, float[] p, int pOffset) {
      float[] keys = turned(start, length, keyColumn(head));
      float[] rows = projected.values();
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
            rows,
            (start + from) * width + head * headSize,
            width,
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
            p[row + j] *= shape.scale();
          }
          kernels.softmax(p, row + seen, t + 1 - seen);
          Arrays.fill(p, row + firstKey, row + seen, 0);
          Arrays.fill(p, row + t + 1, row + to, 0);
        }
        gradients.addProduct(
            to - from,
            headSize,
            to - firstKey,
            p,
            pOffset + from * length + firstKey,
            length,
            1,
            rows,
            (start + firstKey) * width + valueColumn(head),
            width,
            mixed.values(),
            (start + from) * queryWidth + head * headSize,
            queryWidth);
      }
    }

    /** Adds to the gradients of x and of the weights. */
    public void backward(
        int tokens,
        int[] starts,
        float[] x,
        float[] yGradient,
        float[] xGradient,
        float[] gradient) {
      int hidden = out.out();
      float[] projectedGradient = this.projectedGradient.zeros(tokens);
      float[] mixedGradient = this.mixedGradient.zeros(tokens);
      out.backward(
          tokens, mixed.values(), mixedGradient, 0, queryWidth, yGradient, 0, hidden, gradient);
      int at = 0;
      for (int s = 0; s + 1 < starts.length; s++) {
        int length = starts[s + 1] - starts[s];
        for (int head = 0; head < shape.heads(); head++) {
          attendBackward(starts[s], length, head, at);
          at += length * length;
        }
      }
      turnHeads(true, starts, projectedGradient);
      queryNormRun.ifPresent(norm -> normBackward(norm, tokens, 0, shape.heads(), gradient));
      keyNormRun.ifPresent(
          norm -> normBackward(norm, tokens, queryWidth, shape.keyValueHeads(), gradient));
      int column = 0;
      for (LinearLayer projection : projections) {
        projection.backward(
            tokens, x, xGradient, 0, hidden, projectedGradient, column, width, gradient);
        column += projection.out();
      }
    }

    /** From the gradient of P v to those of q, k and v of a head. */
    private void attendBackward(int start, int length, int head, int pOffset) {
      float[] p = probabilities.values();
      float[] rows = projected.values();
      float[] g = projectedGradient.values();
      float[] values = turned(start, length, valueColumn(head));
      for (int from = 0; from < length; from += BLOCK) {
        int to = Math.min(length, from + BLOCK);
        int firstKey = firstKey(from);
        int count = to - firstKey;
        int queries = to - from;
        int pBlock = pOffset + from * length + firstKey;
        int mixedBlock = (start + from) * queryWidth + head * headSize;
        int firstRow = (start + firstKey) * width;
        int queryRow = (start + from) * width + head * headSize;
        gradients.addProduct(
            count,
            headSize,
            queries,
            p,
            pBlock,
            1,
            length,
            mixedGradient.values(),
            mixedBlock,
            queryWidth,
            g,
            firstRow + valueColumn(head),
            width);
        float[] scores = blockGradient.zeros(queries * count);
        gradients.addProduct(
            queries,
            count,
            headSize,
            mixedGradient.values(),
            mixedBlock,
            queryWidth,
            1,
            values,
            firstKey,
            length,
            scores,
            0,
            count);
        for (int t = 0; t < queries; t++) {
          int row = pBlock + t * length;
          int target = t * count;
          float sum = kernels.dot(scores, target, p, row, count);
          for (int j = 0; j < count; j++) {
            scores[target + j] = p[row + j] * (scores[target + j] - sum) * shape.scale();
          }
        }
        gradients.addProduct(
            queries,
            headSize,
            count,
            scores,
            0,
            count,
            1,
            rows,
            firstRow + keyColumn(head),
            width,
            g,
            queryRow,
            width);
        gradients.addProduct(
            count,
            headSize,
            queries,
            scores,
            0,
            1,
            count,
            rows,
            queryRow,
            width,
            g,
            firstRow + keyColumn(head),
            width);
      }
    }
  }

  public Run newRun(Buffers buffers) {
    return new Run(buffers);
  }
}
