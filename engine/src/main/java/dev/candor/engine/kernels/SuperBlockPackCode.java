package dev.candor.engine.kernels;

import dev.candor.engine.kernels.x86.Address;
import dev.candor.engine.kernels.x86.VectorOp;

/**
 * {@link PackCode} for blocks of 256: Q4_K, Q5_K and Q6_K. Their nibbles belong to two records,
 * their scales and high bits to all eight; {@link BlockFields} has the layouts.
 */
final class SuperBlockPackCode extends PackCode {

  /** Bytes 0, 4, 8, 12, then 1, 5, …: of four rows' four bytes, those of one number together. */
  private static final byte[] BY_NUMBER = {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15};

  /** Of four rows' pairs of 16 bits, the first ones, then the second ones. */
  private static final byte[] BY_HALF = {0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15};

  SuperBlockPackCode(StripFormat format) {
    super(format);
  }

  static boolean knows(StripFormat format) {
    return format == StripFormat.Q4_K || format == StripFormat.Q5_K || format == StripFormat.Q6_K;
  }

  @Override
  void block() {
    switch (format) {
      case Q4_K -> {
        scalesAndMinima();
        nibblesOfNeighbours(16);
      }
      case Q5_K -> {
        scalesAndMinima();
        fifthBits(16);
        nibblesOfNeighbours(48);
      }
      case Q6_K -> {
        for (int row = 0; row < StripFormat.ROWS; row++) {
          a.copyShort(Address.of(STRIP, 2 * row), row(row, 208), SCRATCH);
        }
        signedScales();
        for (int half = 0; half < 2; half++) {
          for (int firstRow = 0; firstRow < StripFormat.ROWS; firstRow += 8) {
            // Low nibbles of the first and the second 32 bytes, then their high nibbles.
            nibbles(firstRow, 64 * half, 4 * half, 4 * half + 2);
            nibbles(firstRow, 64 * half + 32, 4 * half + 1, 4 * half + 3);
            highPairs(firstRow, 128 + 32 * half, 4 * half);
          }
        }
      }
      default -> throw new IllegalStateException("no code to pack " + format);
    }
  }

  /** Where a byte of a record is. */
  private Address record(int record, int at) {
    return Address.of(STRIP, format.headerBytes() + record * format.recordBytes() + at);
  }

  /** d and e of the header, and the 6-bit scales s and minima t of the eight records. */
  private void scalesAndMinima() {
    // Of each row's first 16 bytes: d and e, and three times four bytes of scales and minima.
    gather(0, 0, 8);
    gather(8, 0, 12);
    halves(8, 12);
    sixBits(0, 9, 13);
    sixBits(format.minimumAt(), 10, 14);
  }

  /** Stores d and e of rows 0–7 and 8–15, which are pairs in the two registers. */
  private void halves(int lower, int upper) {
    Address shuffle = a.constant(twice(BY_HALF));
    int at = 0;
    for (int source : new int[] {lower, upper}) {
      a.op(VectorOp.PSHUFB, BITS, 0, source, shuffle);
      a.convert(VectorOp.EXTRACT128, BITS, 0, 1, 1);
      a.op(VectorOp.PUNPCKLQDQ, 128, 2, 0, 1);
      a.op(VectorOp.PUNPCKHQDQ, 128, 3, 0, 1);
      a.op(VectorOp.MOVUPS_STORE, 128, 2, Address.of(STRIP, at));
      a.op(VectorOp.MOVUPS_STORE, 128, 3, Address.of(STRIP, 2 * StripFormat.ROWS + at));
      at += StripFormat.ROWS;
    }
  }

  /**
   * Numbers 0 to 3 are the low six bits of the source's bytes; 4 to 7 are nibbles of registers 11
   * and 15, low ones for scales and high ones for minima, under the source's two high bits.
   */
  private void sixBits(int at, int lower, int upper) {
    Address six = a.splat(0x3F3F_3F3F);
    a.op(VectorOp.PAND, BITS, 4, lower, six);
    a.op(VectorOp.PAND, BITS, 5, upper, six);
    byNumber(4, 5, number -> record(number, at));
    int target = 4;
    for (int[] pair : new int[][] {{lower, 11}, {upper, 15}}) {
      a.shift(VectorOp.PSRLD, BITS, 6, pair[0], 2);
      a.op(VectorOp.PAND, BITS, 6, 6, a.splat(0x3030_3030));
      int nibbles = pair[1];
      if (at != 0) {
        a.shift(VectorOp.PSRLD, BITS, 7, nibbles, 4);
        nibbles = 7;
      }
      a.op(VectorOp.PAND, BITS, 7, nibbles, a.splat(0x0F0F_0F0F));
      a.op(VectorOp.POR, BITS, target++, 6, 7);
    }
    byNumber(4, 5, number -> record(number + 4, at));
  }

  /** Where the bytes of 16 rows go that are number 0 to 3 of their group. */
  private interface Target {
    Address of(int number);
  }

  /**
   * Stores four bytes each of rows 0–7 and 8–15, by number; registers 0–3, 6, 7 are overwritten.
   */
  private void byNumber(int lower, int upper, Target target) {
    Address shuffle = a.constant(twice(BY_NUMBER));
    a.op(VectorOp.PSHUFB, BITS, 0, lower, shuffle);
    a.op(VectorOp.PSHUFB, BITS, 2, upper, shuffle);
    a.convert(VectorOp.EXTRACT128, BITS, 0, 1, 1);
    a.convert(VectorOp.EXTRACT128, BITS, 2, 3, 1);
    for (int number = 0; number < 4; number++) {
      VectorOp unpack = number < 2 ? VectorOp.PUNPCKLDQ : VectorOp.PUNPCKHDQ;
      VectorOp choose = number % 2 == 0 ? VectorOp.PUNPCKLQDQ : VectorOp.PUNPCKHQDQ;
      a.op(unpack, 128, 6, 0, 1);
      a.op(unpack, 128, 7, 2, 3);
      a.op(choose, 128, 6, 6, 7);
      a.op(VectorOp.MOVUPS_STORE, 128, 6, target.of(number));
    }
  }

  private static byte[] twice(byte[] lane) {
    byte[] both = new byte[2 * lane.length];
    System.arraycopy(lane, 0, both, 0, lane.length);
    System.arraycopy(lane, 0, both, lane.length, lane.length);
    return both;
  }

  /** The 16 signed scales of a Q6_K block: two for each record. */
  private void signedScales() {
    gather(0, 192, 8);
    gather(8, 192, 12);
    for (int four = 0; four < 4; four++) {
      int first = 4 * four;
      byNumber(
          8 + four,
          12 + four,
          number -> record((first + number) / 2, StripFormat.ROWS * ((first + number) % 2)));
    }
  }

  /** Of each 32 bytes from {@code at} on, low nibbles are a record and high ones the next. */
  private void nibblesOfNeighbours(int at) {
    for (int pair = 0; pair < 4; pair++) {
      for (int firstRow = 0; firstRow < StripFormat.ROWS; firstRow += 8) {
        nibbles(firstRow, at + 32 * pair, 2 * pair, 2 * pair + 1);
      }
    }
  }

  /** Low nibbles of the 32 bytes at {@code at} to one record, high ones to another. */
  private void nibbles(int firstRow, int at, int lowRecord, int highRecord) {
    gather(firstRow, at, 8);
    gather(firstRow, at + 16, 12);
    Address low = a.splat(0x0F0F_0F0F);
    Address high = a.splat(0xF0F0_F0F0);
    for (int group = 0; group < 4; group++) {
      int lower = 8 + group;
      int upper = 12 + group;
      int target = format.lowAt() + 64 * group + 4 * firstRow;
      a.op(VectorOp.PAND, BITS, 0, lower, low);
      a.op(VectorOp.PAND, BITS, 1, upper, low);
      a.shift(VectorOp.PSLLW, BITS, 1, 1, 4);
      a.op(VectorOp.POR, BITS, 0, 0, 1);
      a.op(VectorOp.MOVUPS_STORE, BITS, 0, record(lowRecord, target));
      a.shift(VectorOp.PSRLW, BITS, 0, lower, 4);
      a.op(VectorOp.PAND, BITS, 0, 0, low);
      a.op(VectorOp.PAND, BITS, 1, upper, high);
      a.op(VectorOp.POR, BITS, 0, 0, 1);
      a.op(VectorOp.MOVUPS_STORE, BITS, 0, record(highRecord, target));
    }
  }

  /** Bit k of byte 4g + c, of 32, becomes bit g of byte c of record k. */
  private void fifthBits(int at) {
    for (int firstRow = 0; firstRow < StripFormat.ROWS; firstRow += 8) {
      gather(firstRow, at, 8);
      gather(firstRow, at + 16, 12);
      for (int record = 0; record < 8; record++) {
        collect(8, 8, record, 1);
        int target = format.highAt() + 4 * firstRow;
        a.op(VectorOp.MOVUPS_STORE, BITS, 0, record(record, target));
      }
    }
  }

  /** Pair k of byte 4g + c, of 32, becomes pair g mod 4 of byte c of half ⌊g/4⌋ of a record. */
  private void highPairs(int firstRow, int at, int firstRecord) {
    gather(firstRow, at, 8);
    gather(firstRow, at + 16, 12);
    for (int k = 0; k < 4; k++) {
      for (int half = 0; half < 2; half++) {
        collect(8 + 4 * half, 4, 2 * k, 2);
        int target = format.highAt() + 64 * half + 4 * firstRow;
        a.op(VectorOp.MOVUPS_STORE, BITS, 0, record(firstRecord + k, target));
      }
    }
  }

  /**
   * Register 0 = from each of so many registers the bits from {@code shift} on, {@code width} of
   * them, one register's behind the other's in each byte; register 1 is overwritten.
   */
  private void collect(int first, int count, int shift, int width) {
    a.op(VectorOp.PXOR, BITS, 0, 0, 0);
    for (int i = 0; i < count; i++) {
      int left = width * i - shift;
      int mask = ((1 << width) - 1 << width * i) * 0x0101_0101;
      int source = first + i;
      if (left > 0) {
        a.shift(VectorOp.PSLLW, BITS, 1, source, left);
        source = 1;
      } else if (left < 0) {
        a.shift(VectorOp.PSRLW, BITS, 1, source, -left);
        source = 1;
      }
      a.op(VectorOp.PAND, BITS, 1, source, a.splat(mask));
      a.op(VectorOp.POR, BITS, 0, 0, 1);
    }
  }
}
