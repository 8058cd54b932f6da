package dev.candor.engine.tokenizers;

/** Where a piece of text ends that begins at a given place. */
@FunctionalInterface
interface PiecePattern {

  /**
   * The end of the match that begins at {@code from} and sees nothing outside [from, to); {@code
   * from} itself if none does.
   */
  int end(String text, int from, int to);
}
