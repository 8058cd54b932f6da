package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.BYTES;
import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.INTS;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Q4_0: d·(q − 8). */
final class VectorQ4Symmetric {

  private VectorQ4Symmetric() {}

  /**
   * lanes[16·i + group + …] = the lanes of Σ w·x of row {@code row + i}, i in [0, 4), from zero. A
   * row beyond the last repeats it.
   */
  static void dot4(
      PackedRows w,
      int row,
      int rowCount,
      int columns,
      float[] x,
      int xOffset,
      int group,
      float[] lanes) {
    int last = rowCount - 1;
    int step = w.rowBytes;
    int a0 = row * step;
    int a1 = Math.min(row + 1, last) * step;
    int a2 = Math.min(row + 2, last) * step;
    int a3 = Math.min(row + 3, last) * step;
    int scales = w.rowScales;
    int k0 = row * scales;
    int k1 = Math.min(row + 1, last) * scales;
    int k2 = Math.min(row + 2, last) * scales;
    int k3 = Math.min(row + 3, last) * scales;
    byte[] in = w.blocks;
    float[] scale = w.scale;
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    int blocks = columns / 32;
    for (int b = 0; b < blocks; b++) {
      int at = 18 * b + 2 + group;
      int j = xOffset + 32 * b + group;
      FloatVector low = FloatVector.fromArray(FLOATS, x, j);
      FloatVector high = FloatVector.fromArray(FLOATS, x, j + 16);
      IntVector q0 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, a0 + at)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector d0 = FloatVector.broadcast(FLOATS, scale[k0 + b]);
      sum0 =
          ((FloatVector) q0.and(0xF).sub(8).convert(VectorOperators.I2F, 0)).mul(d0).fma(low, sum0);
      sum0 =
          ((FloatVector)
                  q0.lanewise(VectorOperators.LSHR, 4).sub(8).convert(VectorOperators.I2F, 0))
              .mul(d0)
              .fma(high, sum0);
      IntVector q1 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, a1 + at)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector d1 = FloatVector.broadcast(FLOATS, scale[k1 + b]);
      sum1 =
          ((FloatVector) q1.and(0xF).sub(8).convert(VectorOperators.I2F, 0)).mul(d1).fma(low, sum1);
      sum1 =
          ((FloatVector)
                  q1.lanewise(VectorOperators.LSHR, 4).sub(8).convert(VectorOperators.I2F, 0))
              .mul(d1)
              .fma(high, sum1);
      IntVector q2 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, a2 + at)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector d2 = FloatVector.broadcast(FLOATS, scale[k2 + b]);
      sum2 =
          ((FloatVector) q2.and(0xF).sub(8).convert(VectorOperators.I2F, 0)).mul(d2).fma(low, sum2);
      sum2 =
          ((FloatVector)
                  q2.lanewise(VectorOperators.LSHR, 4).sub(8).convert(VectorOperators.I2F, 0))
              .mul(d2)
              .fma(high, sum2);
      IntVector q3 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, a3 + at)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector d3 = FloatVector.broadcast(FLOATS, scale[k3 + b]);
      sum3 =
          ((FloatVector) q3.and(0xF).sub(8).convert(VectorOperators.I2F, 0)).mul(d3).fma(low, sum3);
      sum3 =
          ((FloatVector)
                  q3.lanewise(VectorOperators.LSHR, 4).sub(8).convert(VectorOperators.I2F, 0))
              .mul(d3)
              .fma(high, sum3);
    }
    sum0.intoArray(lanes, group);
    sum1.intoArray(lanes, 16 + group);
    sum2.intoArray(lanes, 32 + group);
    sum3.intoArray(lanes, 48 + group);
  }

  /** out[group + 16·i + …] of the row as float32, for this group of lanes. */
  static void decode(PackedRows w, int row, int columns, int group, float[] out, int outOffset) {
    byte[] in = w.blocks;
    float[] scale = w.scale;
    int start = row * w.rowBytes + 2 + group;
    int first = row * w.rowScales;
    int blocks = columns / 32;
    for (int b = 0; b < blocks; b++) {
      IntVector q =
          (IntVector)
              ByteVector.fromArray(BYTES, in, start + 18 * b)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector d = FloatVector.broadcast(FLOATS, scale[first + b]);
      int j = outOffset + 32 * b + group;
      ((FloatVector) q.and(0xF).sub(8).convert(VectorOperators.I2F, 0)).mul(d).intoArray(out, j);
      ((FloatVector) q.lanewise(VectorOperators.LSHR, 4).sub(8).convert(VectorOperators.I2F, 0))
          .mul(d)
          .intoArray(out, j + 16);
    }
  }
}
