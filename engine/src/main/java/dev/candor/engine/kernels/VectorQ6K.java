package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.BYTES;
import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.INTS;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Q6_K: d·s·(q − 32), the products being exact. */
final class VectorQ6K {

  private VectorQ6K() {}

  /** lanes[lanesOffset + group + …] = the lanes of Σ w·x of the row, from zero. */
  static void dot(
      PackedRows w,
      int row,
      int columns,
      float[] x,
      int xOffset,
      int group,
      float[] lanes,
      int lanesOffset) {
    byte[] in = w.blocks;
    float[] scale = w.scale;
    int start = row * w.rowBytes + group;
    int first = row * w.rowScales;
    FloatVector sum = FloatVector.zero(FLOATS);
    int halves = columns / 128;
    for (int half = 0; half < halves; half++) {
      int at = start + 210 * (half >> 1);
      int nibbles = 64 * (half & 1);
      int pairs = 128 + 32 * (half & 1);
      int k = first + 8 * half;
      int j = xOffset + 128 * half + group;
      IntVector h0 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + pairs)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector h1 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + pairs + 16)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector n0 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + nibbles)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector n1 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + nibbles + 16)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector n2 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + nibbles + 32)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector n3 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + nibbles + 48)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      sum =
          ((FloatVector)
                  n0.and(0xF)
                      .or(h0.and(3).lanewise(VectorOperators.LSHL, 4))
                      .sub(32)
                      .convert(VectorOperators.I2F, 0))
              .mul(FloatVector.broadcast(FLOATS, scale[k + 0]))
              .fma(FloatVector.fromArray(FLOATS, x, j + 0), sum);
      sum =
          ((FloatVector)
                  n1.and(0xF)
                      .or(h1.and(3).lanewise(VectorOperators.LSHL, 4))
                      .sub(32)
                      .convert(VectorOperators.I2F, 0))
              .mul(FloatVector.broadcast(FLOATS, scale[k + 1]))
              .fma(FloatVector.fromArray(FLOATS, x, j + 16), sum);
      sum =
          ((FloatVector)
                  n2.and(0xF)
                      .or(h0.and(12).lanewise(VectorOperators.LSHL, 2))
                      .sub(32)
                      .convert(VectorOperators.I2F, 0))
              .mul(FloatVector.broadcast(FLOATS, scale[k + 2]))
              .fma(FloatVector.fromArray(FLOATS, x, j + 32), sum);
      sum =
          ((FloatVector)
                  n3.and(0xF)
                      .or(h1.and(12).lanewise(VectorOperators.LSHL, 2))
                      .sub(32)
                      .convert(VectorOperators.I2F, 0))
              .mul(FloatVector.broadcast(FLOATS, scale[k + 3]))
              .fma(FloatVector.fromArray(FLOATS, x, j + 48), sum);
      sum =
          ((FloatVector)
                  n0.lanewise(VectorOperators.LSHR, 4)
                      .or(h0.and(48))
                      .sub(32)
                      .convert(VectorOperators.I2F, 0))
              .mul(FloatVector.broadcast(FLOATS, scale[k + 4]))
              .fma(FloatVector.fromArray(FLOATS, x, j + 64), sum);
      sum =
          ((FloatVector)
                  n1.lanewise(VectorOperators.LSHR, 4)
                      .or(h1.and(48))
                      .sub(32)
                      .convert(VectorOperators.I2F, 0))
              .mul(FloatVector.broadcast(FLOATS, scale[k + 5]))
              .fma(FloatVector.fromArray(FLOATS, x, j + 80), sum);
      sum =
          ((FloatVector)
                  n2.lanewise(VectorOperators.LSHR, 4)
                      .or(h0.and(192).lanewise(VectorOperators.LSHR, 2))
                      .sub(32)
                      .convert(VectorOperators.I2F, 0))
              .mul(FloatVector.broadcast(FLOATS, scale[k + 6]))
              .fma(FloatVector.fromArray(FLOATS, x, j + 96), sum);
      sum =
          ((FloatVector)
                  n3.lanewise(VectorOperators.LSHR, 4)
                      .or(h1.and(192).lanewise(VectorOperators.LSHR, 2))
                      .sub(32)
                      .convert(VectorOperators.I2F, 0))
              .mul(FloatVector.broadcast(FLOATS, scale[k + 7]))
              .fma(FloatVector.fromArray(FLOATS, x, j + 112), sum);
    }
    sum.intoArray(lanes, lanesOffset + group);
  }

  /** out[group + 16·i + …] of the row as float32, for this group of lanes. */
  static void decode(PackedRows w, int row, int columns, int group, float[] out, int outOffset) {
    byte[] in = w.blocks;
    float[] scale = w.scale;
    int start = row * w.rowBytes + group;
    int first = row * w.rowScales;
    int halves = columns / 128;
    for (int half = 0; half < halves; half++) {
      int at = start + 210 * (half >> 1);
      int nibbles = 64 * (half & 1);
      int pairs = 128 + 32 * (half & 1);
      int k = first + 8 * half;
      int j = outOffset + 128 * half + group;
      IntVector h0 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + pairs)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector h1 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + pairs + 16)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector n0 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + nibbles)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector n1 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + nibbles + 16)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector n2 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + nibbles + 32)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector n3 =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + nibbles + 48)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      ((FloatVector)
              n0.and(0xF)
                  .or(h0.and(3).lanewise(VectorOperators.LSHL, 4))
                  .sub(32)
                  .convert(VectorOperators.I2F, 0))
          .mul(FloatVector.broadcast(FLOATS, scale[k + 0]))
          .intoArray(out, j + 0);
      ((FloatVector)
              n1.and(0xF)
                  .or(h1.and(3).lanewise(VectorOperators.LSHL, 4))
                  .sub(32)
                  .convert(VectorOperators.I2F, 0))
          .mul(FloatVector.broadcast(FLOATS, scale[k + 1]))
          .intoArray(out, j + 16);
      ((FloatVector)
              n2.and(0xF)
                  .or(h0.and(12).lanewise(VectorOperators.LSHL, 2))
                  .sub(32)
                  .convert(VectorOperators.I2F, 0))
          .mul(FloatVector.broadcast(FLOATS, scale[k + 2]))
          .intoArray(out, j + 32);
      ((FloatVector)
              n3.and(0xF)
                  .or(h1.and(12).lanewise(VectorOperators.LSHL, 2))
                  .sub(32)
                  .convert(VectorOperators.I2F, 0))
          .mul(FloatVector.broadcast(FLOATS, scale[k + 3]))
          .intoArray(out, j + 48);
      ((FloatVector)
              n0.lanewise(VectorOperators.LSHR, 4)
                  .or(h0.and(48))
                  .sub(32)
                  .convert(VectorOperators.I2F, 0))
          .mul(FloatVector.broadcast(FLOATS, scale[k + 4]))
          .intoArray(out, j + 64);
      ((FloatVector)
              n1.lanewise(VectorOperators.LSHR, 4)
                  .or(h1.and(48))
                  .sub(32)
                  .convert(VectorOperators.I2F, 0))
          .mul(FloatVector.broadcast(FLOATS, scale[k + 5]))
          .intoArray(out, j + 80);
      ((FloatVector)
              n2.lanewise(VectorOperators.LSHR, 4)
                  .or(h0.and(192).lanewise(VectorOperators.LSHR, 2))
                  .sub(32)
                  .convert(VectorOperators.I2F, 0))
          .mul(FloatVector.broadcast(FLOATS, scale[k + 6]))
          .intoArray(out, j + 96);
      ((FloatVector)
              n3.lanewise(VectorOperators.LSHR, 4)
                  .or(h1.and(192).lanewise(VectorOperators.LSHR, 2))
                  .sub(32)
                  .convert(VectorOperators.I2F, 0))
          .mul(FloatVector.broadcast(FLOATS, scale[k + 7]))
          .intoArray(out, j + 112);
    }
  }
}
