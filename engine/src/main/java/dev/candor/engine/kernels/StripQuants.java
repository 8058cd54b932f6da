package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.ALL_BYTES;
import static dev.candor.engine.kernels.LaneVectors.LANES;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Takes records of a {@link StripFormat} apart into quants of int16: column 4g + c of row r is
 * element 32·g + 2·r + c/2 if c is even, and 256 more if it is odd.
 */
final class StripQuants {

  /** A table's values, repeated to the widest vector. */
  private static final byte[] IQ4_NL = repeated(BlockFields.IQ4_NL_VALUES);

  private static final byte[] E2M1 = repeated(BlockFields.E2M1_DOUBLED);

  private StripQuants() {}

  private static byte[] repeated(byte[] values) {
    byte[] table = new byte[64];
    for (int j = 0; j < table.length; j++) {
      table[j] = values[j % 16];
    }
    return table;
  }

  /** Whether {@link StripDots#small} can multiply what comes out. */
  static boolean areSmall(StripFormat format) {
    return format.lowBits == 4 && format != StripFormat.IQ4_NL;
  }

  /**
   * out[512·k + …] = the quants of record k in [0, count).
   *
   * @param at of the first record
   */
  static void split(StripFormat format, byte[] records, int at, int count, short[] out) {
    for (int k = 0; k < count; k++) {
      int record = at + k * format.recordBytes();
      int to = StripDots.SHORTS * k;
      if (format.lowBits == 8) {
        splitBytes(records, record + format.lowAt(), out, to);
      } else if (format.isTable()) {
        byte[] table = format == StripFormat.IQ4_NL ? IQ4_NL : E2M1;
        splitTable(records, record + format.lowAt(), table, out, to);
      } else {
        int high = format.highBits == 0 ? -1 : record + format.highAt();
        splitNibbles(
            records, record + format.lowAt(), high, format.highBits, format.offset(), out, to);
      }
    }
  }

  private static void splitBytes(byte[] records, int low, short[] out, int to) {
    for (int at = 0; at < 512; at += 4 * LANES) {
      // u − 128 as a signed byte is u with its highest bit turned round.
      ShortVector two =
          ByteVector.fromArray(ALL_BYTES, records, low + at)
              .reinterpretAsShorts()
              .lanewise(VectorOperators.XOR, (short) 0x8080);
      two.lanewise(VectorOperators.LSHL, 8)
          .lanewise(VectorOperators.ASHR, 8)
          .intoArray(out, to + at / 2);
      two.lanewise(VectorOperators.ASHR, 8).intoArray(out, to + 256 + at / 2);
    }
  }

  private static void splitTable(byte[] records, int low, byte[] table, short[] out, int to) {
    ByteVector values = ByteVector.fromArray(ALL_BYTES, table, 0);
    for (int at = 0; at < 256; at += 4 * LANES) {
      ByteVector both = ByteVector.fromArray(ALL_BYTES, records, low + at);
      ShortVector lower = both.and((byte) 15).selectFrom(values).reinterpretAsShorts();
      lower
          .lanewise(VectorOperators.LSHL, 8)
          .lanewise(VectorOperators.ASHR, 8)
          .intoArray(out, to + at / 2);
      lower.lanewise(VectorOperators.ASHR, 8).intoArray(out, to + 256 + at / 2);
      ShortVector upper =
          both.reinterpretAsShorts()
              .lanewise(VectorOperators.LSHR, 4)
              .and((short) 0x0F0F)
              .reinterpretAsBytes()
              .selectFrom(values)
              .reinterpretAsShorts();
      upper
          .lanewise(VectorOperators.LSHL, 8)
          .lanewise(VectorOperators.ASHR, 8)
          .intoArray(out, to + 128 + at / 2);
      upper.lanewise(VectorOperators.ASHR, 8).intoArray(out, to + 384 + at / 2);
    }
  }

  /** Nibbles with as many high bits, less the offset. */
  private static void splitNibbles(
      byte[] records, int low, int high, int highBits, int offset, short[] out, int to) {
    short mask = (short) ((1 << highBits) - 1);
    for (int g = 0; g < 8; g++) {
      int highShift = highBits * g & 7;
      int highAt = high + 64 * (highBits * g >> 3);
      int lowAt = low + 64 * (g & 3);
      int lowShift = 4 * (g >> 2);
      for (int row = 0; row < 16; row += LANES) {
        ShortVector nibbles =
            ByteVector.fromArray(ALL_BYTES, records, lowAt + 4 * row).reinterpretAsShorts();
        ShortVector even = nibbles.lanewise(VectorOperators.LSHR, lowShift).and((short) 15);
        ShortVector odd = nibbles.lanewise(VectorOperators.LSHR, 8 + lowShift).and((short) 15);
        if (highBits > 0) {
          ShortVector bits =
              ByteVector.fromArray(ALL_BYTES, records, highAt + 4 * row).reinterpretAsShorts();
          even =
              even.or(
                  bits.lanewise(VectorOperators.LSHR, highShift)
                      .and(mask)
                      .lanewise(VectorOperators.LSHL, 4));
          odd =
              odd.or(
                  bits.lanewise(VectorOperators.LSHR, 8 + highShift)
                      .and(mask)
                      .lanewise(VectorOperators.LSHL, 4));
        }
        even.sub((short) offset).intoArray(out, to + 32 * g + 2 * row);
        odd.sub((short) offset).intoArray(out, to + 256 + 32 * g + 2 * row);
      }
    }
  }
}
