package dev.candor.engine.generation;

import dev.candor.engine.GenerationException;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.tokenizers.Tokenizer;
import java.util.BitSet;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * A decoder with all that belongs to it: tokenizer, end tokens, the sampling its authors advise,
 * and the digest of its weights. Immutable and safe for use by many threads. Closing it unmaps the
 * weights; sessions must be closed before.
 */
public final class LanguageModel implements AutoCloseable {

  private final CausalModel model;
  private final Tokenizer tokenizer;
  private final BitSet endTokens = new BitSet();
  private final SamplingOptions defaultSampling;
  private final Supplier<String> digest;
  private final Runnable onClose;

  /**
   * Puts a model together from its parts.
   *
   * @param endTokens ids that end an answer
   * @param defaultSampling what the model's authors advise
   * @param digest gives the SHA-256 of the weights, 64 lower-case hexadecimal digits; asked for at
   *     most when needed
   * @param onClose frees what the parts hold
   */
  public LanguageModel(
      CausalModel model,
      Tokenizer tokenizer,
      Collection<Integer> endTokens,
      SamplingOptions defaultSampling,
      Supplier<String> digest,
      Runnable onClose) {
    this.model = model;
    this.tokenizer = tokenizer;
    endTokens.forEach(this.endTokens::set);
    this.defaultSampling = defaultSampling;
    this.digest = digest;
    this.onClose = onClose;
  }

  /** Hugging Face {@code model_type}. */
  public String architecture() {
    return model.architecture();
  }

  /** The network itself. */
  public CausalModel model() {
    return model;
  }

  /** Its tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Whether the token ends an answer. */
  public boolean isEnd(int id) {
    return endTokens.get(id);
  }

  /** What its authors advise, greedy if they don't say. */
  public SamplingOptions defaultSampling() {
    return defaultSampling;
  }

  /** SHA-256 of the weights, 64 lower-case hexadecimal digits. */
  public String digest() {
    return digest.get();
  }

  /** Bytes that a session with these options will allocate. */
  public long sessionBytes(SessionOptions options) {
    return model.stateBytes(options.contextTokens(), options.cacheFormat())
        + 4L * options.contextTokens()
        + 4L * model.vocabularySize();
  }

  /**
   * An empty session.
   *
   * @throws GenerationException {@code generation.out-of-range} if the model was made for shorter
   *     contexts
   */
  public Session newSession(SessionOptions options) {
    if (options.contextTokens() > model.contextLength()) {
      throw new GenerationException(
          "out-of-range",
          "context-tokens is "
              + options.contextTokens()
              + ", this model allows 1 to "
              + model.contextLength(),
          "Ask for a shorter context (--context).");
    }
    return new Session(this, options);
  }

  @Override
  public void close() {
    onClose.run();
  }
}
