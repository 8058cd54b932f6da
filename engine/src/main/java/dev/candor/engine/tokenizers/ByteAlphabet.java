package dev.candor.engine.tokenizers;

/**
 * The printable characters that byte-level vocabularies spell bytes with (GPT-2, Radford et al.
 * 2019, {@code bytes_to_unicode}): printable Latin-1 stands for itself, the other 68 bytes for
 * U+0100 onwards.
 */
final class ByteAlphabet {

  private static final char[] CHARS = new char[256];
  private static final short[] BYTES = new short[0x144];

  static {
    java.util.Arrays.fill(BYTES, (short) -1);
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean itself =
          b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE; // printable Latin-1
      CHARS[b] = (char) (itself ? b : next++);
      BYTES[CHARS[b]] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /** The byte, 0 to 255, that a character stands for; −1 if it is not of the alphabet. */
  static int byteOf(char c) {
    return c < BYTES.length ? BYTES[c] : -1;
  }

  /**
   * Writes the bytes that a spelling stands for, which needs room for as many bytes as it has
   * chars; false if any of its characters is not of the alphabet.
   */
  static boolean bytes(String spelling, byte[] out) {
    for (int i = 0; i < spelling.length(); i++) {
      int b = byteOf(spelling.charAt(i));
      if (b < 0) {
        return false;
      }
      out[i] = (byte) b;
    }
    return true;
  }

  /** The spelling of bytes [from, to). */
  static String spelling(byte[] bytes, int from, int to) {
    char[] chars = new char[to - from];
    for (int i = 0; i < chars.length; i++) {
      chars[i] = CHARS[bytes[from + i] & 0xFF];
    }
    return new String(chars);
  }
}
