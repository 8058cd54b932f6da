package dev.candor.training.layers;

import dev.candor.engine.kernels.GradientKernels;
import dev.candor.engine.kernels.Kernels;
import dev.candor.training.layers.CausalSoftmax.Columns;
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
 */
public final class GroupedQueryMixer {

  private final Kernels kernels;
  private final GradientKernels gradients;
  private final CausalSoftmax softmax; // of a head
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
    softmax = new CausalSoftmax(arithmetic, shape.headSize(), shape.window(), shape.scale());
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

    private Columns queries(int start, int head) {
      return columns(start, head * headSize);
    }

    private Columns keys(int start, int head) {
      return columns(start, queryWidth + keyHead(head) * headSize);
    }

    private Columns values(int start, int head) {
      return columns(start, queryWidth + keyWidth + keyHead(head) * headSize);
    }

    private Columns columns(int start, int column) {
      return new Columns(projected.values(), start * width + column, width);
    }

    private int keyHead(int head) {
      return head / (shape.heads() / shape.keyValueHeads());
    }

    /** P of a head, and P v. */
    private void attend(int start, int length, int head, float[] p, int pOffset) {
      softmax.forward(length, queries(start, head), keys(start, head), turned, p, pOffset);
      Columns values = values(start, head);
      for (int from = 0; from < length; from += CausalSoftmax.BLOCK) {
        int to = Math.min(length, from + CausalSoftmax.BLOCK);
        int firstKey = softmax.firstKey(from);
        gradients.addProduct(
            to - from,
            headSize,
            to - firstKey,
            p,
            pOffset + from * length + firstKey,
            length,
            1,
            values.rows(),
            values.offset() + firstKey * width,
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
      float[] g = projectedGradient.values();
      Columns values = values(start, head);
      float[] valuesTurned = values.turned(length, headSize, turned);
      for (int from = 0; from < length; from += CausalSoftmax.BLOCK) {
        int to = Math.min(length, from + CausalSoftmax.BLOCK);
        int firstKey = softmax.firstKey(from);
        int count = to - firstKey;
        int queries = to - from;
        int mixedBlock = (start + from) * queryWidth + head * headSize;
        gradients.addProduct(
            count,
            headSize,
            queries,
            p,
            pOffset + from * length + firstKey,
            1,
            length,
            mixedGradient.values(),
            mixedBlock,
            queryWidth,
            g,
            values.offset() + firstKey * width,
            width);
        float[] block = blockGradient.zeros(queries * count);
        gradients.addProduct(
            queries,
            count,
            headSize,
            mixedGradient.values(),
            mixedBlock,
            queryWidth,
            1,
            valuesTurned,
            firstKey,
            length,
            block,
            0,
            count);
        softmax.backward(
            length,
            from,
            p,
            pOffset,
            block,
            1,
            block,
            queries(start, head),
            keys(start, head),
            g,
            g);
      }
    }
  }

  public Run newRun(Buffers buffers) {
    return new Run(buffers);
  }
}
