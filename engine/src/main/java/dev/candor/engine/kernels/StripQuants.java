package dev.candor.engine.kernels;

import static dev.candor.engine.kernels.LaneVectors.ALL_BYTES;
import static dev.candor.engine.kernels.LaneVectors.ALL_SHORTS;
import static dev.candor.engine.kernels.LaneVectors.LANES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Takes records of a {@link StripFormat} apart into bytes u that lie as the low bits of 8-bit
 * quants do: column 4g + c of row r is byte 64g + 4r + c.
 */
final class StripQuants {

  /** Bytes of a record's quants. */
  static final int RECORD = 512;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Tables, repeated to the widest vector. */
  private static final byte[] IQ4_NL = StripFormat.IQ4_NL.table();

  private static final byte[] MXFP4 = StripFormat.MXFP4.table();

  private StripQuants() {}

  /**
   * The quants of record k in [0, count), from 512·k on.
   *
   * @param at of the first record, behind its header
   */
  static void split(
      StripFormat format, MemorySegment records, long at, int count, MemorySegment out) {
    for (int k = 0; k < count; k++) {
      long record = at + (long) k * format.recordBytes();
      long low = record + format.lowAt();
      long to = (long) RECORD * k;
      if (format.isTable()) {
        splitTable(records, low, format == StripFormat.IQ4_NL ? IQ4_NL : MXFP4, out, to);
      } else if (format.highBits == 0) {
        splitNibbles(records, low, out, to);
      } else {
        splitWithHighBits(records, low, record + format.highAt(), format.highBits, out, to);
      }
    }
  }

  private static void splitTable(
      MemorySegment records, long low, byte[] table, MemorySegment out, long to) {
    ByteVector values = ByteVector.fromArray(ALL_BYTES, table, 0);
    for (int at = 0; at < 256; at += 4 * LANES) {
      ByteVector both = ByteVector.fromMemorySegment(ALL_BYTES, records, low + at, ORDER);
      both.and((byte) 15).selectFrom(values).intoMemorySegment(out, to + at, ORDER);
      both.reinterpretAsShorts()
          .lanewise(VectorOperators.LSHR, 4)
          .and((short) 0x0F0F)
          .reinterpretAsBytes()
          .selectFrom(values)
          .intoMemorySegment(out, to + 256 + at, ORDER);
    }
  }

  private static void splitNibbles(MemorySegment records, long low, MemorySegment out, long to) {
    for (int at = 0; at < 256; at += 4 * LANES) {
      ShortVector both =
          ByteVector.fromMemorySegment(ALL_BYTES, records, low + at, ORDER).reinterpretAsShorts();
      both.and((short) 0x0F0F).reinterpretAsBytes().intoMemorySegment(out, to + at, ORDER);
      both.lanewise(VectorOperators.LSHR, 4)
          .and((short) 0x0F0F)
          .reinterpretAsBytes()
          .intoMemorySegment(out, to + 256 + at, ORDER);
    }
  }

  /** Nibbles with one or two high bits. */
  private static void splitWithHighBits(
      MemorySegment records, long low, long high, int highBits, MemorySegment out, long to) {
    short mask = (short) (highBits == 1 ? 0x0101 : 0x0303);
    // Columns of the second half have their high bits above the others', or in a vector of their
    // own.
    int upper = highBits == 1 ? 4 : 0;
    for (int row = 0; row < 16; row += LANES) {
      ShortVector bits = ShortVector.fromMemorySegment(ALL_SHORTS, records, high + 4 * row, ORDER);
      ShortVector more =
          ShortVector.fromMemorySegment(
              ALL_SHORTS, records, high + 64 * (highBits - 1) + 4 * row, ORDER);
      for (int p = 0; p < 4; p++) {
        long at = 64 * p + 4 * row;
        ShortVector both = ShortVector.fromMemorySegment(ALL_SHORTS, records, low + at, ORDER);
        bits.lanewise(VectorOperators.LSHR, highBits * p)
            .and(mask)
            .lanewise(VectorOperators.LSHL, 4)
            .or(both.and((short) 0x0F0F))
            .intoMemorySegment(out, to + at, ORDER);
        more.lanewise(VectorOperators.LSHR, highBits * p + upper)
            .and(mask)
            .lanewise(VectorOperators.LSHL, 4)
            .or(both.lanewise(VectorOperators.LSHR, 4).and((short) 0x0F0F))
            .intoMemorySegment(out, to + 256 + at, ORDER);
      }
    }
  }
}
