package dev.candor.training.data;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;

/**
 * What of a text counts when texts are compared.
 *
 * <p>The normal form is Unicode's NFKC without case, with one space for each run of white space. A
 * word is a run of letters, digits and marks; of scripts that put no spaces between words, each
 * character is one. Punctuation is passed over, signs of arithmetic are words.
 */
final class NormalText {

  /** Scripts without spaces, besides ideographs. */
  private static final Set<UnicodeScript> UNSPACED =
      Set.of(
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.THAI,
          UnicodeScript.LAO,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR);

  private static final String SIGNS = "*/^%";

  private NormalText() {}

  /** The normal form. */
  static String of(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
    // Upper case first: so ß meets ss, and the final sigma the other one.
    String folded =
        Normalizer.normalize(
            composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace('ς', 'σ'),
            Normalizer.Form.NFKC);
    StringBuilder normal = new StringBuilder(folded.length());
    boolean space = false;
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        space = true;
      } else {
        if (space && !normal.isEmpty()) {
          normal.append(' ');
        }
        space = false;
        normal.append(c);
      }
    }
    return normal.toString();
  }

  /** A hash of each word of a normal form, in order; of one without words, that of itself. */
  static long[] words(String normal) {
    long[] words = new long[normal.length() + 1];
    int count = 0;
    long word = SEED;
    boolean inside = false;
    int length;
    for (int i = 0; i < normal.length(); i += length) {
      int c = normal.codePointAt(i);
      length = Character.charCount(c);
      boolean alone = alone(normal, i, c);
      if (inside && (alone || !isPart(c))) {
        words[count++] = mixed(word);
        word = SEED;
        inside = false;
      }
      if (alone) {
        words[count++] = mixed(step(SEED, c));
      } else if (isPart(c)) {
        word = step(word, c);
        inside = true;
      }
    }
    if (inside) {
      words[count++] = mixed(word);
    }
    if (count == 0) {
      words[count++] = mixed(normal.hashCode() * STEP);
    }
    return java.util.Arrays.copyOf(words, count);
  }

  /** FNV-1a's constants, 64 bits. */
  private static final long SEED = 0xcbf29ce484222325L;

  private static final long STEP = 0x100000001b3L;

  private static long step(long hash, int codePoint) {
    return (hash ^ codePoint) * STEP;
  }

  /** The finaliser of SplitMix64: every bit of the input reaches every bit of the output. */
  static long mixed(long hash) {
    long a = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }

  /** The hash of a run of words. */
  static long run(long[] words, int from, int count) {
    long hash = count;
    for (int i = from; i < from + count; i++) {
      hash = mixed(hash * STEP + words[i]);
    }
    return hash;
  }

  private static boolean isPart(int c) {
    int type = Character.getType(c);
    return Character.isLetterOrDigit(c)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }

  private static boolean alone(String text, int at, int c) {
    if (c < 128) {
      return c == '-' ? isMinus(text, at) : isSign(c);
    }
    return isSign(c) || Character.isIdeographic(c) || UNSPACED.contains(UnicodeScript.of(c));
  }

  private static boolean isSign(int c) {
    return Character.getType(c) == Character.MATH_SYMBOL || SIGNS.indexOf(c) >= 0;
  }

  /** A hyphen is a minus if there is a number behind it and a number or nothing before it. */
  private static boolean isMinus(String text, int at) {
    int after = at + 1;
    int before = at - 1;
    while (after < text.length() && text.charAt(after) == ' ') {
      after++;
    }
    while (before >= 0 && text.charAt(before) == ' ') {
      before--;
    }
    return after < text.length()
        && Character.isDigit(text.charAt(after))
        && (before < 0 || Character.isDigit(text.charAt(before)));
  }
}
