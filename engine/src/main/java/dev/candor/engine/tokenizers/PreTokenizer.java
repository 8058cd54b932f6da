package dev.candor.engine.tokenizers;

import java.util.ArrayList;
import java.util.List;

/** Splits normalized text into the pieces that the model sees one by one. Immutable. */
interface PreTokenizer {

  /** The text as it is. */
  PreTokenizer NONE = (text, start, end, opens, sink) -> sink.piece(text, start, end);

  /** Takes pieces, in order, none empty. */
  interface Sink {
    /** Chars [start, end) of the text are a piece. */
    void piece(String text, int start, int end);
  }

  /**
   * Splits chars [start, end), which are not empty; what is outside them is not seen.
   *
   * @param opens whether the chars are the beginning of the whole text
   */
  void split(String text, int start, int end, boolean opens, Sink sink);

  /** Each splits what the one before it gives. */
  static PreTokenizer sequence(List<PreTokenizer> steps) {
    PreTokenizer all = NONE;
    for (int i = steps.size() - 1; i >= 0; i--) {
      PreTokenizer first = steps.get(i);
      PreTokenizer rest = all;
      all =
          rest == NONE
              ? first
              : (text, start, end, opens, sink) ->
                  first.split(
                      text,
                      start,
                      end,
                      opens,
                      new Sink() {
                        private boolean firstPiece = opens;

                        @Override
                        public void piece(String piece, int from, int to) {
                          rest.split(piece, from, to, firstPiece, sink);
                          firstPiece = false;
                        }
                      });
    }
    return all;
  }

  /** What becomes of the text that a pattern matches, and of the text between matches. */
  enum Behavior {
    REMOVED,
    ISOLATED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT,
    CONTIGUOUS
  }

  /**
   * Splits at what a pattern matches.
   *
   * @param invert whether to take matches for gaps and gaps for matches
   */
  record Split(PiecePattern pattern, Behavior behavior, boolean invert) implements PreTokenizer {

    @Override
    public void split(String text, int start, int end, boolean opens, Sink sink) {
      Pieces pieces = new Pieces(text, behavior, sink);
      int gap = start;
      for (int i = start; i < end; ) {
        int matchEnd = pattern.end(text, i, end);
        if (matchEnd > i) {
          pieces.add(gap, i, invert);
          pieces.add(i, matchEnd, !invert);
          i = matchEnd;
          gap = i;
        } else {
          i += Character.charCount(text.codePointAt(i));
        }
      }
      pieces.add(gap, end, invert);
      pieces.flush();
    }
  }

  /** Joins matches and gaps as the behaviour says; holds back at most one piece. */
  final class Pieces {
    private final String text;
    private final Behavior behavior;
    private final Sink sink;
    private int start;
    private int end;
    private boolean previousMatch;

    Pieces(String text, Behavior behavior, Sink sink) {
      this.text = text;
      this.behavior = behavior;
      this.sink = sink;
    }

    void add(int from, int to, boolean match) {
      if (from == to) {
        return;
      }
      boolean joins =
          switch (behavior) {
            case REMOVED, ISOLATED -> false;
            case MERGED_WITH_PREVIOUS -> match && !previousMatch;
            case MERGED_WITH_NEXT -> previousMatch && !match;
            case CONTIGUOUS -> match == previousMatch;
          };
      previousMatch = match;
      if (joins && end == from && start < end) {
        end = to;
        return;
      }
      flush();
      if (behavior != Behavior.REMOVED || !match) {
        start = from;
        end = to;
      }
    }

    void flush() {
      if (start < end) {
        sink.piece(text, start, end);
      }
      start = 0;
      end = 0;
    }
  }

  /**
   * Puts a space before each piece that does not begin with white space (the {@code
   * add_prefix_space} of byte-level tokenizers).
   */
  record PrefixSpace() implements PreTokenizer {
    @Override
    public void split(String text, int start, int end, boolean opens, Sink sink) {
      if (CharacterClass.is(text.charAt(start), CharacterClass.SPACE)) {
        sink.piece(text, start, end);
      } else {
        String spaced = " " + text.substring(start, end);
        sink.piece(spaced, 0, spaced.length());
      }
    }
  }

  /**
   * SentencePiece's spaces: each space becomes the replacement, one is put before the text, and
   * pieces begin with it.
   */
  record Metaspace(char replacement, Prepend prepend, boolean splits) implements PreTokenizer {

    /** Before which texts a replacement is put that do not begin with one. */
    enum Prepend {
      ALWAYS,
      FIRST,
      NEVER
    }

    @Override
    public void split(String text, int start, int end, boolean opens, Sink sink) {
      String spaced = text.substring(start, end).replace(' ', replacement);
      if (spaced.charAt(0) != replacement
          && (prepend == Prepend.ALWAYS || prepend == Prepend.FIRST && opens)) {
        spaced = replacement + spaced;
      }
      if (!splits) {
        sink.piece(spaced, 0, spaced.length());
        return;
      }
      int from = 0;
      for (int i = 1; i < spaced.length(); i++) {
        if (spaced.charAt(i) == replacement) {
          sink.piece(spaced, from, i);
          from = i;
        }
      }
      sink.piece(spaced, from, spaced.length());
    }
  }

  /** BERT's basic tokenizer: words between white space, punctuation marks alone. */
  record BertWords() implements PreTokenizer {
    @Override
    public void split(String text, int start, int end, boolean opens, Sink sink) {
      int word = start;
      for (int i = start; i < end; ) {
        int point = text.codePointAt(i);
        int next = i + Character.charCount(point);
        boolean space = CharacterClass.is(point, CharacterClass.SPACE);
        if (space || isMark(point)) {
          if (word < i) {
            sink.piece(text, word, i);
          }
          if (!space) {
            sink.piece(text, i, next);
          }
          word = next;
        }
        i = next;
      }
      if (word < end) {
        sink.piece(text, word, end);
      }
    }

    /** BERT takes all ASCII symbols for punctuation. */
    static boolean isMark(int point) {
      return point > ' ' && point < 0x7F && !Character.isLetterOrDigit(point)
          || CharacterClass.isPunctuation(point);
    }
  }

  /** Collects the pieces; for tests and for callers that look at them. */
  default List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    if (!text.isEmpty()) {
      split(text, 0, text.length(), true, (t, from, to) -> pieces.add(t.substring(from, to)));
    }
    return pieces;
  }
}
