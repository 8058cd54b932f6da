package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.LANES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Kernels} by the Vector API, at 128, 256 or 512 bits (see {@link LaneVectors}): the bits of
 * {@link ScalarKernels}, which does what is too rare or too small for vectors.
 *
 * <p>A thread that calls it keeps about 200 KB of scratch, more if four of its rows are wider.
 */
public final class VectorKernels implements Kernels {

  /** What a thread needs to work without allocating. */
  private static final class Scratch {
    final RowPanel panel = new RowPanel();
    final VectorStrips strips = new VectorStrips();
    final VectorRounding rounding = new VectorRounding();
    final VectorCache cache = new VectorCache();
    final float[] lanes = new float[16 * SCAN_TOKENS];
    final float[] piece = new float[PIECE];
  }

  /** Tokens whose lanes a scan keeps before they are folded. */
  private static final int SCAN_TOKENS = 32;

  /** Activations of a gate that are worked on at a time. */
  private static final int PIECE = 512;

  private final ScalarKernels scalar = new ScalarKernels();
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

  @Override
  public String name() {
    return "vector-" + 32 * LANES;
  }

  @Override
  public void dequantize(Matrix w, int row, float[] out, int outOffset) {
    Operands.checkRow(w, row, out, outOffset);
    if (StripFormat.knows(w.format())) {
      scalar.dequantize(w, row, out, outOffset);
    } else {
      scratch.get().panel.decodeRows(w, row, row + 1, out, outOffset);
    }
  }

  @Override
  public void round(Inputs in, int fromToken, int toToken) {
    Operands.checkRound(in, fromToken, toToken);
    scratch.get().rounding.round(in, fromToken, toToken);
  }

  @Override
  public void packStrip(Matrix w, int row, MemorySegment out) {
    Operands.checkPackStrip(w, row, out);
    new StripScratch().pack(w, row, out);
  }

  @Override
  public void multiply(
      Matrix w, int fromRow, int toRow, Inputs in, float[] y, int yOffset, int yStride) {
    Operands.checkMultiply(w, fromRow, toRow, in, y, yOffset, yStride);
    Scratch mine = scratch.get();
    if (StripFormat.knows(w.format())) {
      mine.strips.multiply(w, fromRow, toRow, in, y, yOffset, yStride);
      return;
    }
    int rows = RowPanel.capacity(w);
    for (int from = fromRow; from < toRow; from += rows) {
      int to = Math.min(from + rows, toRow);
      mine.panel.load(w, from, to);
      mine.panel.multiply(
          to - from,
          in.values(),
          in.offset(),
          in.stride(),
          in.tokens(),
          y,
          yOffset + from,
          yStride,
          mine.lanes);
    }
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    Operands.checkRange(a, aOffset, n);
    Operands.checkRange(b, bOffset, n);
    float[] lanes = scratch.get().lanes;
    int whole = n & ~15;
    for (int group = 0; group < 16; group += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int j = group; j < whole; j += 16) {
        sum =
            FloatVector.fromArray(FLOATS, a, aOffset + j)
                .fma(FloatVector.fromArray(FLOATS, b, bOffset + j), sum);
      }
      sum.intoArray(lanes, group);
    }
    for (int j = whole; j < n; j++) {
      lanes[j - whole] = Math.fma(a[aOffset + j], b[bOffset + j], lanes[j - whole]);
    }
    return LaneVectors.fold(lanes, 0);
  }

  @Override
  public void rmsNorm(
      float[] x, int xOffset, float[] weight, float epsilon, int n, float[] y, int yOffset) {
    Operands.checkRange(weight, 0, n);
    Operands.checkRange(y, yOffset, n);
    float scale = 1f / (float) Math.sqrt(dot(x, xOffset, x, xOffset, n) / n + epsilon);
    int bound = FLOATS.loopBound(n);
    for (int j = 0; j < bound; j += LANES) {
      FloatVector.fromArray(FLOATS, x, xOffset + j)
          .mul(scale)
          .mul(FloatVector.fromArray(FLOATS, weight, j))
          .intoArray(y, yOffset + j);
    }
    for (int j = bound; j < n; j++) {
      y[yOffset + j] = x[xOffset + j] * scale * weight[j];
    }
  }

  @Override
  public void layerNorm(
      float[] x,
      int xOffset,
      float[] weight,
      float[] bias,
      float epsilon,
      int n,
      float[] y,
      int yOffset) {
    Operands.checkRange(x, xOffset, n);
    Operands.checkRange(weight, 0, n);
    Operands.checkRange(bias, 0, n);
    Operands.checkRange(y, yOffset, n);
    float[] lanes = scratch.get().lanes;
    float mean = sum(x, xOffset, n, lanes) / n;
    float variance = sumOfSquares(x, xOffset, n, mean, lanes) / n;
    float scale = 1f / (float) Math.sqrt(variance + epsilon);
    int bound = FLOATS.loopBound(n);
    for (int j = 0; j < bound; j += LANES) {
      FloatVector.fromArray(FLOATS, x, xOffset + j)
          .sub(mean)
          .mul(scale)
          .fma(FloatVector.fromArray(FLOATS, weight, j), FloatVector.fromArray(FLOATS, bias, j))
          .intoArray(y, yOffset + j);
    }
    for (int j = bound; j < n; j++) {
      y[yOffset + j] = Math.fma((x[xOffset + j] - mean) * scale, weight[j], bias[j]);
    }
  }

  private static float sum(float[] x, int offset, int n, float[] lanes) {
    int whole = n & ~15;
    for (int group = 0; group < 16; group += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int j = group; j < whole; j += 16) {
        sum = sum.add(FloatVector.fromArray(FLOATS, x, offset + j));
      }
      sum.intoArray(lanes, group);
    }
    for (int j = whole; j < n; j++) {
      lanes[j - whole] += x[offset + j];
    }
    return LaneVectors.fold(lanes, 0);
  }

  /** Σ (x − mean)². */
  private static float sumOfSquares(float[] x, int offset, int n, float mean, float[] lanes) {
    int whole = n & ~15;
    for (int group = 0; group < 16; group += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int j = group; j < whole; j += 16) {
        FloatVector difference = FloatVector.fromArray(FLOATS, x, offset + j).sub(mean);
        sum = difference.fma(difference, sum);
      }
      sum.intoArray(lanes, group);
    }
    for (int j = whole; j < n; j++) {
      float difference = x[offset + j] - mean;
      lanes[j - whole] = Math.fma(difference, difference, lanes[j - whole]);
    }
    return LaneVectors.fold(lanes, 0);
  }

  @Override
  public void softmax(float[] x, int offset, int n) {
    Operands.checkRange(x, offset, n);
    VectorFunctions.expShifted(x, offset, n, max(x, offset, n));
    float inverse = 1f / sum(x, offset, n, scratch.get().lanes);
    int bound = FLOATS.loopBound(n);
    for (int j = 0; j < bound; j += LANES) {
      FloatVector.fromArray(FLOATS, x, offset + j).mul(inverse).intoArray(x, offset + j);
    }
    for (int j = bound; j < n; j++) {
      x[offset + j] *= inverse;
    }
  }

  /** The greatest; NaN if there is one. No order of comparisons changes it. */
  private float max(float[] x, int offset, int n) {
    float[] lanes = scratch.get().lanes;
    int bound = FLOATS.loopBound(n);
    FloatVector most = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int j = 0; j < bound; j += LANES) {
      most = most.max(FloatVector.fromArray(FLOATS, x, offset + j));
    }
    most.intoArray(lanes, 0);
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < LANES; j++) {
      max = Math.max(max, lanes[j]);
    }
    for (int j = bound; j < n; j++) {
      max = Math.max(max, x[offset + j]);
    }
    return max;
  }

  @Override
  public void activate(Activation activation, float[] x, int offset, int n) {
    Operands.checkRange(x, offset, n);
    VectorFunctions.activate(activation, x, offset, n);
  }

  @Override
  public void gate(
      Activation activation,
      float[] gate,
      int gateOffset,
      float[] up,
      int upOffset,
      int n,
      float[] out,
      int outOffset) {
    Operands.checkRange(gate, gateOffset, n);
    Operands.checkRange(up, upOffset, n);
    Operands.checkRange(out, outOffset, n);
    float[] piece = scratch.get().piece;
    for (int done = 0; done < n; done += PIECE) {
      int some = Math.min(PIECE, n - done);
      System.arraycopy(gate, gateOffset + done, piece, 0, some);
      VectorFunctions.activate(activation, piece, 0, some);
      int bound = FLOATS.loopBound(some);
      for (int j = 0; j < bound; j += LANES) {
        FloatVector.fromArray(FLOATS, piece, j)
            .mul(FloatVector.fromArray(FLOATS, up, upOffset + done + j))
            .intoArray(out, outOffset + done + j);
      }
      for (int j = bound; j < some; j++) {
        out[outOffset + done + j] = piece[j] * up[upOffset + done + j];
      }
    }
  }

  @Override
  public void rotate(
      RotaryPairs pairs,
      float[] angles,
      int anglesOffset,
      int n,
      float[] x,
      int xOffset,
      int stride,
      int heads) {
    if (n % LANES != 0) {
      scalar.rotate(pairs, angles, anglesOffset, n, x, xOffset, stride, heads);
      return;
    }
    Operands.checkRotation(angles, anglesOffset, n, x, xOffset, stride, heads);
    int sines = anglesOffset + n;
    for (int h = 0; h < heads; h++) {
      int head = xOffset + h * stride;
      if (pairs == RotaryPairs.HALVES) {
        VectorRotation.halves(angles, anglesOffset, sines, n, x, head, head + n);
      } else {
        VectorRotation.neighbours(angles, anglesOffset, sines, n, x, head);
      }
    }
  }

  @Override
  public void addScaled(float scale, float[] x, int xOffset, float[] y, int yOffset, int n) {
    Operands.checkRange(x, xOffset, n);
    Operands.checkRange(y, yOffset, n);
    int bound = FLOATS.loopBound(n);
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    for (int j = 0; j < bound; j += LANES) {
      factor
          .fma(
              FloatVector.fromArray(FLOATS, x, xOffset + j),
              FloatVector.fromArray(FLOATS, y, yOffset + j))
          .intoArray(y, yOffset + j);
    }
    for (int j = bound; j < n; j++) {
      y[yOffset + j] = Math.fma(scale, x[xOffset + j], y[yOffset + j]);
    }
  }

  @Override
  public void attentionScores(
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
      int scoresStride) {
    Operands.checkScores(
        q, qOffset, qStride, queries, keys, firstRow, count, scores, scoresOffset, scoresStride);
    if (keys.format() == BlockFormat.Q8_0) {
      QuantisedScores.scores(
          this,
          q,
          qOffset,
          qStride,
          queries,
          keys,
          firstRow,
          count,
          scale,
          scores,
          scoresOffset,
          scoresStride);
      return;
    }
    VectorCache cache = scratch.get().cache;
    cache.scores(
        q,
        qOffset,
        qStride,
        queries,
        keys,
        firstRow,
        count,
        scale,
        scores,
        scoresOffset,
        scoresStride);
  }

  @Override
  public void addWeightedRows(
      float[] p,
      int pOffset,
      int pStride,
      int queries,
      Matrix values,
      int firstRow,
      int count,
      float[] out,
      int outOffset,
      int outStride) {
    Operands.checkWeightedRows(
        p, pOffset, pStride, queries, values, firstRow, count, out, outOffset, outStride);
    VectorCache cache = scratch.get().cache;
    cache.addWeightedRows(
        p, pOffset, pStride, queries, values, firstRow, count, out, outOffset, outStride);
  }

  @Override
  public void storeRow(float[] x, int xOffset, Matrix rows, int row) {
    scalar.storeRow(x, xOffset, rows, row);
  }

  @Override
  public void selectiveScan(
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
      int to) {
    Operands.checkScan(
        state, a, delta, v, offset, bc, bcOffset, bcStride, d, m, channels, stateSize, tokens, from,
        to);
    if (stateSize != 16) {
      scalar.selectiveScan(
          state, a, delta, v, offset, bc, bcOffset, bcStride, d, m, channels, stateSize, tokens,
          from, to);
      return;
    }
    float[] lanes = scratch.get().lanes;
    for (int first = 0; first < tokens; first += SCAN_TOKENS) {
      int some = Math.min(SCAN_TOKENS, tokens - first);
      int b = bcOffset + first * bcStride;
      for (int e = from; e < to; e++) {
        int inputs = offset + first * channels + e;
        for (int group = 0; group < 16; group += LANES) {
          VectorScan.channel(
              state, a, 16 * e, delta, v, inputs, channels, bc, b, bcStride, some, group, lanes);
        }
        for (int t = 0; t < some; t++) {
          int at = inputs + t * channels;
          m[at] = Math.fma(d[e], v[at], LaneVectors.fold(lanes, 16 * t));
        }
      }
    }
  }

  @Override
  public void softplus(float[] x, int offset, float[] bias, int biasOffset, int n) {
    Operands.checkRange(x, offset, n);
    Operands.checkRange(bias, biasOffset, n);
    VectorFunctions.softplus(x, offset, bias, biasOffset, n);
  }
}
