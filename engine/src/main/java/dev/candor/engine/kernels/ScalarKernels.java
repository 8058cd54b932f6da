package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The definition of {@link Kernels} in plain Java: every other path must equal it bit for bit. Slow
 * and obvious.
 *
 * <p>A thread that calls it keeps 20 KB of scratch and as much as the widest row it has multiplied.
 */
public final class ScalarKernels implements Kernels {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Elements that are decoded at a time: whole blocks of every format. */
  private static final int PIECE = 4096;

  /** What a thread needs to work without allocating. */
  private static final class Scratch {
    final byte[] blocks = new byte[PIECE * 4];
    final float[] lanes = new float[16];
    float[] row = new float[0];

    float[] row(int columns) {
      if (row.length < columns) {
        row = new float[columns];
      }
      return row;
    }
  }

  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public void dequantize(Matrix w, int row, float[] out, int outOffset) {
    Operands.checkRow(w, row, out, outOffset);
    byte[] blocks = scratch.get().blocks;
    BlockFormat format = w.format();
    long at = row * w.rowBytes();
    for (int done = 0; done < w.columns(); done += PIECE) {
      int elements = Math.min(PIECE, w.columns() - done);
      int bytes = (int) format.bytes(elements);
      MemorySegment.copy(w.data(), ValueLayout.JAVA_BYTE, at, blocks, 0, bytes);
      BlockDecoder.decode(format, blocks, 0, elements, out, outOffset + done);
      at += bytes;
    }
  }

  @Override
  public void multiply(
      Matrix w,
      int fromRow,
      int toRow,
      float[] x,
      int xOffset,
      int xStride,
      int tokens,
      float[] y,
      int yOffset,
      int yStride) {
    Operands.checkMultiply(w, fromRow, toRow, x, xOffset, xStride, tokens, y, yOffset, yStride);
    float[] row = scratch.get().row(w.columns());
    for (int r = fromRow; r < toRow; r++) {
      dequantize(w, r, row, 0);
      for (int t = 0; t < tokens; t++) {
        y[yOffset + t * yStride + r] = dot(row, 0, x, xOffset + t * xStride, w.columns());
      }
    }
  }

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    Operands.checkRange(a, aOffset, n);
    Operands.checkRange(b, bOffset, n);
    float[] lanes = clearLanes();
    for (int i = 0; i < n; i++) {
      lanes[i & 15] = Math.fma(a[aOffset + i], b[bOffset + i], lanes[i & 15]);
    }
    return fold(lanes);
  }

  private float[] clearLanes() {
    float[] lanes = scratch.get().lanes;
    for (int j = 0; j < 16; j++) {
      lanes[j] = 0;
    }
    return lanes;
  }

  private static float fold(float[] lanes) {
    for (int w = 8; w >= 1; w >>= 1) {
      for (int j = 0; j < w; j++) {
        lanes[j] += lanes[j + w];
      }
    }
    return lanes[0];
  }

  @Override
  public void rmsNorm(
      float[] x, int xOffset, float[] weight, float epsilon, int n, float[] y, int yOffset) {
    Operands.checkRange(weight, 0, n);
    Operands.checkRange(y, yOffset, n);
    float scale = 1f / squareRoot(dot(x, xOffset, x, xOffset, n) / n + epsilon);
    for (int j = 0; j < n; j++) {
      y[yOffset + j] = x[xOffset + j] * scale * weight[j];
    }
  }

  /** Correctly rounded: a float's root in double has bits to spare. */
  private static float squareRoot(float x) {
    return (float) Math.sqrt(x);
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
    float mean = sum(x, xOffset, n) / n;
    float[] lanes = clearLanes();
    for (int j = 0; j < n; j++) {
      float difference = x[xOffset + j] - mean;
      lanes[j & 15] = Math.fma(difference, difference, lanes[j & 15]);
    }
    float scale = 1f / squareRoot(fold(lanes) / n + epsilon);
    for (int j = 0; j < n; j++) {
      y[yOffset + j] = Math.fma((x[xOffset + j] - mean) * scale, weight[j], bias[j]);
    }
  }

  private float sum(float[] x, int offset, int n) {
    float[] lanes = clearLanes();
    for (int j = 0; j < n; j++) {
      lanes[j & 15] += x[offset + j];
    }
    return fold(lanes);
  }

  @Override
  public void softmax(float[] x, int offset, int n) {
    Operands.checkRange(x, offset, n);
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < n; j++) {
      max = Math.max(max, x[offset + j]);
    }
    for (int j = 0; j < n; j++) {
      x[offset + j] = ElementaryFunctions.exp(x[offset + j] - max);
    }
    float inverse = 1f / sum(x, offset, n);
    for (int j = 0; j < n; j++) {
      x[offset + j] *= inverse;
    }
  }

  @Override
  public void activate(Activation activation, float[] x, int offset, int n) {
    Operands.checkRange(x, offset, n);
    for (int j = 0; j < n; j++) {
      x[offset + j] = ElementaryFunctions.activate(activation, x[offset + j]);
    }
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
    for (int j = 0; j < n; j++) {
      out[outOffset + j] =
          ElementaryFunctions.activate(activation, gate[gateOffset + j]) * up[upOffset + j];
    }
  }

  @Override
  public void addScaled(float scale, float[] x, int xOffset, float[] y, int yOffset, int n) {
    Operands.checkRange(x, xOffset, n);
    Operands.checkRange(y, yOffset, n);
    for (int j = 0; j < n; j++) {
      y[yOffset + j] = Math.fma(scale, x[xOffset + j], y[yOffset + j]);
    }
  }

  @Override
  public void attentionScores(
      float[] q,
      int qOffset,
      Matrix keys,
      int firstRow,
      int column,
      int headSize,
      int count,
      float scale,
      float[] scores,
      int scoresOffset) {
    Operands.checkCache(keys, firstRow, count, column, headSize);
    Operands.checkRange(q, qOffset, headSize);
    Operands.checkRange(scores, scoresOffset, count);
    for (int s = 0; s < count; s++) {
      float[] lanes = clearLanes();
      for (int j = 0; j < headSize; j++) {
        float key = element(keys, firstRow + s, column + j);
        lanes[j & 15] = Math.fma(q[qOffset + j], key, lanes[j & 15]);
      }
      scores[scoresOffset + s] = scale * fold(lanes);
    }
  }

  private static float element(Matrix cache, int row, int column) {
    long index = (long) row * cache.columns() + column;
    return cache.format() == BlockFormat.F32
        ? cache.data().get(FLOAT, 4 * index)
        : Float.float16ToFloat(cache.data().get(SHORT, 2 * index));
  }

  @Override
  public void addWeightedRows(
      float[] p,
      int pOffset,
      Matrix values,
      int firstRow,
      int column,
      int width,
      int count,
      float[] out,
      int outOffset) {
    Operands.checkCache(values, firstRow, count, column, width);
    Operands.checkRange(p, pOffset, count);
    Operands.checkRange(out, outOffset, width);
    for (int s = 0; s < count; s++) {
      for (int j = 0; j < width; j++) {
        float value = element(values, firstRow + s, column + j);
        out[outOffset + j] = Math.fma(p[pOffset + s], value, out[outOffset + j]);
      }
    }
  }

  @Override
  public void storeRow(float[] x, int xOffset, Matrix rows, int row) {
    Operands.checkCache(rows, row, 1, 0, rows.columns());
    Operands.checkRange(x, xOffset, rows.columns());
    long at = row * rows.rowBytes();
    if (rows.format() == BlockFormat.F32) {
      MemorySegment.copy(x, xOffset, rows.data(), FLOAT, at, rows.columns());
      return;
    }
    for (int j = 0; j < rows.columns(); j++) {
      rows.data().set(SHORT, at + 2L * j, Float.floatToFloat16(x[xOffset + j]));
    }
  }

  @Override
  public void selectiveScan(
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
      int to) {
    Operands.checkScan(
        state, a, delta, v, bc, bcOffset, bcStride, d, m, channels, stateSize, tokens, from, to);
    for (int e = from; e < to; e++) {
      for (int t = 0; t < tokens; t++) {
        float step = delta[t * channels + e];
        float input = v[t * channels + e];
        float scaled = step * input;
        int b = bcOffset + t * bcStride;
        int c = b + stateSize;
        float[] lanes = clearLanes();
        for (int n = 0; n < stateSize; n++) {
          int at = e * stateSize + n;
          float decay = ElementaryFunctions.exp(step * a[at]);
          state[at] = Math.fma(decay, state[at], scaled * bc[b + n]);
          lanes[n & 15] = Math.fma(state[at], bc[c + n], lanes[n & 15]);
        }
        m[t * channels + e] = Math.fma(d[e], input, fold(lanes));
      }
    }
  }

  @Override
  public void softplus(float[] x, int offset, float[] bias, int biasOffset, int n) {
    Operands.checkRange(x, offset, n);
    Operands.checkRange(bias, biasOffset, n);
    for (int j = 0; j < n; j++) {
      x[offset + j] = ElementaryFunctions.softplus(x[offset + j] + bias[biasOffset + j]);
    }
  }
}
