package dev.candor.engine.kernels;

/**
 * From stored bytes to float32: the definition of every {@link BlockFormat}, one method each. The
 * layouts are those of ggml's block structures (ggml-common.h); all fields are little-endian.
 *
 * <p>Each expression is exact but for one rounding at most, so that neither the order of its
 * products nor the use of a fused multiply-add can change a bit: scales have 11 significant bits,
 * sub-block scales at most 7, quants at most 8, and float32 holds 24.
 */
final class BlockDecoder {

  /** IQ4_NL: what each nibble stands for, in units of the block's scale. */
  private static final byte[] IQ4_NL_VALUES = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** E2M1 (OCP Microscaling v1.0, table 3), doubled so that they are whole. */
  private static final byte[] E2M1_DOUBLED = {
    0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12
  };

  private BlockDecoder() {}

  /**
   * Decodes whole blocks.
   *
   * @param in the blocks, from {@code offset}
   * @param elements how many elements, whole blocks
   * @param out the elements, from {@code outOffset}
   */
  static void decode(
      BlockFormat format, byte[] in, int offset, int elements, float[] out, int outOffset) {
    int blocks = elements / format.blockElements();
    switch (format) {
      case F32 -> decodeF32(in, offset, blocks, out, outOffset);
      case F16 -> decodeF16(in, offset, blocks, out, outOffset);
      case BF16 -> decodeBf16(in, offset, blocks, out, outOffset);
      case Q4_0 -> decodeQ4Symmetric(in, offset, blocks, out, outOffset);
      case Q4_1 -> decodeQ4Affine(in, offset, blocks, out, outOffset);
      case Q5_0 -> decodeQ5Symmetric(in, offset, blocks, out, outOffset);
      case Q5_1 -> decodeQ5Affine(in, offset, blocks, out, outOffset);
      case Q8_0 -> decodeQ8(in, offset, blocks, out, outOffset);
      case Q2_K -> decodeQ2K(in, offset, blocks, out, outOffset);
      case Q3_K -> decodeQ3K(in, offset, blocks, out, outOffset);
      case Q4_K -> decodeQ4K(in, offset, blocks, out, outOffset);
      case Q5_K -> decodeQ5K(in, offset, blocks, out, outOffset);
      case Q6_K -> decodeQ6K(in, offset, blocks, out, outOffset);
      case IQ4_NL -> decodeIq4Nl(in, offset, blocks, out, outOffset);
      case MXFP4 -> decodeMxfp4(in, offset, blocks, out, outOffset);
    }
  }

  private static int unsigned(byte[] in, int at) {
    return in[at] & 0xFF;
  }

  static int int16(byte[] in, int at) {
    return (in[at] & 0xFF) | in[at + 1] << 8;
  }

  static int int32(byte[] in, int at) {
    return (int16(in, at) & 0xFFFF) | int16(in, at + 2) << 16;
  }

  /** The f16 at the byte offset, exactly. */
  static float half(byte[] in, int at) {
    return Float.float16ToFloat((short) int16(in, at));
  }

  private static void decodeF32(byte[] in, int at, int count, float[] out, int o) {
    for (int i = 0; i < count; i++) {
      out[o + i] = Float.intBitsToFloat(int32(in, at + 4 * i));
    }
  }

  private static void decodeF16(byte[] in, int at, int count, float[] out, int o) {
    for (int i = 0; i < count; i++) {
      out[o + i] = half(in, at + 2 * i);
    }
  }

  /** The upper 16 bits of a float32. */
  private static void decodeBf16(byte[] in, int at, int count, float[] out, int o) {
    for (int i = 0; i < count; i++) {
      out[o + i] = Float.intBitsToFloat(int16(in, at + 2 * i) << 16);
    }
  }

  /** d (f16) | 16 bytes: d·(q − 8). Byte j: element j low, element j + 16 high. */
  private static void decodeQ4Symmetric(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 18, o += 32) {
      float d = half(in, at);
      for (int j = 0; j < 16; j++) {
        int pair = unsigned(in, at + 2 + j);
        out[o + j] = d * ((pair & 0xF) - 8);
        out[o + j + 16] = d * ((pair >> 4) - 8);
      }
    }
  }

  /** d (f16) | m (f16) | 16 bytes: d·q + m. */
  private static void decodeQ4Affine(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 20, o += 32) {
      float d = half(in, at);
      float m = half(in, at + 2);
      for (int j = 0; j < 16; j++) {
        int pair = unsigned(in, at + 4 + j);
        out[o + j] = d * (pair & 0xF) + m;
        out[o + j + 16] = d * (pair >> 4) + m;
      }
    }
  }

  /** d (f16) | 32 fifth bits, bit j for element j | 16 bytes: d·(q − 16). */
  private static void decodeQ5Symmetric(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 22, o += 32) {
      float d = half(in, at);
      int fifth = int32(in, at + 2);
      for (int j = 0; j < 16; j++) {
        int pair = unsigned(in, at + 6 + j);
        out[o + j] = d * ((pair & 0xF | (fifth >> j & 1) << 4) - 16);
        out[o + j + 16] = d * ((pair >> 4 | (fifth >> j + 16 & 1) << 4) - 16);
      }
    }
  }

  /** d (f16) | m (f16) | 32 fifth bits | 16 bytes: d·q + m. */
  private static void decodeQ5Affine(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 24, o += 32) {
      float d = half(in, at);
      float m = half(in, at + 2);
      int fifth = int32(in, at + 4);
      for (int j = 0; j < 16; j++) {
        int pair = unsigned(in, at + 8 + j);
        out[o + j] = d * (pair & 0xF | (fifth >> j & 1) << 4) + m;
        out[o + j + 16] = d * (pair >> 4 | (fifth >> j + 16 & 1) << 4) + m;
      }
    }
  }

  /** d (f16) | 32 signed bytes: d·q. */
  private static void decodeQ8(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 34, o += 32) {
      float d = half(in, at);
      for (int j = 0; j < 32; j++) {
        out[o + j] = d * in[at + 2 + j];
      }
    }
  }

  /**
   * 16 bytes, one per 16 elements, scale s low and minimum t high | 64 bytes of 2-bit quants | d
   * (f16) | e (f16): (d·s)·q − e·t.
   *
   * <p>Half h of 128 elements has 32 bytes; group g of 32 elements is their bits 2g, 2g + 1.
   */
  private static void decodeQ2K(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 84, o += 256) {
      float d = half(in, at + 80);
      float e = half(in, at + 82);
      for (int sub = 0; sub < 16; sub++) {
        int scale = unsigned(in, at + sub);
        float ds = d * (scale & 0xF);
        float et = e * (scale >> 4);
        int shift = 2 * (sub >> 1 & 3);
        int quants = at + 16 + 32 * (sub >> 3) + 16 * (sub & 1);
        for (int j = 0; j < 16; j++) {
          out[o + 16 * sub + j] = ds * (in[quants + j] >> shift & 3) - et;
        }
      }
    }
  }

  /**
   * 32 bytes of third bits | 64 bytes of 2-bit quants as in Q2_K | 12 bytes of 6-bit scales | d
   * (f16): d·(s − 32)·(q − 4), with q's third bit from bit sub/2 of byte j mod 32.
   *
   * <p>Scale k of 16: its low 4 bits are the low (k &lt; 8) or high nibble of byte k mod 8, its
   * high 2 bits are bits 2·(k/4) of byte 8 + k mod 4.
   */
  private static void decodeQ3K(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 110, o += 256) {
      float d = half(in, at + 108);
      int scales = at + 96;
      for (int sub = 0; sub < 16; sub++) {
        int low = unsigned(in, scales + (sub & 7)) >> 4 * (sub >> 3) & 0xF;
        int high = unsigned(in, scales + 8 + (sub & 3)) >> 2 * (sub >> 2) & 3;
        float ds = d * ((low | high << 4) - 32);
        int shift = 2 * (sub >> 1 & 3);
        int thirdShift = sub >> 1;
        int thirds = at + 16 * (sub & 1);
        int quants = at + 32 + 32 * (sub >> 3) + 16 * (sub & 1);
        for (int j = 0; j < 16; j++) {
          int q = in[quants + j] >> shift & 3 | (in[thirds + j] >> thirdShift & 1) << 2;
          out[o + 16 * sub + j] = ds * (q - 4);
        }
      }
    }
  }

  /**
   * d (f16) | e (f16) | 12 bytes of 6-bit scales s and minima t | 128 bytes: (d·s)·q − e·t, s and t
   * per 32 elements. Of 64 elements, the first 32 are low nibbles, the others high ones.
   */
  private static void decodeQ4K(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 144, o += 256) {
      float d = half(in, at);
      float e = half(in, at + 2);
      for (int sub = 0; sub < 8; sub++) {
        float ds = d * scale6(in, at + 4, sub);
        float et = e * minimum6(in, at + 4, sub);
        int shift = 4 * (sub & 1);
        int quants = at + 16 + 32 * (sub >> 1);
        for (int j = 0; j < 32; j++) {
          out[o + 32 * sub + j] = ds * (in[quants + j] >> shift & 0xF) - et;
        }
      }
    }
  }

  /** As Q4_K, with 32 bytes of fifth bits before the nibbles: bit {@code sub} of byte j. */
  private static void decodeQ5K(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 176, o += 256) {
      float d = half(in, at);
      float e = half(in, at + 2);
      for (int sub = 0; sub < 8; sub++) {
        float ds = d * scale6(in, at + 4, sub);
        float et = e * minimum6(in, at + 4, sub);
        int shift = 4 * (sub & 1);
        int fifths = at + 16;
        int quants = at + 48 + 32 * (sub >> 1);
        for (int j = 0; j < 32; j++) {
          int q = in[quants + j] >> shift & 0xF | (in[fifths + j] >> sub & 1) << 4;
          out[o + 32 * sub + j] = ds * q - et;
        }
      }
    }
  }

  /**
   * Scale {@code sub} of 8 in the 12 bytes that Q4_K and Q5_K share: the low 6 bits of byte sub, or
   * for sub ≥ 4 the low nibble of byte sub + 4 under the high 2 bits of byte sub − 4.
   */
  static int scale6(byte[] in, int at, int sub) {
    return sub < 4
        ? in[at + sub] & 63
        : in[at + sub + 4] & 0xF | unsigned(in, at + sub - 4) >> 6 << 4;
  }

  /**
   * Minimum {@code sub} of 8: the low 6 bits of byte sub + 4, or for sub ≥ 4 the high nibble of
   * byte sub + 4 under the high 2 bits of byte sub.
   */
  static int minimum6(byte[] in, int at, int sub) {
    return sub < 4
        ? in[at + sub + 4] & 63
        : unsigned(in, at + sub + 4) >> 4 | unsigned(in, at + sub) >> 6 << 4;
  }

  /**
   * 128 bytes of low nibbles | 64 bytes of high bit pairs | 16 signed scales s | d (f16): d·s·(q −
   * 32), s per 16 elements.
   *
   * <p>Half h of 128 elements has 64 bytes of nibbles and 32 of pairs. Its group g of 32: nibbles
   * low (g &lt; 2) or high of bytes 32·(g mod 2) + j, pair bits 2g of byte j.
   */
  private static void decodeQ6K(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 210, o += 256) {
      float d = half(in, at + 208);
      for (int sub = 0; sub < 16; sub++) {
        float ds = d * in[at + 192 + sub];
        int half = sub >> 3;
        int group = sub >> 1 & 3;
        int side = 16 * (sub & 1);
        int nibbles = at + 64 * half + 32 * (group & 1) + side;
        int nibbleShift = 4 * (group >> 1);
        int pairs = at + 128 + 32 * half + side;
        int pairShift = 2 * group;
        for (int j = 0; j < 16; j++) {
          int q = in[nibbles + j] >> nibbleShift & 0xF | (in[pairs + j] >> pairShift & 3) << 4;
          out[o + 16 * sub + j] = ds * (q - 32);
        }
      }
    }
  }

  /** d (f16) | 16 bytes as in Q4_0: d·table[q]. */
  private static void decodeIq4Nl(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 18, o += 32) {
      float d = half(in, at);
      for (int j = 0; j < 16; j++) {
        int pair = unsigned(in, at + 2 + j);
        out[o + j] = d * IQ4_NL_VALUES[pair & 0xF];
        out[o + j + 16] = d * IQ4_NL_VALUES[pair >> 4];
      }
    }
  }

  /** Exponent byte | 16 bytes as in Q4_0: 2^(exponent − 127)·e2m1. */
  private static void decodeMxfp4(byte[] in, int at, int blocks, float[] out, int o) {
    for (int b = 0; b < blocks; b++, at += 17, o += 32) {
      float halfScale = powerOfTwo(unsigned(in, at) - 128);
      for (int j = 0; j < 16; j++) {
        int pair = unsigned(in, at + 1 + j);
        out[o + j] = halfScale * E2M1_DOUBLED[pair & 0xF];
        out[o + j + 16] = halfScale * E2M1_DOUBLED[pair >> 4];
      }
    }
  }

  /** 2^n for n in [−128, 127]; the two least are subnormal. */
  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat(n < -126 ? 0x0040_0000 >> -127 - n : n + 127 << 23);
  }
}
