package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.BYTES;
import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.INTS;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q5_0 and Q5_1: fma(d, q − zero, m), the product being exact. Q5_0 has zero 16 and m = −0, which
 * changes nothing; Q5_1 has zero 0.
 */
final class VectorQ5 {

  private VectorQ5() {}

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
      float[] lanes,
      int blockBytes,
      int zero) {
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
    float[] offset = w.offset;
    IntVector lane = IntVector.zero(INTS).addIndex(1).add(group);
    IntVector upper = lane.add(16);
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    FloatVector sum2 = FloatVector.zero(FLOATS);
    FloatVector sum3 = FloatVector.zero(FLOATS);
    int blocks = columns / 32;
    for (int b = 0; b < blocks; b++) {
      int at = blockBytes * (b + 1) - 16;
      int j = xOffset + 32 * b + group;
      FloatVector low = FloatVector.fromArray(FLOATS, x, j);
      FloatVector high = FloatVector.fromArray(FLOATS, x, j + 16);
      IntVector q0 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, a0 + at + group)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector f0 = IntVector.broadcast(INTS, BlockDecoder.int32(in, a0 + at - 4));
      FloatVector d0 = FloatVector.broadcast(FLOATS, scale[k0 + b]);
      FloatVector m0 = FloatVector.broadcast(FLOATS, offset[k0 + b]);
      sum0 =
          ((FloatVector)
                  q0.and(0xF)
                      .or(
                          f0.lanewise(VectorOperators.LSHR, lane)
                              .and(1)
                              .lanewise(VectorOperators.LSHL, 4))
                      .sub(zero)
                      .convert(VectorOperators.I2F, 0))
              .fma(d0, m0)
              .fma(low, sum0);
      sum0 =
          ((FloatVector)
                  q0.lanewise(VectorOperators.LSHR, 4)
                      .or(
                          f0.lanewise(VectorOperators.LSHR, upper)
                              .and(1)
                              .lanewise(VectorOperators.LSHL, 4))
                      .sub(zero)
                      .convert(VectorOperators.I2F, 0))
              .fma(d0, m0)
              .fma(high, sum0);
      IntVector q1 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, a1 + at + group)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector f1 = IntVector.broadcast(INTS, BlockDecoder.int32(in, a1 + at - 4));
      FloatVector d1 = FloatVector.broadcast(FLOATS, scale[k1 + b]);
      FloatVector m1 = FloatVector.broadcast(FLOATS, offset[k1 + b]);
      sum1 =
          ((FloatVector)
                  q1.and(0xF)
                      .or(
                          f1.lanewise(VectorOperators.LSHR, lane)
                              .and(1)
                              .lanewise(VectorOperators.LSHL, 4))
                      .sub(zero)
                      .convert(VectorOperators.I2F, 0))
              .fma(d1, m1)
              .fma(low, sum1);
      sum1 =
          ((FloatVector)
                  q1.lanewise(VectorOperators.LSHR, 4)
                      .or(
                          f1.lanewise(VectorOperators.LSHR, upper)
                              .and(1)
                              .lanewise(VectorOperators.LSHL, 4))
                      .sub(zero)
                      .convert(VectorOperators.I2F, 0))
              .fma(d1, m1)
              .fma(high, sum1);
      IntVector q2 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, a2 + at + group)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector f2 = IntVector.broadcast(INTS, BlockDecoder.int32(in, a2 + at - 4));
      FloatVector d2 = FloatVector.broadcast(FLOATS, scale[k2 + b]);
      FloatVector m2 = FloatVector.broadcast(FLOATS, offset[k2 + b]);
      sum2 =
          ((FloatVector)
                  q2.and(0xF)
                      .or(
                          f2.lanewise(VectorOperators.LSHR, lane)
                              .and(1)
                              .lanewise(VectorOperators.LSHL, 4))
                      .sub(zero)
                      .convert(VectorOperators.I2F, 0))
              .fma(d2, m2)
              .fma(low, sum2);
      sum2 =
          ((FloatVector)
                  q2.lanewise(VectorOperators.LSHR, 4)
                      .or(
                          f2.lanewise(VectorOperators.LSHR, upper)
                              .and(1)
                              .lanewise(VectorOperators.LSHL, 4))
                      .sub(zero)
                      .convert(VectorOperators.I2F, 0))
              .fma(d2, m2)
              .fma(high, sum2);
      IntVector q3 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, a3 + at + group)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector f3 = IntVector.broadcast(INTS, BlockDecoder.int32(in, a3 + at - 4));
      FloatVector d3 = FloatVector.broadcast(FLOATS, scale[k3 + b]);
      FloatVector m3 = FloatVector.broadcast(FLOATS, offset[k3 + b]);
      sum3 =
          ((FloatVector)
                  q3.and(0xF)
                      .or(
                          f3.lanewise(VectorOperators.LSHR, lane)
                              .and(1)
                              .lanewise(VectorOperators.LSHL, 4))
                      .sub(zero)
                      .convert(VectorOperators.I2F, 0))
              .fma(d3, m3)
              .fma(low, sum3);
      sum3 =
          ((FloatVector)
                  q3.lanewise(VectorOperators.LSHR, 4)
                      .or(
                          f3.lanewise(VectorOperators.LSHR, upper)
                              .and(1)
                              .lanewise(VectorOperators.LSHL, 4))
                      .sub(zero)
                      .convert(VectorOperators.I2F, 0))
              .fma(d3, m3)
              .fma(high, sum3);
    }
    sum0.intoArray(lanes, group);
    sum1.intoArray(lanes, 16 + group);
    sum2.intoArray(lanes, 32 + group);
    sum3.intoArray(lanes, 48 + group);
  }

  /** out[group + 16·i + …] of the row as float32, for this group of lanes. */
  static void decode(
      PackedRows w,
      int row,
      int columns,
      int group,
      float[] out,
      int outOffset,
      int blockBytes,
      int zero) {
    byte[] in = w.blocks;
    float[] scale = w.scale;
    float[] offset = w.offset;
    int first = row * w.rowScales;
    IntVector lane = IntVector.zero(INTS).addIndex(1).add(group);
    IntVector upper = lane.add(16);
    int blocks = columns / 32;
    for (int b = 0; b < blocks; b++) {
      int at = row * w.rowBytes + blockBytes * (b + 1) - 16;
      IntVector q =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + group)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector f = IntVector.broadcast(INTS, BlockDecoder.int32(in, at - 4));
      FloatVector d = FloatVector.broadcast(FLOATS, scale[first + b]);
      FloatVector m = FloatVector.broadcast(FLOATS, offset[first + b]);
      int j = outOffset + 32 * b + group;
      ((FloatVector)
              q.and(0xF)
                  .or(
                      f.lanewise(VectorOperators.LSHR, lane)
                          .and(1)
                          .lanewise(VectorOperators.LSHL, 4))
                  .sub(zero)
                  .convert(VectorOperators.I2F, 0))
          .fma(d, m)
          .intoArray(out, j);
      ((FloatVector)
              q.lanewise(VectorOperators.LSHR, 4)
                  .or(
                      f.lanewise(VectorOperators.LSHR, upper)
                          .and(1)
                          .lanewise(VectorOperators.LSHL, 4))
                  .sub(zero)
                  .convert(VectorOperators.I2F, 0))
          .fma(d, m)
          .intoArray(out, j + 16);
    }
  }
}
