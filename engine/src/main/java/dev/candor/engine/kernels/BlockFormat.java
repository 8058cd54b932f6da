package dev.candor.engine.kernels;

/**
 * How numbers are stored: plain, or in blocks that share scales. The layouts are those of GGUF
 * (ggml's block structures); all are little-endian.
 */
public enum BlockFormat {
  F32(1, 4),
  F16(1, 2),
  BF16(1, 2),
  /**
   * f16 scale d, 32 nibbles q: d·(q − 8). Byte j holds element j in its low and element j + 16 in
   * its high nibble.
   */
  Q4_0(32, 18),
  /** f16 scale d, f16 minimum m, 32 nibbles: d·q + m. */
  Q4_1(32, 20),
  /** f16 scale d, 32 fifth bits, 32 nibbles: d·(q − 16). */
  Q5_0(32, 22),
  /** f16 scale d, f16 minimum m, 32 fifth bits, 32 nibbles: d·q + m. */
  Q5_1(32, 24),
  /** f16 scale d, 32 signed bytes: d·q. */
  Q8_0(32, 34),
  Q2_K(256, 84),
  Q3_K(256, 110),
  Q4_K(256, 144),
  Q5_K(256, 176),
  Q6_K(256, 210),
  /** f16 scale d, 32 nibbles that index a fixed table of 16 values. */
  IQ4_NL(32, 18),
  /** One E8M0 scale byte, 32 nibbles of E2M1 (OCP Microscaling v1.0). */
  MXFP4(32, 17);

  private final int blockElements;
  private final int blockBytes;

  BlockFormat(int blockElements, int blockBytes) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** Elements in one block. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes of one block. */
  public int blockBytes() {
    return blockBytes;
  }

  /**
   * Bytes that a row of so many elements takes.
   *
   * @throws IllegalArgumentException if the elements do not fill whole blocks
   */
  public long bytes(long elements) {
    if (elements < 0 || elements % blockElements != 0) {
      throw new IllegalArgumentException(
          elements + " elements do not fill whole blocks of " + blockElements + " (" + this + ")");
    }
    return Math.multiplyExact(elements / blockElements, (long) blockBytes);
  }
}
