package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The definition of {@link Kernels} in plain Java: every other path must equal it bit for bit. Slow
 * and obvious.
 *
 * <p>A thread that calls it keeps 1 KB of scratch and as much as the widest row it has multiplied.
 */
public final class ScalarKernels implements Kernels {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Bytes of a block of Q8_0. */
  private static final int Q8_BYTES = BlockFormat.Q8_0.blockBytes();

  /** What a thread needs to work without allocating. */
  private static final class Scratch {
    final BlockFields fields = new BlockFields();
    final ScalarStrips strips = new ScalarStrips();
    final float[] lanes = new float[16];
    final MemorySegment block = MemorySegment.ofArray(new byte[Q8_BYTES]);
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
    if (StripFormat.knows(w.format())) {
      BlockFields fields = scratch.get().fields;
      int elements = w.format().blockElements();
      for (int block = 0; block < w.columns() / elements; block++) {
        w.read(fields, row, block);
        fields.dequantize(out, outOffset + block * elements);
      }
      return;
    }
    long at = row * w.rowBytes();
    if (w.format() == BlockFormat.F32) {
      MemorySegment.copy(w.data(), FLOAT, at, out, outOffset, w.columns());
      return;
    }
    for (int j = 0; j < w.columns(); j++) {
      out[outOffset + j] =
          switch (w.format()) {
            case F16 -> Float.float16ToFloat(w.data().get(SHORT, at + 2L * j));
            // BF16: the upper 16 bits of a float32.
            default -> Float.intBitsToFloat(w.data().get(SHORT, at + 2L * j) << 16);
          };
    }
  }

  @Override
  public void round(Inputs in, int fromToken, int toToken) {
    Operands.checkRound(in, fromToken, toToken);
    in.roundScalar(fromToken, toToken);
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
    if (StripFormat.knows(w.format())) {
      scratch.get().strips.multiply(w, fromRow, toRow, in, y, yOffset, yStride);
      return;
    }
    float[] row = scratch.get().row(w.columns());
    for (int r = fromRow; r < toRow; r++) {
      dequantize(w, r, row, 0);
      for (int t = 0; t < in.tokens(); t++) {
        y[yOffset + t * yStride + r] =
            dot(row, 0, in.values(), in.offset() + t * in.stride(), w.columns());
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

  /** Adds up 16 lanes as {@link Kernels} says; they are overwritten. */
  static float fold(float[] lanes) {
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
  public void rotate(
      RotaryPairs pairs,
      float[] angles,
      int anglesOffset,
      int n,
      float[] x,
      int xOffset,
      int stride,
      int heads) {
    Operands.checkRotation(angles, anglesOffset, n, x, xOffset, stride, heads);
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < n; i++) {
        float cos = angles[anglesOffset + i];
        float sin = angles[anglesOffset + n + i];
        int head = xOffset + h * stride;
        int first = pairs == RotaryPairs.HALVES ? head + i : head + 2 * i;
        int second = pairs == RotaryPairs.HALVES ? first + n : first + 1;
        float a = x[first];
        float b = x[second];
        x[first] = a * cos - b * sin;
        x[second] = b * cos + a * sin;
      }
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
    for (int i = 0; i < queries; i++) {
      for (int s = 0; s < count; s++) {
        float sum = 0;
        for (int j = 0; j < keys.columns(); j++) {
          sum = Math.fma(q[qOffset + i * qStride + j], element(keys, firstRow + s, j), sum);
        }
        scores[scoresOffset + i * scoresStride + s] = scale * sum;
      }
    }
  }

  private static float element(Matrix cache, int row, int column) {
    if (cache.format() == BlockFormat.Q8_0) {
      long block = row * cache.rowBytes() + (long) column / Inputs.BLOCK * Q8_BYTES;
      float d = Float.float16ToFloat(cache.data().get(SHORT, block));
      return d * cache.data().get(ValueLayout.JAVA_BYTE, block + 2 + column % Inputs.BLOCK);
    }
    long at = cache.byteOf(row, column);
    return cache.format() == BlockFormat.F32
        ? cache.data().get(FLOAT, at)
        : Float.float16ToFloat(cache.data().get(SHORT, at));
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
    for (int i = 0; i < queries; i++) {
      for (int s = 0; s < count; s++) {
        for (int j = 0; j < values.columns(); j++) {
          int at = outOffset + i * outStride + j;
          out[at] =
              Math.fma(p[pOffset + i * pStride + s], element(values, firstRow + s, j), out[at]);
        }
      }
    }
  }

  @Override
  public void storeRow(float[] x, int xOffset, Matrix rows, int row) {
    Operands.checkCache(rows, row, 1);
    Operands.checkRange(x, xOffset, rows.columns());
    if (rows.format() == BlockFormat.Q8_0) {
      for (int b = 0; b < rows.columns() / Inputs.BLOCK; b++) {
        storeBlock(x, xOffset + b * Inputs.BLOCK, rows, row, b);
      }
      return;
    }
    for (int j = 0; j < rows.columns(); j++) {
      long at = rows.byteOf(row, j);
      if (rows.format() == BlockFormat.F32) {
        rows.data().set(FLOAT, at, x[xOffset + j]);
      } else {
        rows.data().set(SHORT, at, Float.floatToFloat16(x[xOffset + j]));
      }
    }
  }

  private void storeBlock(float[] x, int first, Matrix rows, int row, int b) {
    MemorySegment block = scratch.get().block;
    float largest = Inputs.largest(x, first);
    block.set(SHORT, 0, Float.floatToFloat16(Inputs.scale(largest)));
    for (int j = 0; j < Inputs.BLOCK; j++) {
      block.set(ValueLayout.JAVA_BYTE, 2 + j, (byte) Inputs.quant(x[first + j], largest));
    }
    CacheBlocks.write(rows, row, b, block, 0);
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
    for (int e = from; e < to; e++) {
      for (int t = 0; t < tokens; t++) {
        int at = offset + t * channels + e;
        float step = delta[at];
        float input = v[at];
        float scaled = step * input;
        int b = bcOffset + t * bcStride;
        int c = b + stateSize;
        float[] lanes = clearLanes();
        for (int n = 0; n < stateSize; n++) {
          int s = e * stateSize + n;
          float decay = ElementaryFunctions.exp(step * a[s]);
          state[s] = Math.fma(decay, state[s], scaled * bc[b + n]);
          lanes[n & 15] = Math.fma(state[s], bc[c + n], lanes[n & 15]);
        }
        m[at] = Math.fma(d[e], input, fold(lanes));
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
