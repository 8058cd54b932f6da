package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.LANES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * Attention over a key or value cache, of which some rows at a time are decoded to float32 for all
 * queries; one per thread. Callers have checked the operands.
 */
final class VectorCache {

  /** Rows of values that are decoded together: 16 of 128 columns fill a quarter of a cache. */
  private static final int VALUE_ROWS = 16;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private float[] decoded = new float[0];
  private short[] halves = new short[0];

  /** Elements as they lie, from this one on, as float32; of Q8_0 whole blocks. */
  private void decode(Matrix cache, long element, int elements) {
    if (decoded.length < elements) {
      decoded = new float[elements];
      halves = new short[elements];
    }
    MemorySegment data = cache.data();
    if (cache.format() == BlockFormat.Q8_0) {
      int bytes = cache.format().blockBytes();
      for (int i = 0; i < elements; i += Inputs.BLOCK) {
        decodeBlock(data, (element + i) / Inputs.BLOCK * bytes, i);
      }
      return;
    }
    if (cache.format() == BlockFormat.F32) {
      MemorySegment.copy(data, FLOAT, 4 * element, decoded, 0, elements);
      return;
    }
    MemorySegment.copy(data, SHORT, 2 * element, halves, 0, elements);
    for (int i = 0; i < elements; i++) {
      decoded[i] = Float.float16ToFloat(halves[i]);
    }
  }

  private void decodeBlock(MemorySegment data, long at, int to) {
    float d = Float.float16ToFloat(data.get(SHORT, at));
    for (int j = 0; j < Inputs.BLOCK; j++) {
      decoded[to + j] = d * data.get(ValueLayout.JAVA_BYTE, at + 2 + j);
    }
  }

  /** See {@link Kernels#attentionScores}; keys are plain floats. */
  void scores(
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
    if (count == 0) {
      return;
    }
    int columns = keys.columns();
    int rows = StripFormat.ROWS;
    for (int strip = firstRow / rows; strip * rows < firstRow + count; strip++) {
      decode(keys, (long) strip * rows * columns, rows * columns);
      int to = scoresOffset + strip * rows - firstRow;
      for (int i = 0; i < queries; i += 4) {
        int some = Math.min(4, queries - i);
        int from = qOffset + i * qStride;
        int at = to + i * scoresStride;
        if (some == 1) {
          scores1(q, from, columns, scale, scores, at);
        } else {
          scores4(q, from, qStride, some, columns, scale, scores, at, scoresStride);
        }
      }
    }
  }

  /** 16 keys in lanes, for each a chain of its own. */
  private void scores1(
      float[] q, int qOffset, int columns, float scale, float[] scores, int scoresOffset) {
    for (int row = 0; row < 16; row += LANES) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int j = 0; j < columns; j++) {
        FloatVector key = FloatVector.fromArray(FLOATS, decoded, 16 * j + row);
        sum = key.fma(FloatVector.broadcast(FLOATS, q[qOffset + j]), sum);
      }
      sum.mul(scale).intoArray(scores, scoresOffset + row);
    }
  }

  /**
   * The same for 2 to 4 queries, whose chains hide each other's latency. The last one takes the
   * places of those that are missing: that costs less than a chain that is alone.
   */
  private void scores4(
      float[] q,
      int qOffset,
      int qStride,
      int queries,
      int columns,
      float scale,
      float[] scores,
      int scoresOffset,
      int scoresStride) {
    int i2 = Math.min(2, queries - 1);
    int i3 = Math.min(3, queries - 1);
    int q1 = qOffset + qStride;
    int q2 = qOffset + i2 * qStride;
    int q3 = qOffset + i3 * qStride;
    for (int row = 0; row < 16; row += LANES) {
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = FloatVector.zero(FLOATS);
      FloatVector sum2 = FloatVector.zero(FLOATS);
      FloatVector sum3 = FloatVector.zero(FLOATS);
      for (int j = 0; j < columns; j++) {
        FloatVector key = FloatVector.fromArray(FLOATS, decoded, 16 * j + row);
        sum0 = key.fma(FloatVector.broadcast(FLOATS, q[qOffset + j]), sum0);
        sum1 = key.fma(FloatVector.broadcast(FLOATS, q[q1 + j]), sum1);
        sum2 = key.fma(FloatVector.broadcast(FLOATS, q[q2 + j]), sum2);
        sum3 = key.fma(FloatVector.broadcast(FLOATS, q[q3 + j]), sum3);
      }
      int to = scoresOffset + row;
      sum0.mul(scale).intoArray(scores, to);
      sum1.mul(scale).intoArray(scores, to + scoresStride);
      sum2.mul(scale).intoArray(scores, to + i2 * scoresStride);
      sum3.mul(scale).intoArray(scores, to + i3 * scoresStride);
    }
  }

  /** See {@link Kernels#addWeightedRows}. */
  void addWeightedRows(
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
    int columns = values.columns();
    for (int s = 0; s < count; s += VALUE_ROWS) {
      int rows = Math.min(VALUE_ROWS, count - s);
      decode(values, (long) (firstRow + s) * columns, rows * columns);
      for (int i = 0; i < queries; i++) {
        addRows(p, pOffset + i * pStride + s, rows, columns, out, outOffset + i * outStride);
      }
    }
  }

  private void addRows(float[] p, int pOffset, int rows, int columns, float[] out, int outOffset) {
    int j = 0;
    for (; j + 4 * LANES <= columns; j += 4 * LANES) {
      addRows4(p, pOffset, rows, columns, j, out, outOffset + j);
    }
    for (; j + LANES <= columns; j += LANES) {
      FloatVector sum = FloatVector.fromArray(FLOATS, out, outOffset + j);
      for (int s = 0; s < rows; s++) {
        FloatVector value = FloatVector.fromArray(FLOATS, decoded, s * columns + j);
        sum = value.fma(FloatVector.broadcast(FLOATS, p[pOffset + s]), sum);
      }
      sum.intoArray(out, outOffset + j);
    }
    for (; j < columns; j++) {
      float sum = out[outOffset + j];
      for (int s = 0; s < rows; s++) {
        sum = Math.fma(p[pOffset + s], decoded[s * columns + j], sum);
      }
      out[outOffset + j] = sum;
    }
  }

  /** Four vectors of columns from {@code j} on. */
  private void addRows4(float[] p, int pOffset, int rows, int columns, int j, float[] out, int to) {
    FloatVector sum0 = FloatVector.fromArray(FLOATS, out, to);
    FloatVector sum1 = FloatVector.fromArray(FLOATS, out, to + LANES);
    FloatVector sum2 = FloatVector.fromArray(FLOATS, out, to + 2 * LANES);
    FloatVector sum3 = FloatVector.fromArray(FLOATS, out, to + 3 * LANES);
    for (int s = 0; s < rows; s++) {
      FloatVector weight = FloatVector.broadcast(FLOATS, p[pOffset + s]);
      int at = s * columns + j;
      sum0 = weight.fma(FloatVector.fromArray(FLOATS, decoded, at), sum0);
      sum1 = weight.fma(FloatVector.fromArray(FLOATS, decoded, at + LANES), sum1);
      sum2 = weight.fma(FloatVector.fromArray(FLOATS, decoded, at + 2 * LANES), sum2);
      sum3 = weight.fma(FloatVector.fromArray(FLOATS, decoded, at + 3 * LANES), sum3);
    }
    sum0.intoArray(out, to);
    sum1.intoArray(out, to + LANES);
    sum2.intoArray(out, to + 2 * LANES);
    sum3.intoArray(out, to + 3 * LANES);
  }
}
