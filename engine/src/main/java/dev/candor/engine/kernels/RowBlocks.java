package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Blocks of quantised rows as ggml lays them out, from a matrix in strips: what {@link
 * BlockFields#read} takes apart, put together again, byte for byte.
 */
public final class RowBlocks {

  private final MemorySegment out;

  private RowBlocks(MemorySegment out) {
    this.out = out;
  }

  /** Writes a row of a quantised matrix to {@code out}, from byte {@code at} on. */
  public static void write(Matrix w, int row, MemorySegment out, long at) {
    StripFormat format = StripFormat.of(w.format());
    int blocks = (int) (w.rowBytes() / w.format().blockBytes());
    BlockFields fields = new BlockFields();
    RowBlocks rows = new RowBlocks(out.asSlice(at, w.rowBytes()));
    for (int block = 0; block < blocks; block++) {
      w.read(fields, row, block);
      rows.write(format, fields, (long) block * w.format().blockBytes());
    }
  }

  private void write(StripFormat format, BlockFields f, long at) {
    switch (format) {
      case Q4_0, IQ4_NL -> {
        half(at, f.d);
        nibbles(f, at + 2);
      }
      case Q4_1 -> {
        half(at, f.d);
        half(at + 2, f.e);
        nibbles(f, at + 4);
      }
      case Q5_0 -> {
        half(at, f.d);
        fifthBits(f, at + 2);
        nibbles(f, at + 6);
      }
      case Q5_1 -> {
        half(at, f.d);
        half(at + 2, f.e);
        fifthBits(f, at + 4);
        nibbles(f, at + 8);
      }
      case Q8_0 -> {
        half(at, f.d);
        for (int j = 0; j < 32; j++) {
          put(at + 2 + j, f.u[j] ^ 0x80);
        }
      }
      case MXFP4 -> {
        put(at, f.d);
        nibbles(f, at + 1);
      }
      case Q2_K -> {
        for (int sub = 0; sub < 16; sub++) {
          put(at + sub, f.s[sub] & 0xF | f.t[sub] << 4);
        }
        pairs(f, at + 16);
        half(at + 80, f.d);
        half(at + 82, f.e);
      }
      case Q3_K -> {
        bits(f, at, 2);
        pairs(f, at + 32);
        scalesOfQ3K(f, at + 96);
        half(at + 108, f.d);
      }
      case Q4_K -> {
        scalesOfQ4K(f, at);
        nibblesOfK(f, at + 16);
      }
      case Q5_K -> {
        scalesOfQ4K(f, at);
        bits(f, at + 16, 4);
        nibblesOfK(f, at + 48);
      }
      case Q6_K -> sixBits(f, at);
    }
  }

  private void put(long at, int value) {
    out.set(ValueLayout.JAVA_BYTE, at, (byte) value);
  }

  private void half(long at, short value) {
    out.set(BlockFields.SHORT, at, value);
  }

  private void nibbles(BlockFields f, long at) {
    for (int j = 0; j < 16; j++) {
      put(at + j, f.u[j] & 0xF | f.u[j + 16] << 4);
    }
  }

  private void fifthBits(BlockFields f, long at) {
    for (int i = 0; i < 4; i++) {
      int bits = 0;
      for (int j = 0; j < 8; j++) {
        bits |= (f.u[8 * i + j] >> 4 & 1) << j;
      }
      put(at + i, bits);
    }
  }

  /** One bit of each element of a K-quant: bit j/32 of byte j mod 32. */
  private void bits(BlockFields f, long at, int bit) {
    for (int j = 0; j < 32; j++) {
      int bits = 0;
      for (int g = 0; g < 8; g++) {
        bits |= (f.u[32 * g + j] >> bit & 1) << g;
      }
      put(at + j, bits);
    }
  }

  private void pairs(BlockFields f, long at) {
    for (int j = 0; j < 64; j++) {
      int first = 128 * (j >> 5) + (j & 31);
      int bits = 0;
      for (int g = 0; g < 4; g++) {
        bits |= (f.u[first + 32 * g] & 3) << 2 * g;
      }
      put(at + j, bits);
    }
  }

  private void scalesOfQ3K(BlockFields f, long at) {
    int[] bytes = new int[12];
    for (int sub = 0; sub < 16; sub++) {
      int six = f.s[sub] + 32;
      bytes[sub & 7] |= (six & 0xF) << 4 * (sub >> 3);
      bytes[8 + (sub & 3)] |= (six >> 4) << 2 * (sub >> 2);
    }
    for (int i = 0; i < 12; i++) {
      put(at + i, bytes[i]);
    }
  }

  private void scalesOfQ4K(BlockFields f, long at) {
    half(at, f.d);
    half(at + 2, f.e);
    for (int sub = 0; sub < 4; sub++) {
      put(at + 4 + sub, f.s[sub] & 63 | f.s[sub + 4] >> 4 << 6);
      put(at + 8 + sub, f.t[sub] & 63 | f.t[sub + 4] >> 4 << 6);
      put(at + 12 + sub, f.s[sub + 4] & 0xF | f.t[sub + 4] << 4);
    }
  }

  private void nibblesOfK(BlockFields f, long at) {
    for (int j = 0; j < 128; j++) {
      int low = (j >> 5 << 6) + (j & 31);
      put(at + j, f.u[low] & 0xF | f.u[low + 32] << 4);
    }
  }

  private void sixBits(BlockFields f, long at) {
    for (int j = 0; j < 128; j++) {
      int low = 128 * (j >> 6) + (j & 63);
      put(at + j, f.u[low] & 0xF | f.u[low + 64] << 4);
    }
    for (int j = 0; j < 64; j++) {
      int first = 128 * (j >> 5) + (j & 31);
      int bits = 0;
      for (int g = 0; g < 4; g++) {
        bits |= (f.u[first + 32 * g] >> 4 & 3) << 2 * g;
      }
      put(at + 128 + j, bits);
    }
    MemorySegment.copy(f.s, 0, out, ValueLayout.JAVA_BYTE, at + 192, 16);
    half(at + 208, f.d);
  }
}
