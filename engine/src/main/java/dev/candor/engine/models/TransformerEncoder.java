package dev.candor.engine.models;

import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.Activation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What BERT and its relatives have in common: embeddings, layers, pooler, classifier. */
final class TransformerEncoder implements EncoderModel {

  /** From tokens to the first hidden states. */
  interface Embeddings {

    int vocabularySize();

    int tokenTypes();

    /** Most tokens of a text. */
    int contextLength();

    /** x = hidden states before the first layer, [tokens, width]. */
    void apply(Compute compute, EncoderInput input, float[] x);
  }

  /** One layer. */
  interface Layer {

    /** x = what the layer makes of x, [tokens, width]. */
    void apply(EncoderPass pass, float[] x);
  }

  /**
   * Widths of working memory.
   *
   * @param rows widest of the rows between the parts of a layer
   * @param heads of keys and values
   * @param intermediate hidden layer of the feed-forward networks
   */
  record Widths(int rows, KeyValueCache.Heads heads, int intermediate) {}

  /**
   * From the first token's hidden state to the pooled vector.
   *
   * @param dense [width, width], followed by tanh; empty to take the hidden state as it is
   */
  record Pooler(Optional<Linear> dense) {}

  private final String architecture;
  private final Compute compute;
  private final int width;
  private final Widths widths;
  private final Embeddings embeddings;
  private final List<? extends Layer> layers;
  private final Optional<Pooler> pooler;
  private final Optional<Linear> classifier;
  private final ScoreRows scores = new ScoreRows();

  TransformerEncoder(
      String architecture,
      Compute compute,
      int width,
      Widths widths,
      Embeddings embeddings,
      List<? extends Layer> layers,
      Optional<Pooler> pooler,
      Optional<Linear> classifier) {
    this.architecture = architecture;
    this.compute = compute;
    this.width = width;
    this.widths = widths;
    this.embeddings = embeddings;
    this.layers = List.copyOf(layers);
    this.pooler = pooler;
    this.classifier = classifier;
  }

  @Override
  public String architecture() {
    return architecture;
  }

  @Override
  public int vocabularySize() {
    return embeddings.vocabularySize();
  }

  @Override
  public int contextLength() {
    return embeddings.contextLength();
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int classes() {
    return classifier.map(Linear::outputs).orElse(0);
  }

  @Override
  public Encoding encode(EncoderInput input, Trace trace) {
    check(input);
    int tokens = input.tokens();
    float[] x = new float[tokens * width];
    try (EncoderPass pass =
        new EncoderPass(
            compute, input, widths.rows(), widths.heads(), widths.intermediate(), scores)) {
      embeddings.apply(compute, input, x);
      trace.see("hidden.0", x, 0, width, width, tokens);
      for (int i = 0; i < layers.size(); i++) {
        layers.get(i).apply(pass, x);
        trace.see("hidden." + (i + 1), x, 0, width, width, tokens);
      }
    }
    float[] pooled = pool(x);
    return new Encoding(x, pooled, classify(pooled));
  }

  private void check(EncoderInput input) {
    if (input.tokens() > contextLength()) {
      throw new GenerationException(
          "context-exceeded",
          input.tokens() + " tokens, the model reads " + contextLength(),
          "Shorten the text.");
    }
    if (input.tokens() == 0 || !contains(input.attended(), true)) {
      throw new GenerationException(
          "input-empty", "no token to attend to", "Give at least one token that is not padding.");
    }
    requireBelow("token id", input.ids(), vocabularySize());
    requireBelow("token type", input.types(), embeddings.tokenTypes());
  }

  private static boolean contains(boolean[] values, boolean wanted) {
    for (boolean value : values) {
      if (value == wanted) {
        return true;
      }
    }
    return false;
  }

  private static void requireBelow(String what, int[] values, int limit) {
    for (int value : values) {
      if (value < 0 || value >= limit) {
        throw new GenerationException(
            "token-out-of-range",
            what + " " + value + " is outside the model's " + limit,
            "Use the tokenizer that belongs to the model.");
      }
    }
  }

  private float[] pool(float[] x) {
    if (pooler.isEmpty()) {
      return new float[0];
    }
    Optional<Linear> dense = pooler.get().dense();
    if (dense.isEmpty()) {
      return Arrays.copyOf(x, width);
    }
    float[] pooled = new float[width];
    dense.get().apply(compute, x, 0, width, 1, pooled, 0, width);
    compute.kernels().activate(Activation.TANH, pooled, 0, width);
    return pooled;
  }

  private float[] classify(float[] pooled) {
    float[] logits = new float[classes()];
    classifier.ifPresent(c -> c.apply(compute, pooled, 0, width, 1, logits, 0, logits.length));
    return logits;
  }
}
