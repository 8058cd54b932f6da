package dev.candor.engine.tokenizers;

/** Which neighbouring symbols byte-pair encoding joins, and in which order. */
interface MergeRule {

  /** No merge. */
  long NONE = -1;

  /**
   * What the neighbours {@code left} and {@code right} join to: {@code rank << 32 | id}, where
   * lower ranks come first; or {@link #NONE}.
   */
  long candidate(SymbolList symbols, byte[] piece, int left, int right);
}
