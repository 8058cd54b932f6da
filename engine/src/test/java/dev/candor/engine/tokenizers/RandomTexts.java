package dev.candor.engine.tokenizers;

import java.util.Random;

/** Seeded random texts of valid Unicode, rich in what tokenizers treat differently. */
final class RandomTexts {

  private static final String[] FRAGMENTS = {
    "don't",
    "I'LL",
    "'S",
    "'ſ",
    "HeLLo",
    "<|end|>",
    "<|user|>  ",
    "<s>",
    "<bos>",
    "[CLS]",
    "\n\n",
    "   ",
    "12345",
    "a/b/\n//",
    "  x",
    "\r\n",
    "▁▁",
    "Ġ",
    "<0x41>",
    "👍🏽",
    "é",
    "e\u0301",
    "中文",
    "İ",
    "\u00a0",
    "\u3000",
    "\u0085",
    "\u2028",
    "\ufffd"
  };

  private final Random random;

  RandomTexts(long seed) {
    this.random = new Random(seed);
  }

  /** A text of up to so many fragments and characters. */
  String next(int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      switch (random.nextInt(6)) {
        case 0 -> text.append(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
        case 1, 2 -> text.append((char) (' ' + random.nextInt(95)));
        case 3 -> text.appendCodePoint(point(0x3000));
        default -> text.appendCodePoint(point(random.nextBoolean() ? 0x250 : 0x110000));
      }
    }
    return text.toString();
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  private int point(int bound) {
    while (true) {
      int point = random.nextInt(bound);
      if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
        return point;
      }
    }
  }
}
