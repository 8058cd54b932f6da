package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.BYTES;
import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.INTS;
import static dev.candor.engine.kernels.LaneVectors.LANES;
import static dev.candor.engine.kernels.LaneVectors.SHORTS;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The scales of some records of a strip and what is added to their columns, decoded to float32:
 * element 16·group + row. Then what they are for: products and scales to sums.
 */
final class StripScales {

  /** 2^112: what an f16's exponent lacks when its bits are read as a float32's. */
  private static final float REBIAS = 0x1p112f;

  /** Two bytes for each lane. */
  private static final VectorSpecies<Byte> TWO_BYTES = SHORTS.withLanes(byte.class);

  private final float[] scales = new float[2 * VectorStrips.CHUNK * 16];

  /** What is added to scale·q: the negative of a minimum. */
  private final float[] added = new float[2 * VectorStrips.CHUNK * 16];

  private final float[] headerScales = new float[16];
  private final float[] headerMinima = new float[16];

  /** Decodes {@code count} records, with the header before them if the format has one. */
  void decode(StripFormat format, byte[] records, int count) {
    int header = format.headerBytes();
    int step = format.recordBytes();
    int groups = 32 / format.group;
    switch (format.scale) {
      case HALF -> halves(records, 0, step, count, scales);
      case EXPONENT -> exponents(records, step, count, scales);
      case PRODUCT -> {
        halves(records, 0, 0, 1, headerScales);
        products(records, header, step, count, groups, 0xFF, headerScales, scales);
      }
      case SIGNED_PRODUCT -> {
        halves(records, 0, 0, 1, headerScales);
        products(records, header, step, count, groups, -1, headerScales, scales);
      }
    }
    switch (format.minimum) {
      case NONE -> {}
      case HALF -> halves(records, format.minimumAt(), step, count, added);
      case PRODUCT -> {
        halves(records, 2 * StripFormat.ROWS, 0, 1, headerMinima);
        for (int row = 0; row < 16; row++) {
          headerMinima[row] = -headerMinima[row];
        }
        int at = header + format.minimumAt();
        products(records, at, step, count, groups, 0xFF, headerMinima, added);
      }
    }
  }

  /** out = the f16 as float32, exactly; infinities and NaN too. */
  private static void halves(byte[] records, int at, int step, int count, float[] out) {
    for (int k = 0; k < count; k++) {
      for (int row = 0; row < 16; row += LANES) {
        IntVector bits =
            (IntVector)
                ByteVector.fromArray(TWO_BYTES, records, at + k * step + 2 * row)
                    .reinterpretAsShorts()
                    .convertShape(VectorOperators.S2I, INTS, 0);
        IntVector magnitude = bits.and(0x7FFF);
        IntVector finite =
            magnitude
                .lanewise(VectorOperators.LSHL, 13)
                .reinterpretAsFloats()
                .mul(REBIAS)
                .reinterpretAsInts();
        finite
            .blend(finite.or(0x7F80_0000), magnitude.compare(VectorOperators.GT, 0x7BFF))
            .or(bits.and(0x8000_0000))
            .reinterpretAsFloats()
            .intoArray(out, 16 * k + row);
      }
    }
  }

  /** out = factors · byte; {@code mask} is 0xFF for unsigned bytes, −1 for signed ones. */
  private static void products(
      byte[] records,
      int at,
      int step,
      int count,
      int groups,
      int mask,
      float[] factors,
      float[] out) {
    for (int k = 0; k < count; k++) {
      for (int lane = 0; lane < 16 * groups; lane += LANES) {
        IntVector bytes =
            (IntVector)
                ByteVector.fromArray(BYTES, records, at + k * step + lane)
                    .convertShape(VectorOperators.B2I, INTS, 0);
        FloatVector.fromArray(FLOATS, factors, lane & 15)
            .mul(bytes.and(mask).convert(VectorOperators.I2F, 0))
            .intoArray(out, 16 * groups * k + lane);
      }
    }
  }

  private static void exponents(byte[] records, int step, int count, float[] out) {
    for (int k = 0; k < count; k++) {
      for (int row = 0; row < 16; row++) {
        out[16 * k + row] = BlockFields.powerOfTwo((records[k * step + row] & 0xFF) - 128);
      }
    }
  }

  /**
   * sums = fma(dot, scale·d, sums), then, of formats with minima, fma(added, d·Σq, sums), group
   * after group.
   *
   * @param groupsAt of the token's first group
   */
  void add(
      StripFormat format,
      int count,
      int[] dots,
      int dotsAt,
      PairedInputs in,
      int groupsAt,
      float[] sums,
      int sumsAt) {
    float[] d = in.scales();
    float[] scaledSums = in.scaledSums();
    boolean minima = format.minimum != StripFormat.Minimum.NONE;
    if (format.group == 32) {
      addWhole(count, dots, dotsAt, d, minima, scaledSums, groupsAt, sums, sumsAt);
    } else {
      addHalves(2 * count, dots, dotsAt, d, minima, scaledSums, groupsAt, sums, sumsAt);
    }
  }

  private void addWhole(
      int count,
      int[] dots,
      int dotsAt,
      float[] d,
      boolean minima,
      float[] scaledSums,
      int groupsAt,
      float[] sums,
      int sumsAt) {
    for (int row = 0; row < 16; row += LANES) {
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, sumsAt + row);
      for (int k = 0; k < count; k++) {
        FloatVector dot =
            (FloatVector)
                IntVector.fromArray(INTS, dots, dotsAt + 32 * k + row)
                    .add(IntVector.fromArray(INTS, dots, dotsAt + 32 * k + 16 + row))
                    .convert(VectorOperators.I2F, 0);
        FloatVector scale = FloatVector.fromArray(FLOATS, scales, 16 * k + row);
        sum = dot.fma(scale.mul(d[groupsAt + k]), sum);
        if (minima) {
          sum =
              FloatVector.fromArray(FLOATS, added, 16 * k + row)
                  .fma(FloatVector.broadcast(FLOATS, scaledSums[groupsAt + k]), sum);
        }
      }
      sum.intoArray(sums, sumsAt + row);
    }
  }

  private void addHalves(
      int count,
      int[] dots,
      int dotsAt,
      float[] d,
      boolean minima,
      float[] scaledSums,
      int groupsAt,
      float[] sums,
      int sumsAt) {
    for (int row = 0; row < 16; row += LANES) {
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, sumsAt + row);
      for (int k = 0; k < count; k++) {
        FloatVector dot =
            (FloatVector)
                IntVector.fromArray(INTS, dots, dotsAt + 16 * k + row)
                    .convert(VectorOperators.I2F, 0);
        FloatVector scale = FloatVector.fromArray(FLOATS, scales, 16 * k + row);
        sum = dot.fma(scale.mul(d[groupsAt + k]), sum);
        if (minima) {
          sum =
              FloatVector.fromArray(FLOATS, added, 16 * k + row)
                  .fma(FloatVector.broadcast(FLOATS, scaledSums[groupsAt + k]), sum);
        }
      }
      sum.intoArray(sums, sumsAt + row);
    }
  }
}
