package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.BYTES;
import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.INTS;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Q4_K: fma(d·s, q, −(e·t)), the products being exact. */
final class VectorQ4K {

  private VectorQ4K() {}

  /**
   * lanes[lanesOffset + 16·i + group + …] = the lanes of Σ w·x of row {@code row + i}, i in [0, 2),
   * from zero. A row beyond the last repeats it.
   */
  static void dot2(
      PackedRows w,
      int row,
      int rowCount,
      int columns,
      float[] x,
      int xOffset,
      int group,
      float[] lanes,
      int lanesOffset) {
    int last = rowCount - 1;
    int step = w.rowBytes;
    int a0 = row * step;
    int a1 = Math.min(row + 1, last) * step;
    int scales = w.rowScales;
    int k0 = row * scales;
    int k1 = Math.min(row + 1, last) * scales;
    byte[] in = w.blocks;
    float[] scale = w.scale;
    float[] offset = w.offset;
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    int groups = columns / 64;
    for (int g = 0; g < groups; g++) {
      int at = 144 * (g >> 2) + 16 + 32 * (g & 3) + group;
      int j = xOffset + 64 * g + group;
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, j);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, j + 16);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, j + 32);
      FloatVector x3 = FloatVector.fromArray(FLOATS, x, j + 48);
      {
        IntVector p =
            (IntVector)
                ByteVector.fromArray(BYTES, in, a0 + at)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        IntVector q =
            (IntVector)
                ByteVector.fromArray(BYTES, in, a0 + at + 16)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        FloatVector d = FloatVector.broadcast(FLOATS, scale[k0 + 2 * g]);
        FloatVector m = FloatVector.broadcast(FLOATS, offset[k0 + 2 * g]);
        sum0 = ((FloatVector) p.and(0xF).convert(VectorOperators.I2F, 0)).fma(d, m).fma(x0, sum0);
        sum0 = ((FloatVector) q.and(0xF).convert(VectorOperators.I2F, 0)).fma(d, m).fma(x1, sum0);
        d = FloatVector.broadcast(FLOATS, scale[k0 + 2 * g + 1]);
        m = FloatVector.broadcast(FLOATS, offset[k0 + 2 * g + 1]);
        sum0 =
            ((FloatVector) p.lanewise(VectorOperators.LSHR, 4).convert(VectorOperators.I2F, 0))
                .fma(d, m)
                .fma(x2, sum0);
        sum0 =
            ((FloatVector) q.lanewise(VectorOperators.LSHR, 4).convert(VectorOperators.I2F, 0))
                .fma(d, m)
                .fma(x3, sum0);
      }
      {
        IntVector p =
            (IntVector)
                ByteVector.fromArray(BYTES, in, a1 + at)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        IntVector q =
            (IntVector)
                ByteVector.fromArray(BYTES, in, a1 + at + 16)
                    .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        FloatVector d = FloatVector.broadcast(FLOATS, scale[k1 + 2 * g]);
        FloatVector m = FloatVector.broadcast(FLOATS, offset[k1 + 2 * g]);
        sum1 = ((FloatVector) p.and(0xF).convert(VectorOperators.I2F, 0)).fma(d, m).fma(x0, sum1);
        sum1 = ((FloatVector) q.and(0xF).convert(VectorOperators.I2F, 0)).fma(d, m).fma(x1, sum1);
        d = FloatVector.broadcast(FLOATS, scale[k1 + 2 * g + 1]);
        m = FloatVector.broadcast(FLOATS, offset[k1 + 2 * g + 1]);
        sum1 =
            ((FloatVector) p.lanewise(VectorOperators.LSHR, 4).convert(VectorOperators.I2F, 0))
                .fma(d, m)
                .fma(x2, sum1);
        sum1 =
            ((FloatVector) q.lanewise(VectorOperators.LSHR, 4).convert(VectorOperators.I2F, 0))
                .fma(d, m)
                .fma(x3, sum1);
      }
    }
    sum0.intoArray(lanes, lanesOffset + group);
    sum1.intoArray(lanes, lanesOffset + 16 + group);
  }

  /** out[group + 16·i + …] of the row as float32, for this group of lanes. */
  static void decode(PackedRows w, int row, int columns, int group, float[] out, int outOffset) {
    byte[] in = w.blocks;
    float[] scale = w.scale;
    float[] offset = w.offset;
    int first = row * w.rowScales;
    int groups = columns / 64;
    for (int g = 0; g < groups; g++) {
      int at = row * w.rowBytes + 144 * (g >> 2) + 16 + 32 * (g & 3) + group;
      IntVector p =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector q =
          (IntVector)
              ByteVector.fromArray(BYTES, in, at + 16)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      FloatVector d = FloatVector.broadcast(FLOATS, scale[first + 2 * g]);
      FloatVector m = FloatVector.broadcast(FLOATS, offset[first + 2 * g]);
      int j = outOffset + 64 * g + group;
      ((FloatVector) p.and(0xF).convert(VectorOperators.I2F, 0)).fma(d, m).intoArray(out, j);
      ((FloatVector) q.and(0xF).convert(VectorOperators.I2F, 0)).fma(d, m).intoArray(out, j + 16);
      d = FloatVector.broadcast(FLOATS, scale[first + 2 * g + 1]);
      m = FloatVector.broadcast(FLOATS, offset[first + 2 * g + 1]);
      ((FloatVector) p.lanewise(VectorOperators.LSHR, 4).convert(VectorOperators.I2F, 0))
          .fma(d, m)
          .intoArray(out, j + 32);
      ((FloatVector) q.lanewise(VectorOperators.LSHR, 4).convert(VectorOperators.I2F, 0))
          .fma(d, m)
          .intoArray(out, j + 48);
    }
  }
}
