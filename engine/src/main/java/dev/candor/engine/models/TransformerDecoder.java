package dev.candor.engine.models;

import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.BlockFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A stack of decoder layers between an embedding and a head: what Llama, Mistral, Gemma and Phi-3
 * have in common. Reads tokens in chunks; a chunk passes each layer as a whole.
 *
 * <p><b>LongRoPE.</b> Its frequencies depend on the length of the whole sequence: beyond {@link
 * RotaryEmbedding#border} all positions, also the first, are turned by the long ones, and with them
 * every hidden state changes. So the cache of a sequence that grows across the border is of no use;
 * the decoder reads the sequence again from its first token, once. What follows is then exactly
 * what a fresh reading of the whole sequence gives, however it came in. Only logits of tokens
 * before the border depend on the call: they are those of the sequence as long as it is when the
 * call returns.
 */
final class TransformerDecoder implements CausalModel {

  private final String architecture;
  private final int contextLength;
  private final Compute compute;
  private final Embedding embedding;
  private final float embeddingScale;
  private final List<? extends DecoderLayer> layers;
  private final LinearLayers linearLayers;
  private final RmsNorm finalNorm;
  private final LanguageHead head;
  private final int border;
  private final IdleBuffers<Pass> passes;
  private final long passBytes;

  /**
   * @param architecture Hugging Face {@code model_type}
   * @param contextLength most tokens of a sequence
   * @param linearLayers what adapters may change
   * @param embeddingScale embeddings are multiplied by this
   */
  TransformerDecoder(
      String architecture,
      int contextLength,
      Compute compute,
      Embedding embedding,
      float embeddingScale,
      List<? extends DecoderLayer> layers,
      LinearLayers linearLayers,
      RmsNorm finalNorm,
      LanguageHead head) {
    this.architecture = architecture;
    this.contextLength = contextLength;
    this.compute = compute;
    this.embedding = embedding;
    this.embeddingScale = embeddingScale;
    this.layers = List.copyOf(layers);
    this.linearLayers = linearLayers;
    this.finalNorm = finalNorm;
    this.head = head;

    Set<RotaryEmbedding> distinct = new LinkedHashSet<>();
    Pass.Widths widths = new Pass.Widths(embedding.width(), 1, 1, 1);
    int shortest = RotaryEmbedding.NO_BORDER;
    for (DecoderLayer layer : layers) {
      distinct.add(layer.attention().rotary());
      widths = widths.max(Pass.Widths.of(layer.attention(), layer.mlp()));
      shortest = Math.min(shortest, layer.attention().rotary().border());
    }
    this.border = shortest;
    RotaryEmbedding[] rotaries = distinct.toArray(RotaryEmbedding[]::new);
    Pass.Widths widest = widths;
    ScoreRows scores = new ScoreRows();
    this.passes = new IdleBuffers<>(() -> new Pass(compute, widest, rotaries, scores));
    this.passBytes = Pass.bytes(widest, rotaries);
  }

  /** What it is made of. */
  TransformerParts parts() {
    return new TransformerParts(
        architecture,
        contextLength,
        embedding,
        embeddingScale,
        layers.stream().map(DecoderLayer::parts).toList(),
        finalNorm,
        head);
  }

  @Override
  public String architecture() {
    return architecture;
  }

  @Override
  public int vocabularySize() {
    return head.vocabularySize();
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public long stateBytes(int capacity, BlockFormat cacheFormat) {
    return DecoderState.bytes(layers, border, requireCapacity(capacity), cacheFormat);
  }

  @Override
  public SequenceState newState(int capacity, BlockFormat cacheFormat) {
    return new DecoderState(layers, border, requireCapacity(capacity), cacheFormat);
  }

  @Override
  public LinearLayers linearLayers() {
    return linearLayers;
  }

  @Override
  public long workingBytes(int capacity) {
    return passBytes
        + compute.pool().threads() * ScoreRows.bytes(mostQueries(), requireCapacity(capacity))
        + compute.scratchBytes();
  }

  /** Most query heads that share a key/value head. */
  private int mostQueries() {
    return layers.stream().mapToInt(layer -> layer.attention().queriesPerKey()).max().orElse(1);
  }

  private int requireCapacity(int capacity) {
    if (capacity < 1 || capacity > contextLength) {
      throw new GenerationException(
          "out-of-range",
          "a context of " + capacity + " tokens, allowed is 1 to " + contextLength,
          "Ask for a context (--context) that the model was made for.");
    }
    return capacity;
  }

  @Override
  public int hiddenSize() {
    return embedding.width();
  }

  @Override
  public void forward(List<TokenSpan> spans, float[] logits, Trace trace) {
    run(spans, new HiddenRows.Logits(compute, head, logits), trace);
  }

  @Override
  public void hiddenStates(List<TokenSpan> spans, float[] hidden) {
    run(spans, new HiddenRows.Copy(hidden, hiddenSize()), Trace.NONE);
  }

  private void run(List<TokenSpan> spans, HiddenRows out, Trace trace) {
    for (TokenSpan span : spans) {
      ((DecoderState) span.state()).require(span.length());
      embedding.requireIds(span.tokens(), span.from(), span.to());
    }
    Pass pass = passes.take();
    try {
      for (TokenSpan span : spans) {
        readAgain(pass, (DecoderState) span.state(), span.length());
      }
      read(pass, spans, 0, out, trace);
    } finally {
      pass.batch().end();
      passes.giveBack(pass);
    }
  }

  /** Reads the sequence again from its first token if so many more take it across the border. */
  private void readAgain(Pass pass, DecoderState state, int more) {
    if (state.crosses(more)) {
      int before = state.position();
      state.rewind();
      TokenSpan whole = new TokenSpan(state, state.ids(), 0, before, LogitsRequest.NONE);
      read(pass, List.of(whole), more, HiddenRows.NONE, Trace.NONE);
    }
  }

  /** Reads spans in as many passes as it takes; {@code ahead} tokens more will follow. */
  private void read(Pass pass, List<TokenSpan> spans, int ahead, HiddenRows out, Trace trace) {
    PassTokens tokens = pass.batch();
    int row = 0;
    tokens.begin(spans, ahead);
    while (tokens.next()) {
      pass.begin(trace);
      embed(pass);
      for (int layer = 0; layer < layers.size(); layer++) {
        pass.enterLayer(layer);
        layers.get(layer).apply(pass, layer);
      }
      pass.traceStream(layers.size());
      row += finish(pass, out, row, trace);
      tokens.advance();
    }
  }

  /** stream = embedding of the tokens, scaled. */
  private void embed(Pass pass) {
    int width = pass.width();
    embedding.lookUp(compute.kernels(), pass.batch(), pass.stream);
    if (embeddingScale != 1) {
      for (int j = 0; j < pass.tokens() * width; j++) {
        pass.stream[j] *= embeddingScale;
      }
    }
  }

  /** What is wanted of the pass, from row {@code row} on; returns how many rows. */
  private int finish(Pass pass, HiddenRows out, int row, Trace trace) {
    int width = pass.width();
    if (trace != Trace.NONE) {
      pass.normalize(finalNorm);
      trace.see("final_norm", pass.branch, 0, width, width, pass.tokens());
    }
    pass.batch().gatherWanted(pass.stream, width);
    pass.batch().keepWanted();
    int wanted = pass.tokens();
    if (wanted > 0) {
      pass.normalize(finalNorm);
      out.take(pass.branch, wanted, row);
    }
    return wanted;
  }
}
