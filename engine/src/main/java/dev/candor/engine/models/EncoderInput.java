package dev.candor.engine.models;

import dev.candor.engine.GenerationException;
import java.util.Arrays;

/**
 * A tokenised text, padding included.
 *
 * @param ids token ids
 * @param attended false where a token is padding that no other may look at
 * @param types token types: 0 for the first text, 1 for the second of a pair
 */
public record EncoderInput(int[] ids, boolean[] attended, int[] types) {

  public EncoderInput {
    if (attended.length != ids.length || types.length != ids.length) {
      throw new GenerationException(
          "input-lengths",
          ids.length
              + " token ids, but a mask of "
              + attended.length
              + " and "
              + types.length
              + " token types",
          "Give a mask and a type for each token.");
    }
  }

  /** One text without padding. */
  public static EncoderInput of(int... ids) {
    boolean[] attended = new boolean[ids.length];
    Arrays.fill(attended, true);
    return new EncoderInput(ids, attended, new int[ids.length]);
  }

  /** How many tokens, padding included. */
  public int tokens() {
    return ids.length;
  }
}
