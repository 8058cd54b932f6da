package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * One block of a quantised format, taken apart: the definition of every quantised {@link
 * BlockFormat}, however its rows lie. The layouts are those of ggml's block structures
 * (ggml-common.h); all fields are little-endian. An element is
 *
 * <pre>
 *   scale(j)·quant(j) − minimum(j)
 * </pre>
 *
 * <p>exact but for one rounding at most: scales have 11 significant bits, sub-block scales at most
 * 7, quants at most 8, and float32 holds 24.
 */
final class BlockFields {

  /** IQ4_NL: what each nibble stands for, in units of the block's scale. */
  static final byte[] IQ4_NL_VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** E2M1 (OCP Microscaling v1.0, table 3), doubled so that they are whole. */
  static final byte[] E2M1_DOUBLED = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The f16 d, or the exponent byte of MXFP4. */
  short d;

  /** The f16 m of affine formats, e of K-quants with minima. */
  short e;

  /** Scales of the sub-blocks of a K-quant. */
  final byte[] s = new byte[16];

  /** Minima of the sub-blocks of a K-quant. */
  final byte[] t = new byte[16];

  /** Unsigned quants u; of the formats with a table, its index. */
  final byte[] u = new byte[256];

  private StripFormat format = StripFormat.Q8_0;

  /** Reads the block that begins at the offset. */
  void read(StripFormat format, MemorySegment in, long at) {
    readScales(format, in, at);
    switch (format) {
      case Q4_0, IQ4_NL -> nibbles(in, at + 2);
      case Q4_1 -> nibbles(in, at + 4);
      case Q5_0 -> {
        nibbles(in, at + 6);
        fifthBits(in, at + 2);
      }
      case Q5_1 -> {
        nibbles(in, at + 8);
        fifthBits(in, at + 4);
      }
      case Q8_0 -> {
        for (int j = 0; j < 32; j++) {
          u[j] = (byte) (unsigned(in, at + 2 + j) ^ 0x80);
        }
      }
      case MXFP4 -> nibbles(in, at + 1);
      case Q2_K -> pairs(in, at + 16);
      case Q3_K -> thirdBitsAndPairs(in, at);
      case Q4_K -> nibblesOfK(in, at + 16);
      case Q5_K -> {
        nibblesOfK(in, at + 48);
        fifthBitsOfK(in, at + 16);
      }
      case Q6_K -> sixBits(in, at);
    }
  }

  /** Reads what a block has besides its quants. */
  void readScales(StripFormat format, MemorySegment in, long at) {
    this.format = format;
    switch (format) {
      case Q4_0, Q5_0, Q8_0, IQ4_NL -> d = in.get(SHORT, at);
      case Q4_1, Q5_1 -> {
        d = in.get(SHORT, at);
        e = in.get(SHORT, at + 2);
      }
      case MXFP4 -> d = (short) unsigned(in, at);
      case Q2_K -> scalesOfQ2K(in, at);
      case Q3_K -> scalesOfQ3K(in, at);
      case Q4_K, Q5_K -> scalesOfQ4K(in, at);
      case Q6_K -> {
        d = in.get(SHORT, at + 208);
        MemorySegment.copy(in, ValueLayout.JAVA_BYTE, at + 192, s, 0, 16);
      }
    }
  }

  private static int unsigned(MemorySegment in, long at) {
    return in.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
  }

  /** Byte j: element j low, element j + 16 high. */
  private void nibbles(MemorySegment in, long at) {
    for (int j = 0; j < 16; j++) {
      int pair = unsigned(in, at + j);
      u[j] = (byte) (pair & 0xF);
      u[j + 16] = (byte) (pair >> 4);
    }
  }

  /** Bit j for element j. */
  private void fifthBits(MemorySegment in, long at) {
    for (int j = 0; j < 32; j++) {
      u[j] |= (byte) ((unsigned(in, at + (j >> 3)) >> (j & 7) & 1) << 4);
    }
  }

  /**
   * 16 bytes, one per 16 elements, scale s low and minimum t high | 64 bytes of 2-bit quants | d
   * (f16) | e (f16).
   *
   * <p>Half h of 128 elements has 32 bytes; group g of 32 elements is their bits 2g, 2g + 1.
   */
  private void scalesOfQ2K(MemorySegment in, long at) {
    d = in.get(SHORT, at + 80);
    e = in.get(SHORT, at + 82);
    for (int sub = 0; sub < 16; sub++) {
      int scale = unsigned(in, at + sub);
      s[sub] = (byte) (scale & 0xF);
      t[sub] = (byte) (scale >> 4);
    }
  }

  private void pairs(MemorySegment in, long at) {
    for (int j = 0; j < 256; j++) {
      u[j] = (byte) (unsigned(in, at + 32 * (j >> 7) + (j & 31)) >> 2 * (j >> 5 & 3) & 3);
    }
  }

  /**
   * 32 bytes of third bits, bit j/32 of byte j mod 32 | 64 bytes of 2-bit quants as in Q2_K | 12
   * bytes of 6-bit scales, less 32 | d (f16).
   *
   * <p>Scale k of 16: its low 4 bits are the low (k &lt; 8) or high nibble of byte k mod 8, its
   * high 2 bits are bits 2·(k/4) of byte 8 + k mod 4.
   */
  private void scalesOfQ3K(MemorySegment in, long at) {
    d = in.get(SHORT, at + 108);
    long scales = at + 96;
    for (int sub = 0; sub < 16; sub++) {
      int low = unsigned(in, scales + (sub & 7)) >> 4 * (sub >> 3) & 0xF;
      int high = unsigned(in, scales + 8 + (sub & 3)) >> 2 * (sub >> 2) & 3;
      s[sub] = (byte) ((low | high << 4) - 32);
    }
  }

  private void thirdBitsAndPairs(MemorySegment in, long at) {
    pairs(in, at + 32);
    for (int j = 0; j < 256; j++) {
      u[j] |= (byte) ((unsigned(in, at + (j & 31)) >> (j >> 5) & 1) << 2);
    }
  }

  /**
   * d (f16) | e (f16) | 12 bytes of 6-bit scales s and minima t | 128 bytes. Of 64 elements, the
   * first 32 are low nibbles, the others high ones.
   */
  private void scalesOfQ4K(MemorySegment in, long at) {
    d = in.get(SHORT, at);
    e = in.get(SHORT, at + 2);
    long six = at + 4;
    for (int sub = 0; sub < 4; sub++) {
      s[sub] = (byte) (unsigned(in, six + sub) & 63);
      t[sub] = (byte) (unsigned(in, six + sub + 4) & 63);
      int both = unsigned(in, six + sub + 8);
      s[sub + 4] = (byte) (both & 0xF | unsigned(in, six + sub) >> 6 << 4);
      t[sub + 4] = (byte) (both >> 4 | unsigned(in, six + sub + 4) >> 6 << 4);
    }
  }

  private void nibblesOfK(MemorySegment in, long quants) {
    for (int j = 0; j < 128; j++) {
      int pair = unsigned(in, quants + j);
      int low = (j >> 5 << 6) + (j & 31);
      u[low] = (byte) (pair & 0xF);
      u[low + 32] = (byte) (pair >> 4);
    }
  }

  /** As Q4_K, with 32 bytes of fifth bits before the nibbles: bit j/32 of byte j mod 32. */
  private void fifthBitsOfK(MemorySegment in, long at) {
    for (int j = 0; j < 256; j++) {
      u[j] |= (byte) ((unsigned(in, at + (j & 31)) >> (j >> 5) & 1) << 4);
    }
  }

  /**
   * 128 bytes of low nibbles | 64 bytes of high bit pairs | 16 signed scales s | d (f16).
   *
   * <p>Half h of 128 elements has 64 bytes of nibbles and 32 of pairs. Its group g of 32: nibbles
   * low (g &lt; 2) or high of bytes 32·(g mod 2) + j, pair bits 2g of byte j.
   */
  private void sixBits(MemorySegment in, long at) {
    for (int j = 0; j < 256; j++) {
      int half = j >> 7;
      int group = j >> 5 & 3;
      int nibbles = unsigned(in, at + 64 * half + 32 * (group & 1) + (j & 31));
      int pairs = unsigned(in, at + 128 + 32 * half + (j & 31));
      u[j] = (byte) (nibbles >> 4 * (group >> 1) & 0xF | (pairs >> 2 * group & 3) << 4);
    }
  }

  /** Reads block {@code block} of a row of the strip that begins at the offset. */
  void readStrip(StripFormat format, MemorySegment in, long strip, int block, int row) {
    this.format = format;
    int records = format.recordsPerBlock();
    long at = strip + block * (format.headerBytes() + (long) records * format.recordBytes());
    if (format.headerBytes() > 0) {
      d = in.get(SHORT, at + 2 * row);
      if (format.minimum == StripFormat.Minimum.PRODUCT) {
        e = in.get(SHORT, at + 2 * StripFormat.ROWS + 2 * row);
      }
    }
    for (int k = 0; k < records; k++) {
      readRecord(in, at + format.headerBytes() + (long) k * format.recordBytes(), k, row);
    }
  }

  private void readRecord(MemorySegment in, long at, int k, int row) {
    int groups = StripFormat.COLUMNS / format.group;
    switch (format.scale) {
      case HALF -> d = in.get(SHORT, at + 2 * row);
      case EXPONENT -> d = (short) unsigned(in, at + row);
      case PRODUCT, SIGNED_PRODUCT -> {
        for (int g = 0; g < groups; g++) {
          s[groups * k + g] = in.get(ValueLayout.JAVA_BYTE, at + 16 * g + row);
        }
      }
    }
    switch (format.minimum) {
      case NONE -> {}
      case HALF -> e = in.get(SHORT, at + format.minimumAt() + 2 * row);
      case PRODUCT -> {
        for (int g = 0; g < groups; g++) {
          t[groups * k + g] = in.get(ValueLayout.JAVA_BYTE, at + format.minimumAt() + 16 * g + row);
        }
      }
    }
    for (int j = 0; j < 32; j++) {
      u[32 * k + j] = (byte) quantOfRecord(in, at, j >> 2, 4 * row + (j & 3));
    }
  }

  private int quantOfRecord(MemorySegment in, long at, int g, int lane) {
    long low = at + format.lowAt();
    if (format.lowBits == 8) {
      return unsigned(in, low + 64 * g + lane);
    }
    int nibble = unsigned(in, low + 64 * (g & 3) + lane) >> 4 * (g >> 2) & 0xF;
    long high = at + format.highAt();
    return switch (format.highBits) {
      case 1 -> nibble | (unsigned(in, high + lane) >> g & 1) << 4;
      case 2 -> nibble | (unsigned(in, high + 64 * (g >> 2) + lane) >> 2 * (g & 3) & 3) << 4;
      default -> nibble;
    };
  }

  /** Writes the block into its place in a strip whose bytes are all zero there. */
  void writeStrip(MemorySegment out, long strip, int block, int row) {
    writeScales(out, strip, block, row);
    for (int k = 0; k < format.recordsPerBlock(); k++) {
      writeQuants(out, strip + format.recordAt(block, k), k, row);
    }
  }

  /** Writes what {@link #readScales} reads. */
  void writeScales(MemorySegment out, long strip, int block, int row) {
    if (format.headerBytes() > 0) {
      long header = strip + format.recordAt(block, 0) - format.headerBytes();
      out.set(SHORT, header + 2 * row, d);
      if (format.minimum == StripFormat.Minimum.PRODUCT) {
        out.set(SHORT, header + 2 * StripFormat.ROWS + 2 * row, e);
      }
    }
    for (int k = 0; k < format.recordsPerBlock(); k++) {
      writeScalesOfRecord(out, strip + format.recordAt(block, k), k, row);
    }
  }

  private void writeScalesOfRecord(MemorySegment out, long at, int k, int row) {
    int groups = StripFormat.COLUMNS / format.group;
    switch (format.scale) {
      case HALF -> out.set(SHORT, at + 2 * row, d);
      case EXPONENT -> out.set(ValueLayout.JAVA_BYTE, at + row, (byte) d);
      case PRODUCT, SIGNED_PRODUCT -> {
        for (int g = 0; g < groups; g++) {
          out.set(ValueLayout.JAVA_BYTE, at + 16 * g + row, s[groups * k + g]);
        }
      }
    }
    switch (format.minimum) {
      case NONE -> {}
      case HALF -> out.set(SHORT, at + format.minimumAt() + 2 * row, e);
      case PRODUCT -> {
        for (int g = 0; g < groups; g++) {
          out.set(ValueLayout.JAVA_BYTE, at + format.minimumAt() + 16 * g + row, t[groups * k + g]);
        }
      }
    }
  }

  private void writeQuants(MemorySegment out, long at, int k, int row) {
    long low = at + format.lowAt();
    long high = at + format.highAt();
    for (int j = 0; j < 32; j++) {
      int value = u[32 * k + j] & 0xFF;
      int g = j >> 2;
      int lane = 4 * row + (j & 3);
      if (format.lowBits == 8) {
        or(out, low + 64 * g + lane, value);
      } else {
        or(out, low + 64 * (g & 3) + lane, (value & 0xF) << 4 * (g >> 2));
      }
      if (format.highBits == 1) {
        or(out, high + lane, value >> 4 << g);
      } else if (format.highBits == 2) {
        or(out, high + 64 * (g >> 2) + lane, value >> 4 << 2 * (g & 3));
      }
    }
  }

  private static void or(MemorySegment out, long at, int bits) {
    out.set(ValueLayout.JAVA_BYTE, at, (byte) (out.get(ValueLayout.JAVA_BYTE, at) | bits));
  }

  /** The scale of group {@code g} of the block. */
  float scale(int g) {
    return switch (format.scale) {
      case HALF -> Float.float16ToFloat(d);
      case PRODUCT -> Float.float16ToFloat(d) * (s[g] & 0xFF);
      case SIGNED_PRODUCT -> Float.float16ToFloat(d) * s[g];
      case EXPONENT -> powerOfTwo(d - 128);
    };
  }

  /** What is subtracted from the elements of group {@code g}. */
  float minimum(int g) {
    return switch (format.minimum) {
      case NONE -> 0;
      case HALF -> -Float.float16ToFloat(e);
      case PRODUCT -> Float.float16ToFloat(e) * (t[g] & 0xFF);
    };
  }

  /** Element j in units of its scale. */
  int quant(int j) {
    return switch (format) {
      case IQ4_NL -> IQ4_NL_VALUES[u[j]];
      case MXFP4 -> E2M1_DOUBLED[u[j]];
      default -> (u[j] & 0xFF) - format.offset();
    };
  }

  /** out[j] = element j of the block, j in [0, elements of a block). */
  void dequantize(float[] out, int outOffset) {
    int elements = format.format.blockElements();
    int size = format.group;
    for (int g = 0; g < elements / size; g++) {
      float scale = scale(g);
      float minimum = minimum(g);
      for (int j = g * size; j < (g + 1) * size; j++) {
        out[outOffset + j] = scale * quant(j) - minimum;
      }
    }
  }

  /** 2^n for n in [−128, 127]; the two least are subnormal. */
  static float powerOfTwo(int n) {
    return Float.intBitsToFloat(n < -126 ? 0x0040_0000 >> -127 - n : n + 127 << 23);
  }
}
