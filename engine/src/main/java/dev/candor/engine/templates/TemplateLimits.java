package dev.candor.engine.templates;

/**
 * What one rendering may take.
 *
 * @param steps evaluated nodes, elements of lists built and the like
 * @param depth nesting of the template's blocks and expressions, and of what is evaluated at once
 * @param outputCharacters longest output, and longest string on the way
 * @param builtCharacters characters of all strings built on the way, the output included
 */
public record TemplateLimits(int steps, int depth, int outputCharacters, long builtCharacters) {

  /** Longest source of a template in characters. */
  public static final int SOURCE_CHARACTERS = 1 << 20;

  /** For chats of some thousand messages and contexts of some million characters. */
  public static final TemplateLimits DEFAULT =
      new TemplateLimits(2_000_000, 250, 4 << 20, 24L << 20);
}
