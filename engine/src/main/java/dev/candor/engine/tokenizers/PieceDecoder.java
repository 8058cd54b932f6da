package dev.candor.engine.tokenizers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From the spellings of tokens to text, in steps that each see one spelling at a time, so that
 * decoding a stream and decoding a whole are the same thing.
 */
final class PieceDecoder {

  /** One step of a stream; gives what it makes to the next. */
  @FunctionalInterface
  interface Step {
    void accept(String piece);

    /** Gives the next step what was held back. */
    default void finish() {}
  }

  /** Makes a step of one stream. */
  @FunctionalInterface
  interface StepFactory {
    Step create(Step next);
  }

  private final List<StepFactory> factories;

  PieceDecoder(List<StepFactory> factories) {
    this.factories = List.copyOf(factories);
  }

  /** Replaces every occurrence within a piece. */
  static StepFactory replace(String from, String to) {
    return next -> piece -> next.accept(piece.replace(from, to));
  }

  /** Of each piece, removes up to so many of a character at its ends. */
  static StepFactory strip(char content, int start, int stop) {
    return next ->
        piece -> {
          int from = 0;
          while (from < start && from < piece.length() && piece.charAt(from) == content) {
            from++;
          }
          int to = piece.length();
          while (piece.length() - to < stop && to > from && piece.charAt(to - 1) == content) {
            to--;
          }
          next.accept(piece.substring(from, to));
        };
  }

  /** Of the whole text, removes up to so many of a character at its beginning. */
  static StepFactory stripText(char content, int most) {
    return next ->
        new Step() {
          private int left = most;

          @Override
          public void accept(String piece) {
            int from = 0;
            while (left > 0 && from < piece.length()) {
              if (piece.charAt(from) != content) {
                left = 0;
                break;
              }
              from++;
              left--;
            }
            if (from < piece.length()) {
              next.accept(piece.substring(from));
            }
          }
        };
  }

  /** WordPiece: a space before each word but the first. */
  static StepFactory wordPiece(String prefix, boolean cleans) {
    return next ->
        new Step() {
          private boolean first = true;

          @Override
          public void accept(String piece) {
            String text = piece;
            if (!first) {
              text = piece.startsWith(prefix) ? piece.substring(prefix.length()) : " " + piece;
            }
            first = false;
            next.accept(cleans ? cleaned(text) : text);
          }
        };
  }

  /** Removes the spaces that separate English punctuation and contractions from words. */
  private static String cleaned(String text) {
    return text.replace(" .", ".")
        .replace(" ?", "?")
        .replace(" !", "!")
        .replace(" ,", ",")
        .replace(" ' ", "'")
        .replace(" n't", "n't")
        .replace(" 'm", "'m")
        .replace(" do not", " don't")
        .replace(" 's", "'s")
        .replace(" 've", "'ve")
        .replace(" 're", "'re");
  }

  /** SentencePiece's spaces: the replacement becomes a space, at the beginning of all nothing. */
  static StepFactory metaspace(char replacement, boolean prepended) {
    return next ->
        new Step() {
          private boolean first = true;

          @Override
          public void accept(String piece) {
            String text = piece.replace(String.valueOf(replacement), first && prepended ? "" : " ");
            first = false;
            next.accept(text);
          }
        };
  }

  /** A space between pieces: what is done without a decoder. */
  static StepFactory spaced() {
    return next ->
        new Step() {
          private boolean first = true;

          @Override
          public void accept(String piece) {
            next.accept(first ? piece : " " + piece);
            first = false;
          }
        };
  }

  /**
   * Runs of {@code <0xXX>} become the text of their bytes; of a run that is not valid UTF-8, every
   * byte becomes U+FFFD. A run is held back until it ends, since its last byte decides on all.
   */
  static StepFactory byteFallback() {
    return ByteFallback::new;
  }

  private static final class ByteFallback implements Step {
    private final Step next;
    private byte[] run = new byte[16];
    private int count;

    ByteFallback(Step next) {
      this.next = next;
    }

    @Override
    public void accept(String piece) {
      int b = byteOf(piece);
      if (b >= 0) {
        if (count == run.length) {
          run = Arrays.copyOf(run, 2 * count);
        }
        run[count++] = (byte) b;
        return;
      }
      finish();
      next.accept(piece);
    }

    @Override
    public void finish() {
      if (count > 0) {
        StringBuilder text = new StringBuilder();
        Utf8.Decoder decoder = new Utf8.Decoder();
        decoder.accept(run, 0, count, text);
        decoder.finish(text);
        String decoded = decoder.sawInvalid() ? "\uFFFD".repeat(count) : text.toString();
        count = 0;
        next.accept(decoded);
      }
    }
  }

  /** The byte of a piece {@code <0xXX>}; −1 for any other. */
  static int byteOf(String piece) {
    if (piece.length() != 6 || !piece.startsWith("<0x") || piece.charAt(5) != '>') {
      return -1;
    }
    int high = Character.digit(piece.charAt(3), 16);
    int low = Character.digit(piece.charAt(4), 16);
    return piece.charAt(3) < 0x80 && piece.charAt(4) < 0x80 && high >= 0 && low >= 0
        ? high << 4 | low
        : -1;
  }

  PieceStream stream() {
    return new PieceStream(factories);
  }

  /** The steps of one stream, one after the other. */
  static final class PieceStream {
    private final List<Step> steps = new ArrayList<>();
    private final StringBuilder out = new StringBuilder();

    private PieceStream(List<StepFactory> factories) {
      Step next = out::append;
      for (StepFactory factory : factories.reversed()) {
        next = factory.create(next);
        steps.addFirst(next);
      }
    }

    /** The text that a spelling gives, often empty. */
    String accept(String piece) {
      if (steps.isEmpty()) {
        return piece;
      }
      out.setLength(0);
      steps.getFirst().accept(piece);
      return out.toString();
    }

    /** The text that was held back. */
    String finish() {
      out.setLength(0);
      for (Step step : steps) {
        step.finish();
      }
      return out.toString();
    }
  }
}
