package dev.candor.engine.kernels;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors that hold the 16 lanes of a sum. A kernel walks a row once for each group of {@link
 * #LANES} lanes, elements 16 apart: lanes never mix, so the order of each lane's additions, and
 * with it the bits, are the same for every width.
 *
 * <p>Constants, because the compiler needs to know the width. It is the widest of 128, 256 and 512
 * bits that the machine prefers; the system property {@value #WIDTH_PROPERTY} overrides it.
 */
final class LaneVectors {

  static final String WIDTH_PROPERTY = "dev.candor.kernels.vectorBits";

  static final VectorSpecies<Float> FLOATS = floats();

  /** Lanes in a vector: 4, 8 or 16. */
  static final int LANES = FLOATS.length();

  static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);

  /** As many bytes as lanes; 8 where there are 4 lanes, which use the first half. */
  static final VectorSpecies<Byte> BYTES =
      LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  static final VectorSpecies<Short> SHORTS =
      LANES == 16
          ? ShortVector.SPECIES_256
          : LANES == 8 ? ShortVector.SPECIES_128 : ShortVector.SPECIES_64;

  /** A whole vector of bytes, four to a lane, and of shorts, two to a lane. */
  static final VectorSpecies<Byte> ALL_BYTES = FLOATS.withLanes(byte.class);

  static final VectorSpecies<Short> ALL_SHORTS = FLOATS.withLanes(short.class);

  /** Lane j takes lane j + 8, + 4, + 2, + 1 (wrapping). */
  private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(FLOATS, 8, 1, true);

  private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(FLOATS, 4, 1, true);
  private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(FLOATS, 2, 1, true);
  private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(FLOATS, 1, 1, true);

  private LaneVectors() {}

  private static VectorSpecies<Float> floats() {
    int bits = Integer.getInteger(WIDTH_PROPERTY, FloatVector.SPECIES_PREFERRED.vectorBitSize());
    return switch (bits) {
      case 512 -> FloatVector.SPECIES_512;
      case 256 -> FloatVector.SPECIES_256;
      // Narrower or scalable preferences work with 128: the lanes are emulated if need be.
      default -> FloatVector.SPECIES_128;
    };
  }

  /** lane[j] += lane[j + w] for w = 8, 4, 2, 1 over the 16 lanes from {@code at}; gives lane 0. */
  static float fold(float[] lanes, int at) {
    FloatVector sum = FloatVector.fromArray(FLOATS, lanes, at);
    if (LANES == 16) {
      sum = sum.add(sum.rearrange(BY_8));
      sum = sum.add(sum.rearrange(BY_4));
    } else if (LANES == 8) {
      sum = sum.add(FloatVector.fromArray(FLOATS, lanes, at + 8));
      sum = sum.add(sum.rearrange(BY_4));
    } else {
      sum = sum.add(FloatVector.fromArray(FLOATS, lanes, at + 8));
      FloatVector upper = FloatVector.fromArray(FLOATS, lanes, at + 4);
      sum = sum.add(upper.add(FloatVector.fromArray(FLOATS, lanes, at + 12)));
    }
    sum = sum.add(sum.rearrange(BY_2));
    sum = sum.add(sum.rearrange(BY_1));
    return sum.lane(0);
  }
}
