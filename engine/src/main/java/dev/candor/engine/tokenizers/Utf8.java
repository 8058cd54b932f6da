package dev.candor.engine.tokenizers;

import dev.candor.engine.TokenizerException;
import java.util.Arrays;

/**
 * UTF-8 both ways. The JDK's own conversions replace unpaired surrogates by a question mark and an
 * encoded surrogate by one U+FFFD; here the first is an error, and the second is replaced byte by
 * byte, as the Unicode Standard (section 3.9, maximal subparts) and Rust's standard library do.
 */
final class Utf8 {

  private Utf8() {}

  /** The bytes of a text; throws {@code tokenizer.malformed-text} on an unpaired surrogate. */
  static byte[] bytes(String text) {
    byte[] out = new byte[Math.multiplyExact(3, text.length())];
    return Arrays.copyOf(out, encode(text, 0, text.length(), out, 0));
  }

  /**
   * Encodes chars [start, end) into {@code out} from {@code at} on, which must have room for 3
   * bytes a char; returns the end.
   */
  static int encode(String text, int start, int end, byte[] out, int at) {
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        out[at++] = (byte) c;
      } else if (c < 0x800) {
        out[at++] = (byte) (0xC0 | c >> 6);
        out[at++] = (byte) (0x80 | c & 0x3F);
      } else if (!Character.isSurrogate(c)) {
        out[at++] = (byte) (0xE0 | c >> 12);
        out[at++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[at++] = (byte) (0x80 | c & 0x3F);
      } else {
        if (Character.isLowSurrogate(c)
            || i + 1 == end
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw unpaired(i);
        }
        int point = Character.toCodePoint(c, text.charAt(++i));
        out[at++] = (byte) (0xF0 | point >> 18);
        out[at++] = (byte) (0x80 | point >> 12 & 0x3F);
        out[at++] = (byte) (0x80 | point >> 6 & 0x3F);
        out[at++] = (byte) (0x80 | point & 0x3F);
      }
    }
    return at;
  }

  static TokenizerException unpaired(int at) {
    return new TokenizerException(
        "malformed-text",
        "the text has an unpaired surrogate at " + at,
        "Give text that is valid Unicode.");
  }

  /** Bytes of the character that starts with this byte of valid UTF-8. */
  static int length(byte first) {
    int b = first & 0xFF;
    return b < 0x80 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
  }

  /** Decodes a stream of bytes; each maximal invalid part becomes one U+FFFD. */
  static final class Decoder {
    private int point;
    private int missing;
    // The range that the next continuation byte must be in; narrower after E0, ED, F0 and F4.
    private int lowest;
    private int highest;
    private boolean sawInvalid;

    /** Whether any U+FFFD so far stands for something invalid. */
    boolean sawInvalid() {
      return sawInvalid;
    }

    void accept(byte[] bytes, int from, int to, StringBuilder out) {
      for (int i = from; i < to; i++) {
        accept(bytes[i] & 0xFF, out);
      }
    }

    private void accept(int b, StringBuilder out) {
      if (missing > 0) {
        if (b >= lowest && b <= highest) {
          point = point << 6 | b & 0x3F;
          lowest = 0x80;
          highest = 0xBF;
          if (--missing == 0) {
            out.appendCodePoint(point);
          }
          return;
        }
        replace(out);
        missing = 0;
      }
      lowest = 0x80;
      highest = 0xBF;
      if (b < 0x80) {
        out.append((char) b);
      } else if (b >= 0xC2 && b <= 0xDF) {
        start(b & 0x1F, 1);
      } else if (b >= 0xE0 && b <= 0xEF) {
        start(b & 0x0F, 2);
        if (b == 0xE0) {
          lowest = 0xA0;
        } else if (b == 0xED) {
          highest = 0x9F;
        }
      } else if (b >= 0xF0 && b <= 0xF4) {
        start(b & 0x07, 3);
        if (b == 0xF0) {
          lowest = 0x90;
        } else if (b == 0xF4) {
          highest = 0x8F;
        }
      } else {
        replace(out);
      }
    }

    private void replace(StringBuilder out) {
      out.append('\uFFFD');
      sawInvalid = true;
    }

    private void start(int bits, int continuationBytes) {
      point = bits;
      missing = continuationBytes;
    }

    /** An incomplete character becomes U+FFFD. */
    void finish(StringBuilder out) {
      if (missing > 0) {
        replace(out);
        missing = 0;
      }
    }
  }
}
