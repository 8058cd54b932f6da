package dev.candor.engine.tokenizers;

import java.util.OptionalInt;

/** Text to token ids and back. Immutable and safe for use by many threads. */
public interface Tokenizer {

  /** Ids are below this. */
  int vocabularySize();

  /**
   * Splits text into tokens. Throws {@link dev.candor.engine.TokenizerException} for text that is
   * not valid Unicode (an unpaired surrogate), for text that is too long, and for more tokens than
   * the tokenizer itself allows.
   *
   * @param addSpecial whether to add what the tokenizer's own post-processing adds (BOS, [CLS] …
   *     [SEP])
   * @param parseSpecial whether special tokens written out in the text are recognised as such (as a
   *     chat template needs), or are plain text (as a user's words must be). Added tokens that are
   *     not special, such as Gemma's runs of line breaks, are ordinary vocabulary and recognised
   *     either way.
   */
  int[] encode(String text, boolean addSpecial, boolean parseSpecial);

  /**
   * Splits a text that is partly an application's and partly a user's: special tokens written out
   * in it are recognised, save where a part of them is in a literal range. Where literal ranges
   * hold no special token's spelling, nothing changes by them.
   */
  int[] encode(String text, boolean addSpecial, LiteralRanges literal);

  /**
   * The text of the ids; bytes that are not valid UTF-8 become U+FFFD. An id that no token has (a
   * model's vocabulary may be padded) has no text; a negative one is an error.
   */
  String decode(int[] ids, boolean skipSpecial);

  /**
   * The decoder of one stream of tokens: feeds ids, gives text as soon as whole characters are
   * there.
   */
  StreamDecoder streamDecoder(boolean skipSpecial);

  /** The id of a token by its exact spelling in the vocabulary. */
  OptionalInt id(String token);

  /** The spelling of a token in the vocabulary; an id that no token has is an error. */
  String token(int id);

  /**
   * The bytes that a token stands for within a text, which may be a part of a character; empty for
   * an id that no token has. A control token stands for its spelling.
   */
  byte[] bytes(int id);

  /** Whether the token is a control token, dropped when decoding with specials skipped. */
  boolean isSpecial(int id);

  /**
   * Decodes one stream; not safe for use by many threads. The concatenation of all it gives equals
   * {@link #decode}.
   */
  interface StreamDecoder {
    /** The text that this id completes, often empty in the middle of a multi-byte character. */
    String next(int id);

    /** What is left: an incomplete character becomes U+FFFD. */
    String finish();
  }
}
