package dev.candor.engine.models;

/**
 * An encoder: reads a whole text at once, gives vectors that stand for it, and, if it was trained
 * to, a decision about it. Immutable after loading; serves many threads at once.
 */
public interface EncoderModel {

  /** Hugging Face {@code model_type}. */
  String architecture();

  int vocabularySize();

  /** Most tokens of an input. */
  int contextLength();

  /** Width of hidden states and of the pooled vector. */
  int width();

  /** How many classes the classifier tells apart; 0 if the checkpoint has no classifier. */
  int classes();

  /**
   * What the encoder makes of one text.
   *
   * @param input checked against vocabulary, token types and {@link #contextLength}
   * @throws dev.candor.engine.GenerationException {@code generation.context-exceeded}, {@code
   *     generation.token-out-of-range}
   */
  Encoding encode(EncoderInput input, Trace trace);
}
