package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.BYTES;
import static dev.candor.engine.kernels.LaneVectors.FLOATS;
import static dev.candor.engine.kernels.LaneVectors.INTS;
import static dev.candor.engine.kernels.LaneVectors.LANES;
import static dev.candor.engine.kernels.LaneVectors.SHORTS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The scales of some records of a strip and what is added to their columns, decoded to float32:
 * element 16·group + row. Then what they are for: products and scales to sums.
 */
final class StripScales {

  /** What an f16's exponent lacks where a float32's is; infinities and NaN lack it twice. */
  private static final int REBIAS = 112 << 23;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private final float[] factors = new float[2 * StripRun.RECORDS * 16];

  /** What is added to scale·q: the negative of a minimum. */
  private final float[] added = new float[2 * StripRun.RECORDS * 16];

  private final float[] ofHeader = new float[16];
  private int parts;
  private boolean hasMinima;

  /**
   * Decodes {@code count} records, with the header before them if the format has one.
   *
   * @param at of the first record, or of its header
   */
  void decode(StripFormat format, MemorySegment data, long at, int count) {
    parts = StripFormat.COLUMNS / format.group;
    hasMinima = format.minimum != StripFormat.Minimum.NONE;
    int step = format.recordBytes();
    long records = at + format.headerBytes();
    switch (format.scale) {
      case HALF -> halves(data, at, step, count, factors);
      case EXPONENT -> exponents(data, at, step, count, factors);
      case PRODUCT, SIGNED_PRODUCT -> {
        int mask = format.scale == StripFormat.Scale.PRODUCT ? 0xFF : -1;
        halves(data, at, 0, 1, ofHeader);
        products(data, records, step, count, mask, factors);
      }
    }
    switch (format.minimum) {
      case NONE -> {}
      case HALF -> halves(data, at + format.minimumAt(), step, count, added);
      case PRODUCT -> {
        halves(data, at + 2 * StripFormat.ROWS, 0, 1, ofHeader);
        for (int row = 0; row < 16; row++) {
          ofHeader[row] = -ofHeader[row];
        }
        products(data, records + format.minimumAt(), step, count, 0xFF, added);
      }
    }
  }

  /**
   * out = an f16 of each row of {@code count} records, as float32. No arithmetic is done on the
   * bits of an f16 as those of a float32: it would be a subnormal, for which some processors take
   * longer than for all else.
   */
  private static void halves(MemorySegment data, long at, int step, int count, float[] out) {
    for (int row = 0; row < 16; row += LANES) {
      for (int k = 0; k < count; k++) {
        IntVector half =
            (IntVector)
                ShortVector.fromMemorySegment(SHORTS, data, at + (long) k * step + 2 * row, ORDER)
                    .convertShape(VectorOperators.S2I, INTS, 0);
        IntVector shifted = half.and(0x7FFF).lanewise(VectorOperators.LSHL, 13);
        IntVector normal = shifted.add(REBIAS);
        // Of a subnormal that is 2^−15·(1 + m/1024) instead of 2^−14·m/1024.
        IntVector subnormal = normal.reinterpretAsFloats().fma(2f, -0x1p-14f).reinterpretAsInts();
        normal
            .blend(normal.add(REBIAS), shifted.compare(VectorOperators.GE, 31 << 23))
            .blend(subnormal, shifted.compare(VectorOperators.LT, 1 << 23))
            .or(half.and(0x8000_0000))
            .reinterpretAsFloats()
            .intoArray(out, 16 * k + row);
      }
    }
  }

  /** out = what the header holds, times a byte; {@code mask} is 0xFF if it is unsigned, else −1. */
  private void products(MemorySegment data, long at, int step, int count, int mask, float[] out) {
    for (int part = 0; part < parts; part++) {
      for (int row = 0; row < 16; row += LANES) {
        FloatVector factor = FloatVector.fromArray(FLOATS, ofHeader, row);
        for (int k = 0; k < count; k++) {
          IntVector bytes =
              (IntVector)
                  ByteVector.fromMemorySegment(
                          BYTES, data, at + (long) k * step + 16 * part + row, ORDER)
                      .convertShape(VectorOperators.B2I, INTS, 0);
          factor
              .mul(bytes.and(mask).convert(VectorOperators.I2F, 0))
              .intoArray(out, 16 * (parts * k + part) + row);
        }
      }
    }
  }

  private static void exponents(MemorySegment records, long at, int step, int count, float[] out) {
    for (int k = 0; k < count; k++) {
      for (int row = 0; row < 16; row++) {
        out[16 * k + row] =
            BlockFields.powerOfTwo(
                (records.get(ValueLayout.JAVA_BYTE, at + k * step + row) & 0xFF) - 128);
      }
    }
  }

  /**
   * sums = fma(dot, scale·d, sums), then, of formats with minima, fma(added, d·Σq, sums), group
   * after group.
   *
   * @param dots of {@link TokenDots}
   */
  void add(StripRun run, int[] dots, int dotsAt, PairedInputs in, int token, float[] sums) {
    float[] d = in.scales();
    float[] dSums = in.scaledSums();
    int first = in.groupsOf(token) + parts * run.first;
    int count = parts * run.count;
    for (int row = 0; row < 16; row += LANES) {
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, 16 * token + row);
      for (int g = 0; g < count; g++) {
        FloatVector dot =
            (FloatVector)
                IntVector.fromArray(INTS, dots, dotsAt + 16 * g + row)
                    .convert(VectorOperators.I2F, 0);
        sum = dot.fma(FloatVector.fromArray(FLOATS, factors, 16 * g + row).mul(d[first + g]), sum);
        if (hasMinima) {
          sum =
              FloatVector.fromArray(FLOATS, added, 16 * g + row)
                  .fma(FloatVector.broadcast(FLOATS, dSums[first + g]), sum);
        }
      }
      sum.intoArray(sums, 16 * token + row);
    }
  }
}
