package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Moves the quants of a block into its row of a strip, four columns at a time: what {@link
 * BlockFields#read} and {@link BlockFields#writeStrip} do one by one.
 */
final class StripPacking {

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** A nibble, a pair of bits and a bit of each byte of an int. */
  private static final int NIBBLES = 0x0F0F_0F0F;

  private static final int PAIRS = 0x0303_0303;
  private static final int BITS = 0x0101_0101;

  private StripPacking() {}

  /**
   * Writes the quants of a block in the rows' layout.
   *
   * @param at of the block
   * @param out a strip whose bytes are all zero there
   * @param row of the strip
   */
  static void quants(
      StripFormat format, MemorySegment in, long at, MemorySegment out, int block, int row) {
    for (int k = 0; k < format.recordsPerBlock(); k++) {
      long record = format.recordAt(block, k);
      long low = record + format.lowAt() + 4L * row;
      long high = record + format.highAt() + 4L * row;
      switch (format) {
        case Q4_0, IQ4_NL -> nibbles(in, at + 2, out, low);
        case Q4_1 -> nibbles(in, at + 4, out, low);
        case MXFP4 -> nibbles(in, at + 1, out, low);
        case Q5_0 -> {
          nibbles(in, at + 6, out, low);
          out.set(INT, high, fifthBits(in.get(INT, at + 2)));
        }
        case Q5_1 -> {
          nibbles(in, at + 8, out, low);
          out.set(INT, high, fifthBits(in.get(INT, at + 4)));
        }
        case Q8_0 -> {
          for (int g = 0; g < 8; g++) {
            out.set(INT, low + 64 * g, in.get(INT, at + 2 + 4 * g) ^ 0x8080_8080);
          }
        }
        case Q4_K -> nibblesOfK(in, at + 16, k, out, low);
        case Q5_K -> {
          nibblesOfK(in, at + 48, k, out, low);
          int bits = 0;
          for (int g = 0; g < 8; g++) {
            bits |= (in.get(INT, at + 16 + 4 * g) >>> k & BITS) << g;
          }
          out.set(INT, high, bits);
        }
        case Q2_K -> {
          long pairs = at + 16 + 32 * (k >> 2);
          for (int p = 0; p < 4; p++) {
            int first = in.get(INT, pairs + 4 * p) >>> 2 * (k & 3) & PAIRS;
            int second = in.get(INT, pairs + 16 + 4 * p) >>> 2 * (k & 3) & PAIRS;
            out.set(INT, low + 64 * p, first | second << 4);
          }
        }
        case Q3_K -> {
          long pairs = at + 32 + 32 * (k >> 2);
          for (int p = 0; p < 4; p++) {
            int first = in.get(INT, pairs + 4 * p) >>> 2 * (k & 3) & PAIRS;
            int second = in.get(INT, pairs + 16 + 4 * p) >>> 2 * (k & 3) & PAIRS;
            first |= (in.get(INT, at + 4 * p) >>> k & BITS) << 2;
            second |= (in.get(INT, at + 16 + 4 * p) >>> k & BITS) << 2;
            out.set(INT, low + 64 * p, first | second << 4);
          }
        }
        case Q6_K -> sixBits(in, at, k, out, low, high);
      }
    }
  }

  /** Bytes of two nibbles, elements j and j + 16: the strip pairs the same. */
  private static void nibbles(MemorySegment in, long at, MemorySegment out, long low) {
    for (int p = 0; p < 4; p++) {
      out.set(INT, low + 64 * p, in.get(INT, at + 4 * p));
    }
  }

  /** Bit 4g + c becomes bit g of byte c. */
  private static int fifthBits(int bits) {
    int bytes = 0;
    for (int c = 0; c < 4; c++) {
      bytes |= Integer.compress(bits, 0x1111_1111 << c) << 8 * c;
    }
    return bytes;
  }

  /** Record k of a block of Q4_K or Q5_K: the low (k even) or high nibbles of 32 bytes. */
  private static void nibblesOfK(MemorySegment in, long at, int k, MemorySegment out, long low) {
    long from = at + 32 * (k >> 1);
    int shift = 4 * (k & 1);
    for (int p = 0; p < 4; p++) {
      int first = in.get(INT, from + 4 * p) >>> shift & NIBBLES;
      int second = in.get(INT, from + 16 + 4 * p) >>> shift & NIBBLES;
      out.set(INT, low + 64 * p, first | second << 4);
    }
  }

  private static void sixBits(
      MemorySegment in, long at, int k, MemorySegment out, long low, long high) {
    int group = k & 3;
    long nibbles = at + 64 * (k >> 2) + 32 * (group & 1);
    int shift = 4 * (group >> 1);
    for (int p = 0; p < 4; p++) {
      int first = in.get(INT, nibbles + 4 * p) >>> shift & NIBBLES;
      int second = in.get(INT, nibbles + 16 + 4 * p) >>> shift & NIBBLES;
      out.set(INT, low + 64 * p, first | second << 4);
    }
    long pairs = at + 128 + 32 * (k >> 2);
    for (int half = 0; half < 2; half++) {
      int bits = 0;
      for (int p = 0; p < 4; p++) {
        bits |= (in.get(INT, pairs + 16 * half + 4 * p) >>> 2 * group & PAIRS) << 2 * p;
      }
      out.set(INT, high + 64 * half, bits);
    }
  }
}
