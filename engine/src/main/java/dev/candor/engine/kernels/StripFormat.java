package dev.candor.engine.kernels;

/**
 * How 16 rows of a quantised matrix lie together in a <i>strip</i>, so that a kernel reads them as
 * one stream and keeps one row in each of 16 lanes. A strip is a sequence of records of 32 columns:
 *
 * <pre>
 *   [header, before the first of eight records: 16 f16 d, then 16 f16 e]   K-quants; e if they have minima
 *   scales      16 f16 d | 16 exponent bytes | 16 or 2·16 bytes s          plain | MXFP4 | K-quants
 *   minima      16 f16 m | 16 or 2·16 bytes t                              where the format has them
 *   high bits   64 B or 128 B                                              of 5- and 6-bit quants
 *   low bits    256 B of nibbles | 512 B                                   u = q + offset
 * </pre>
 *
 * <p>Column 4g + c of row r, g in [0, 8), c in [0, 4): as a byte it is at 64g + 4r + c. As a nibble
 * it is the low (g &lt; 4) or high half of byte 64·(g mod 4) + 4r + c. A fifth bit is bit g of byte
 * 4r + c; a pair of high bits is at 2·(g mod 4) of byte 64·⌊g/4⌋ + 4r + c.
 */
public enum StripFormat {
  Q4_0(BlockFormat.Q4_0, Scale.HALF, Minimum.NONE, 32, 4, 0, 3),
  Q4_1(BlockFormat.Q4_1, Scale.HALF, Minimum.HALF, 32, 4, 0, -1),
  Q5_0(BlockFormat.Q5_0, Scale.HALF, Minimum.NONE, 32, 4, 1, 4),
  Q5_1(BlockFormat.Q5_1, Scale.HALF, Minimum.HALF, 32, 4, 1, -1),
  Q8_0(BlockFormat.Q8_0, Scale.HALF, Minimum.NONE, 32, 8, 0, 7),
  Q2_K(BlockFormat.Q2_K, Scale.PRODUCT, Minimum.PRODUCT, 16, 4, 0, -1),
  Q3_K(BlockFormat.Q3_K, Scale.SIGNED_PRODUCT, Minimum.NONE, 16, 4, 0, 2),
  Q4_K(BlockFormat.Q4_K, Scale.PRODUCT, Minimum.PRODUCT, 32, 4, 0, -1),
  Q5_K(BlockFormat.Q5_K, Scale.PRODUCT, Minimum.PRODUCT, 32, 4, 1, -1),
  Q6_K(BlockFormat.Q6_K, Scale.SIGNED_PRODUCT, Minimum.NONE, 16, 4, 2, 5),
  IQ4_NL(BlockFormat.IQ4_NL, Scale.HALF, Minimum.NONE, 32, 4, 0, 7),
  MXFP4(BlockFormat.MXFP4, Scale.EXPONENT, Minimum.NONE, 32, 4, 0, 4);

  /** Rows of a strip. */
  public static final int ROWS = 16;

  /** Columns of a record. */
  public static final int COLUMNS = 32;

  /** Where a (sub-)block's scale comes from. */
  enum Scale {
    /** f16 d. */
    HALF,
    /** d·s with an unsigned byte s. */
    PRODUCT,
    /** d·s with a signed byte s. */
    SIGNED_PRODUCT,
    /** 2^(e − 128) of a byte e: half of an E8M0 scale. */
    EXPONENT
  }

  /** What is added to scale·q. */
  enum Minimum {
    NONE,
    /** + m, an f16. */
    HALF,
    /** − e·t with an unsigned byte t. */
    PRODUCT
  }

  final BlockFormat format;
  final Scale scale;
  final Minimum minimum;

  /** Columns that share a scale: 32 or 16. */
  final int group;

  /** Bits of the low part: 4 or 8. */
  final int lowBits;

  /** Bits of the high part: 0, 1 or 2. */
  final int highBits;

  /** The offset of u is 2 to this, 0 if negative. */
  final int offsetLog;

  private final int recordsPerBlock;
  private final int headerBytes;
  private final int minimumAt;
  private final int highAt;
  private final int lowAt;
  private final int recordBytes;

  StripFormat(
      BlockFormat format,
      Scale scale,
      Minimum minimum,
      int group,
      int lowBits,
      int highBits,
      int offsetLog) {
    this.format = format;
    this.scale = scale;
    this.minimum = minimum;
    this.group = group;
    this.lowBits = lowBits;
    this.highBits = highBits;
    this.offsetLog = offsetLog;
    recordsPerBlock = format.blockElements() / 32;
    headerBytes = recordsPerBlock == 1 ? 0 : minimum == Minimum.PRODUCT ? 4 * 16 : 2 * 16;
    int groups = 32 / group;
    minimumAt =
        switch (scale) {
          case HALF -> 2 * 16;
          case PRODUCT, SIGNED_PRODUCT -> groups * 16;
          case EXPONENT -> 16;
        };
    highAt =
        minimumAt
            + switch (minimum) {
              case NONE -> 0;
              case HALF -> 2 * 16;
              case PRODUCT -> groups * 16;
            };
    lowAt = highAt + 64 * highBits;
    recordBytes = lowAt + 64 * lowBits;
  }

  private static final StripFormat[] BY_FORMAT = new StripFormat[BlockFormat.values().length];

  static {
    for (StripFormat strip : values()) {
      BY_FORMAT[strip.format.ordinal()] = strip;
    }
  }

  /** Whether matrices of this format are multiplied as strips: all but plain floats are. */
  public static boolean knows(BlockFormat format) {
    return BY_FORMAT[format.ordinal()] != null;
  }

  /** The strips of a quantised format. */
  public static StripFormat of(BlockFormat format) {
    StripFormat strip = BY_FORMAT[format.ordinal()];
    if (strip == null) {
      throw new IllegalArgumentException(format + " is not quantised: there are no strips of it");
    }
    return strip;
  }

  /** What u exceeds q by. */
  int offset() {
    return offsetLog < 0 ? 0 : 1 << offsetLog;
  }

  /** Whether nibbles are looked up in a table instead of being numbers. */
  boolean isTable() {
    return this == IQ4_NL || this == MXFP4;
  }

  /** Whether a kernel may take u from nibbles as they lie, and 32 columns share a scale. */
  boolean areNibbles() {
    return lowBits + highBits == 4 && group == 32 && !isTable();
  }

  /** Whether all quants q are in [−32, 32). */
  boolean areSmall() {
    return lowBits == 4 && this != IQ4_NL;
  }

  /** What the nibbles of a format with a table stand for, plus the offset; repeated to 64 bytes. */
  byte[] table() {
    byte[] values = this == IQ4_NL ? BlockFields.IQ4_NL_VALUES : BlockFields.E2M1_DOUBLED;
    byte[] table = new byte[64];
    for (int j = 0; j < table.length; j++) {
      table[j] = (byte) (values[j % 16] + offset());
    }
    return table;
  }

  /** Records that share a header: a block of the format. */
  int recordsPerBlock() {
    return recordsPerBlock;
  }

  /** Bytes before the first record of a block. */
  int headerBytes() {
    return headerBytes;
  }

  /** Where the minima are in a record; scales are at 0. */
  int minimumAt() {
    return minimumAt;
  }

  /** Where the high bits are in a record. */
  int highAt() {
    return highAt;
  }

  /** Where the low bits are in a record. */
  int lowAt() {
    return lowAt;
  }

  /** Bytes of a record. */
  int recordBytes() {
    return recordBytes;
  }

  /** Where record {@code k} of a block of the format is in a strip. */
  long recordAt(int block, int k) {
    long blockBytes = headerBytes() + (long) recordsPerBlock() * recordBytes();
    return block * blockBytes + headerBytes() + (long) k * recordBytes();
  }

  /** Bytes of 16 rows of one block: its header, if any, and its records. */
  public int blockBytes() {
    return headerBytes() + recordsPerBlock() * recordBytes();
  }

  /**
   * Bytes at the beginning of 16 rows of a block that are floating-point numbers, all that could be
   * infinite or NaN: f16, of MXFP4 E8M0.
   */
  public int floatBytes() {
    return recordsPerBlock() > 1 ? headerBytes() : highAt();
  }

  /** Bytes of 16 rows of so many columns, whole blocks. */
  public long stripBytes(int columns) {
    long blocks = format.bytes(columns) / format.blockBytes();
    return blocks * blockBytes();
  }
}
