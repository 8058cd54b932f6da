package dev.candor.engine.models;

import java.util.Arrays;

/**
 * Tokens on their way through the layers: the residual stream, the branch that a layer computes
 * beside it, and working memory. Taken from {@link IdleBuffers}, so that layers allocate nothing.
 */
final class Pass {

  /** Most tokens of a pass. */
  private static final int TOKENS = PassTokens.MOST;

  /** Widest rows that the layers of a model need. */
  record Widths(int stream, int query, int key, int intermediate) {

    /** For a layer of these parts. */
    static Widths of(GroupedQueryAttention attention, GatedMlp mlp) {
      return new Widths(
          attention.output().outputs(),
          attention.query().outputs(),
          attention.cacheWidth(),
          mlp.intermediate());
    }

    Widths max(Widths other) {
      return new Widths(
          Math.max(stream, other.stream),
          Math.max(query, other.query),
          Math.max(key, other.key),
          Math.max(intermediate, other.intermediate));
    }
  }

  /** Residual stream, [tokens, width]. */
  final float[] stream;

  /** What the layer at work computes, [tokens, width]. */
  final float[] branch;

  /** [tokens, query heads × head size]. */
  final float[] query;

  /** [tokens, key/value heads × head size]. */
  final float[] key;

  /** [tokens, key/value heads × head size]. */
  final float[] value;

  /** What attention gathers, [tokens, query heads × head size]. */
  final float[] context;

  private final Compute compute;
  private final int width;
  private final float[] workspace;
  private final ScoreRows scores;
  private final RotaryEmbedding.Angles[] angles;
  private final PassTokens tokens = new PassTokens();
  private final KeyValueCache[] caches = new KeyValueCache[TOKENS];
  private Trace trace = Trace.NONE;

  Pass(Compute compute, Widths widths, RotaryEmbedding[] rotaries, ScoreRows scores) {
    this.compute = compute;
    this.width = widths.stream();
    this.scores = scores;
    stream = new float[Math.multiplyExact(TOKENS, widths.stream())];
    branch = new float[stream.length];
    query = new float[Math.multiplyExact(TOKENS, widths.query())];
    context = new float[query.length];
    key = new float[Math.multiplyExact(TOKENS, widths.key())];
    value = new float[key.length];
    workspace = new float[Math.multiplyExact(2 * TOKENS, widths.intermediate())];
    angles =
        Arrays.stream(rotaries)
            .map(rotary -> new RotaryEmbedding.Angles(rotary, TOKENS))
            .toArray(RotaryEmbedding.Angles[]::new);
  }

  /** Bytes that the constructor allocates for the same arguments. */
  static long bytes(Widths widths, RotaryEmbedding[] rotaries) {
    long angles = Arrays.stream(rotaries).mapToLong(rotary -> 2L * rotary.turned()).sum();
    return Float.BYTES
        * (long) TOKENS
        * (2L * widths.stream()
            + 2L * widths.query()
            + 2L * widths.key()
            + 2L * widths.intermediate()
            + angles);
  }

  /** Begins with the next tokens of the spans that {@link #batch} was given. */
  void begin(Trace trace) {
    this.trace = trace;
    for (RotaryEmbedding.Angles a : angles) {
      a.fill(tokens);
    }
  }

  /** Whose the tokens are. */
  PassTokens batch() {
    return tokens;
  }

  /** Makes {@link #cache} that of the layer. */
  void enterLayer(int layer) {
    traceStream(layer);
    for (int t = 0; t < tokens(); t++) {
      caches[t] = ((DecoderState) tokens.state(t)).cache(layer);
    }
  }

  /** Keys and values that token t attends to in the layer at work. */
  KeyValueCache cache(int t) {
    return caches[t];
  }

  Compute compute() {
    return compute;
  }

  int width() {
    return width;
  }

  /** How many tokens. */
  int tokens() {
    return tokens.tokens();
  }

  ScoreRows scores() {
    return scores;
  }

  RotaryEmbedding.Angles angles(RotaryEmbedding rotary) {
    for (RotaryEmbedding.Angles a : angles) {
      if (a.embedding().equals(rotary)) {
        return a;
      }
    }
    throw new IllegalArgumentException("a rotary embedding of another model");
  }

  /** branch = norm(stream). */
  void normalize(RmsNorm norm) {
    norm.apply(compute, stream, 0, width, tokens(), branch, 0, width);
  }

  /** branch = norm(branch). */
  void normalizeBranch(RmsNorm norm) {
    norm.apply(compute, branch, 0, width, tokens(), branch, 0, width);
  }

  /** branch = mlp(branch). */
  void feedForward(GatedMlp mlp) {
    mlp.apply(compute, tokens, branch, 0, width, workspace, branch, 0, width);
  }

  /** stream = stream + branch. */
  void addBranch() {
    compute.kernels().addScaled(1, branch, 0, stream, 0, tokens() * width);
  }

  /** Shows the branch, under the name with the layer's number. */
  void traceBranch(String name, int layer) {
    if (trace != Trace.NONE) {
      trace.see(name + "." + layer, branch, 0, width, width, tokens());
    }
  }

  /** Shows the residual stream before layer i, which is also that after layer i − 1. */
  void traceStream(int layer) {
    if (trace != Trace.NONE) {
      trace.see("hidden." + layer, stream, 0, width, width, tokens());
    }
  }
}
