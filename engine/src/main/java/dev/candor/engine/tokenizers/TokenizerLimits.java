package dev.candor.engine.tokenizers;

import dev.candor.engine.TokenizerException;

/** The most that a tokenizer definition may declare and a text may hold, and the refusals. */
final class TokenizerLimits {

  /** Ids are below this; the largest vocabulary in use has 262,145. */
  static final int IDS = 1 << 21;

  /** Longest spelling of a token in UTF-8; the longest in use has 256 bytes. */
  static final int TOKEN_BYTES = 2048;

  /** All spellings together. */
  static final int VOCABULARY_BYTES = 1 << 27;

  /** Most merges; the longest list in use has 514,906. */
  static final int MERGES = 1 << 22;

  /** Most added tokens. */
  static final int ADDED_TOKENS = 1 << 17;

  /** Most steps in a sequence of normalizers, pre-tokenizers, decoders or post-processors. */
  static final int STEPS = 32;

  /** Longest text to encode, in UTF-16 units. */
  static final int TEXT = 1 << 26;

  private TokenizerLimits() {}

  static TokenizerException malformed(String message) {
    return new TokenizerException(
        "malformed", message, "Use the tokenizer as its authors published it.");
  }

  static TokenizerException unsupported(String message) {
    return new TokenizerException(
        "unsupported", message, "Use a model whose tokenizer is of a supported kind.");
  }

  static TokenizerException tooLarge(String message) {
    return new TokenizerException(
        "too-large", message, "Use a tokenizer within the limits; this one may be malicious.");
  }

  static TokenizerException textTooLong(String what, long characters) {
    return new TokenizerException(
        "text-too-long",
        what + " has " + characters + " or more characters, allowed are " + TEXT,
        "Give the text in parts.");
  }

  /** Throws unless the id is within [0, {@link #IDS}). */
  static int requireId(long id, String token) {
    if (id < 0 || id >= IDS) {
      throw new TokenizerException(
          "out-of-range",
          "the token " + quoted(token) + " has id " + id + ", allowed is 0 to " + (IDS - 1),
          "Use the tokenizer as its authors published it.");
    }
    return (int) id;
  }

  /** The token in quotes, short enough for a message and without control characters. */
  static String quoted(String token) {
    StringBuilder out = new StringBuilder("'");
    int end = Math.min(token.length(), 60);
    for (int i = 0; i < end; i++) {
      char c = token.charAt(i);
      if (c < ' ' || Character.isSurrogate(c) || Character.getType(c) == Character.FORMAT) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append(end < token.length() ? "…'" : "'").toString();
  }
}
