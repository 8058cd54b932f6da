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
  private final RmsNorm finalNorm;
  private final LanguageHead head;
  private final int border;
  private final IdleBuffers<Pass> passes;
  private final long passBytes;

  /**
   * @param architecture Hugging Face {@code model_type}
   * @param contextLength most tokens of a sequence
   * @param embeddingScale embeddings are multiplied by this
   */
  TransformerDecoder(
      String architecture,
      int contextLength,
      Compute compute,
      Embedding embedding,
      float embeddingScale,
      List<? extends DecoderLayer> layers,
      RmsNorm finalNorm,
      LanguageHead head) {
    this.architecture = architecture;
    this.contextLength = contextLength;
    this.compute = compute;
    this.embedding = embedding;
    this.embeddingScale = embeddingScale;
    this.layers = List.copyOf(layers);
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
  public void forward(
      SequenceState sequence,
      int[] tokens,
      int from,
      int to,
      LogitsRequest wanted,
      float[] logits,
      Trace trace) {
    DecoderState state = (DecoderState) sequence;
    state.require(to - from);
    embedding.requireIds(tokens, from, to);
    int end = state.position() + to - from;
    Pass pass = passes.take();
    try {
      if (state.crosses(to - from)) {
        int before = state.position();
        state.rewind();
        read(pass, state, state.ids(), 0, before, end, LogitsRequest.NONE, logits, Trace.NONE);
      }
      read(pass, state, tokens, from, to, end, wanted, logits, trace);
    } finally {
      passes.giveBack(pass);
    }
  }

  /** Reads tokens[from … to) in chunks; {@code end} is where the sequence will end. */
  private void read(
      Pass pass,
      DecoderState state,
      int[] tokens,
      int from,
      int to,
      int end,
      LogitsRequest wanted,
      float[] logits,
      Trace trace) {
    int firstWanted = from + LanguageHead.firstWanted(wanted, to - from);
    for (int at = from; at < to; at += Pass.TOKENS) {
      int next = Math.min(to, at + Pass.TOKENS);
      pass.begin(state.position(), next - at, end, trace);
      embed(pass, tokens, at, next);
      for (int layer = 0; layer < layers.size(); layer++) {
        pass.traceStream(layer);
        layers.get(layer).apply(pass, state.cache(layer), layer);
      }
      pass.traceStream(layers.size());
      int first = Math.max(firstWanted, at);
      predict(pass, first - at, logits, first - firstWanted, trace);
      state.advance(tokens, at, next - at);
    }
  }

  /** stream = embedding of the tokens, scaled. */
  private void embed(Pass pass, int[] tokens, int from, int to) {
    int width = pass.width();
    embedding.lookUp(compute.kernels(), tokens, from, to, pass.stream, 0, width);
    if (embeddingScale != 1) {
      for (int j = 0; j < (to - from) * width; j++) {
        pass.stream[j] *= embeddingScale;
      }
    }
  }

  /** Logits of the chunk's tokens from {@code first} on, to row {@code row} of logits. */
  private void predict(Pass pass, int first, float[] logits, int row, Trace trace) {
    int width = pass.width();
    if (trace != Trace.NONE) {
      pass.normalize(finalNorm);
      trace.see("final_norm", pass.branch, 0, width, width, pass.tokens());
    }
    int wanted = pass.tokens() - first;
    if (wanted > 0) {
      int offset = first * width;
      finalNorm.apply(compute, pass.stream, offset, width, wanted, pass.branch, offset, width);
      head.apply(compute, pass.branch, offset, width, wanted, logits, row * head.vocabularySize());
    }
  }
}
