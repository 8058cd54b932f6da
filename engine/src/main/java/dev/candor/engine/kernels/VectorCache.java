package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.INTS;
import static dev.candor.engine.kernels.LaneVectors.LANES;
import static dev.candor.engine.kernels.LaneVectors.SHORTS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention over the rows of a key or value cache, read where they lie. Callers have checked the
 * operands.
 */
final class VectorCache {

  /** 2^112: what an f16's exponent lacks when its bits are read as a float32's. */
  private static final float REBIAS = 0x1p112f;

  private VectorCache() {}

  /** Exactly the f16's value; infinities and NaN too. */
  private static FloatVector half(MemorySegment data, long at) {
    IntVector bits =
        (IntVector)
            ShortVector.fromMemorySegment(SHORTS, data, at, ByteOrder.LITTLE_ENDIAN)
                .convertShape(VectorOperators.S2I, INTS, 0);
    IntVector magnitude = bits.and(0x7FFF);
    IntVector finite =
        magnitude
            .lanewise(VectorOperators.LSHL, 13)
            .reinterpretAsFloats()
            .mul(REBIAS)
            .reinterpretAsInts();
    IntVector rebiased =
        finite.blend(finite.or(0x7F80_0000), magnitude.compare(VectorOperators.GT, 0x7BFF));
    return rebiased.or(bits.and(0x8000_0000)).reinterpretAsFloats();
  }

  /** lanes[16·i + group + …] of q·K for the rows at {@code at + i·step}, i in [0, 4). */
  static void dot4F16(
      MemorySegment data,
      long at,
      long step,
      float[] q,
      int qOffset,
      int n,
      int group,
      float[] lanes) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    for (int j = group; j < n; j += 16) {
      FloatVector x = FloatVector.fromArray(FLOATS, q, qOffset + j);
      long here = at + 2L * j;
      sum0 = half(data, here).fma(x, sum0);
      sum1 = half(data, here + step).fma(x, sum1);
      sum2 = half(data, here + 2 * step).fma(x, sum2);
      sum3 = half(data, here + 3 * step).fma(x, sum3);
    }
    sum0.intoArray(lanes, group);
    sum1.intoArray(lanes, 16 + group);
    sum2.intoArray(lanes, 32 + group);
    sum3.intoArray(lanes, 48 + group);
  }

  /** As {@link #dot4F16}, of float32 rows. */
  static void dot4F32(
      MemorySegment data,
      long at,
      long step,
      float[] q,
      int qOffset,
      int n,
      int group,
      float[] lanes) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    ByteOrder little = ByteOrder.LITTLE_ENDIAN;
    for (int j = group; j < n; j += 16) {
      FloatVector x = FloatVector.fromArray(FLOATS, q, qOffset + j);
      long here = at + 4L * j;
      sum0 = FloatVector.fromMemorySegment(FLOATS, data, here, little).fma(x, sum0);
      sum1 = FloatVector.fromMemorySegment(FLOATS, data, here + step, little).fma(x, sum1);
      sum2 = FloatVector.fromMemorySegment(FLOATS, data, here + 2 * step, little).fma(x, sum2);
      sum3 = FloatVector.fromMemorySegment(FLOATS, data, here + 3 * step, little).fma(x, sum3);
    }
    sum0.intoArray(lanes, group);
    sum1.intoArray(lanes, 16 + group);
    sum2.intoArray(lanes, 32 + group);
    sum3.intoArray(lanes, 48 + group);
  }

  /** out[j] = fma(p[s], V[s, j], out[j]) for four vectors of out; the rows begin at {@code at}. */
  static void addRows4F16(
      float[] p,
      int pOffset,
      MemorySegment data,
      long at,
      long step,
      int count,
      float[] out,
      int o) {
    FloatVector sum0 = FloatVector.fromArray(FLOATS, out, o);
    FloatVector sum1 = FloatVector.fromArray(FLOATS, out, o + LANES);
    FloatVector sum2 = FloatVector.fromArray(FLOATS, out, o + 2 * LANES);
    FloatVector sum3 = FloatVector.fromArray(FLOATS, out, o + 3 * LANES);
    for (int s = 0; s < count; s++) {
      FloatVector weight = FloatVector.broadcast(FLOATS, p[pOffset + s]);
      long here = at + s * step;
      sum0 = weight.fma(half(data, here), sum0);
      sum1 = weight.fma(half(data, here + 2L * LANES), sum1);
      sum2 = weight.fma(half(data, here + 4L * LANES), sum2);
      sum3 = weight.fma(half(data, here + 6L * LANES), sum3);
    }
    sum0.intoArray(out, o);
    sum1.intoArray(out, o + LANES);
    sum2.intoArray(out, o + 2 * LANES);
    sum3.intoArray(out, o + 3 * LANES);
  }

  /** As {@link #addRows4F16}, of float32 rows. */
  static void addRows4F32(
      float[] p,
      int pOffset,
      MemorySegment data,
      long at,
      long step,
      int count,
      float[] out,
      int o) {
    FloatVector sum0 = FloatVector.fromArray(FLOATS, out, o);
    FloatVector sum1 = FloatVector.fromArray(FLOATS, out, o + LANES);
    FloatVector sum2 = FloatVector.fromArray(FLOATS, out, o + 2 * LANES);
    FloatVector sum3 = FloatVector.fromArray(FLOATS, out, o + 3 * LANES);
    ByteOrder little = ByteOrder.LITTLE_ENDIAN;
    for (int s = 0; s < count; s++) {
      FloatVector weight = FloatVector.broadcast(FLOATS, p[pOffset + s]);
      long here = at + s * step;
      sum0 = weight.fma(FloatVector.fromMemorySegment(FLOATS, data, here, little), sum0);
      here += 4L * LANES;
      sum1 = weight.fma(FloatVector.fromMemorySegment(FLOATS, data, here, little), sum1);
      here += 4L * LANES;
      sum2 = weight.fma(FloatVector.fromMemorySegment(FLOATS, data, here, little), sum2);
      here += 4L * LANES;
      sum3 = weight.fma(FloatVector.fromMemorySegment(FLOATS, data, here, little), sum3);
    }
    sum0.intoArray(out, o);
    sum1.intoArray(out, o + LANES);
    sum2.intoArray(out, o + 2 * LANES);
    sum3.intoArray(out, o + 3 * LANES);
  }
}
