package dev.candor.training.tokenizers;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits text into the pieces that no token reaches across: white space, digits one by one, words,
 * runs of marks. A word never has the space before it, unlike in GPT-2: so a name has the same
 * tokens behind a space and behind a quotation mark, and copying it is copying tokens.
 */
final class PieceSplitter {

  /** What {@link TokenizerFiles} declares, in one expression; it covers every text. */
  private static final Pattern PIECE =
      Pattern.compile(
          "\\s+|\\p{N}|'(?:[sdmt]|ll|ve|re)|\\p{L}+|[^\\s\\p{L}\\p{N}]+",
          Pattern.UNICODE_CHARACTER_CLASS);

  /** Takes pieces, in order. */
  interface Sink {
    void piece(String piece);
  }

  private PieceSplitter() {}

  static void split(String text, Sink sink) {
    Matcher matcher = PIECE.matcher(text);
    while (matcher.find()) {
      sink.piece(matcher.group());
    }
  }
}
