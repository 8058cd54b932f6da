package dev.candor.engine.adapters;

import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.Pooling;
import dev.candor.engine.generation.SessionOptions;

/**
 * How a text becomes the vector that a head reads: the model's hidden state of prefix, text and
 * suffix, see {@link LanguageModel#hiddenState}.
 *
 * @param pooling which hidden state
 * @param prefix what stands before the text; may be empty
 * @param suffix what stands behind it; may be empty
 */
public record TextFeatures(Pooling pooling, String prefix, String suffix) {

  /** The text alone. */
  public static TextFeatures of(Pooling pooling) {
    return new TextFeatures(pooling, "", "");
  }

  /**
   * The vector of a text. Special tokens written out in it are plain text; those that the tokenizer
   * adds of itself are added.
   *
   * @throws dev.candor.engine.EngineException if the text has no token, is too long for the
   *     options, or is not Unicode
   */
  public float[] read(LanguageModel language, String text, SessionOptions options) {
    int[] tokens = language.tokenizer().encode(prefix + text + suffix, true, false);
    return language.hiddenState(tokens, pooling, options);
  }
}
