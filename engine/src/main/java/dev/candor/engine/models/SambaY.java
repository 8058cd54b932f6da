package dev.candor.engine.models;

import dev.candor.engine.kernels.Activation;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.Matrix;
import dev.candor.engine.weights.Checkpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * SambaY, the architecture of Phi-4-mini-flash-reasoning (Ren et al., "Decoder-Hybrid-Decoder
 * Architecture for Efficient Reasoning with Long Generation", arXiv 2507.06607).
 *
 * <p>With h = L/2, a <b>self-decoder</b> of Mamba (even) and sliding-window differential attention
 * layers (odd) runs over layers 0 … h; layer h + 1 is differential attention over everything and
 * leaves its keys and values behind; a <b>cross-decoder</b> alternates Gated Memory Units, which
 * read the memory m of layer h for the same token, with attention to those shared keys and values.
 * There is no position encoding.
 *
 * <pre>
 *   x = x + mixer_i(LN(x));  x = x + W2(silu(g) ⊙ u), [g u] = W1 LN(x)          for each layer i
 *   logits = head · LN(x)
 * </pre>
 *
 * <p>Layers above h + 1 keep nothing between tokens, and layer h + 1 keeps only keys and values. So
 * tokens whose logits nobody wants pass through layers 0 … h and the key and value rows of layer h
 * + 1 alone: prefill is linear in the prompt.
 */
final class SambaY implements CausalModel {

  static final String ARCHITECTURE = "phi4flash";

  /** A mixer with the norm before it, and the gated MLP with its own. */
  private sealed interface Layer {
    LayerNorm inputNorm();

    LayerNorm mlpNorm();

    GatedMlp mlp();
  }

  private record Mamba(LayerNorm inputNorm, MambaLayer mixer, LayerNorm mlpNorm, GatedMlp mlp)
      implements Layer {}

  /** Attention with keys and values of its own, rows [K, V] of [2·nk·D, H]. */
  private record SelfAttention(
      LayerNorm inputNorm,
      DifferentialAttention mixer,
      Linear keysValues,
      LayerNorm mlpNorm,
      GatedMlp mlp)
      implements Layer {}

  private record GatedMemory(
      LayerNorm inputNorm, GatedMemoryUnit mixer, LayerNorm mlpNorm, GatedMlp mlp)
      implements Layer {}

  private record CrossAttention(
      LayerNorm inputNorm, DifferentialAttention mixer, LayerNorm mlpNorm, GatedMlp mlp)
      implements Layer {}

  private final SambaYConfig config;
  private final Compute compute;
  private final Embedding embedding;
  private final List<Layer> layers;
  private final LinearLayers linearLayers;
  private final LayerNorm finalNorm;
  private final LanguageHead head;
  private final IdleBuffers<Buffers> idleBuffers;

  SambaY(Checkpoint checkpoint, Compute compute) {
    this.config = SambaYConfig.of(checkpoint.config());
    this.compute = compute;
    CheckpointTensors tensors = new CheckpointTensors(checkpoint, compute.kernels());
    embedding =
        new Embedding(
            tensors.matrix("model.embed_tokens.weight", config.vocabulary(), config.hidden()));
    layers = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      layers.add(layer(i, tensors, "model.layers." + i + "."));
    }
    finalNorm = tensors.layerNorm("model.final_layernorm", config.hidden(), config.epsilon());
    Matrix projection =
        config.tiedHead()
            ? embedding.weight()
            : tensors.matrix("lm_head.weight", config.vocabulary(), config.hidden());
    head = new LanguageHead(new Linear(projection, new float[0]), 0);
    tensors.ignore(name -> config.tiedHead() && name.equals("lm_head.weight"));
    tensors.requireNothingElse();
    linearLayers = tensors.layers();
    idleBuffers = new IdleBuffers<>(() -> new Buffers(config));
  }

  private Layer layer(int i, CheckpointTensors tensors, String layer) {
    int hidden = config.hidden();
    LayerNorm inputNorm = tensors.layerNorm(layer + "input_layernorm", hidden, config.epsilon());
    LayerNorm mlpNorm =
        tensors.layerNorm(layer + "post_attention_layernorm", hidden, config.epsilon());
    GatedMlp mlp =
        GatedMlp.fused(
            tensors.linear(layer + "mlp.fc1", 2 * config.intermediate(), hidden, false),
            tensors.linear(layer + "mlp.fc2", hidden, config.intermediate(), false),
            Activation.SILU);
    return switch (config.kind(i)) {
      case MAMBA -> new Mamba(inputNorm, new MambaLayer(tensors, layer, config), mlpNorm, mlp);
      case SLIDING_ATTENTION, FULL_ATTENTION -> {
        int rows = hidden + 2 * config.keyValueWidth();
        Linear qkv = tensors.linear(layer + "attn.Wqkv", rows, hidden, true);
        Linear queries = qkv.slice(0, hidden);
        yield new SelfAttention(
            inputNorm,
            new DifferentialAttention(tensors, layer, config, i, queries),
            qkv.slice(hidden, rows),
            mlpNorm,
            mlp);
      }
      case GATED_MEMORY ->
          new GatedMemory(inputNorm, new GatedMemoryUnit(tensors, layer, config), mlpNorm, mlp);
      case CROSS_ATTENTION -> {
        Linear queries = tensors.linear(layer + "attn.Wqkv", hidden, hidden, true);
        yield new CrossAttention(
            inputNorm, new DifferentialAttention(tensors, layer, config, i, queries), mlpNorm, mlp);
      }
    };
  }

  @Override
  public String architecture() {
    return ARCHITECTURE;
  }

  @Override
  public int vocabularySize() {
    return config.vocabulary();
  }

  @Override
  public int contextLength() {
    return config.contextLength();
  }

  @Override
  public long stateBytes(int capacity, BlockFormat cacheFormat) {
    return SambaYState.bytes(config, capacity, cacheFormat);
  }

  @Override
  public long workingBytes(int capacity) {
    return Buffers.bytes(config)
        + TokenSpan.MOST_DRAFTS * SambaYState.recurrentBytes(config)
        + compute.pool().threads() * DifferentialAttention.scratchBytes(config, capacity)
        + compute.scratchBytes();
  }

  @Override
  public LinearLayers linearLayers() {
    return linearLayers;
  }

  @Override
  public SequenceState newState(int capacity, BlockFormat cacheFormat) {
    return new SambaYState(config, capacity, cacheFormat);
  }

  @Override
  public int hiddenSize() {
    return config.hidden();
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
      span.state().requireRoom(span.length());
      embedding.requireIds(span.tokens(), span.from(), span.to());
    }
    Buffers buffers = idleBuffers.take();
    PassTokens tokens = buffers.tokens;
    try {
      int row = 0;
      tokens.begin(spans, 0);
      while (tokens.next()) {
        selfDecoder(buffers, trace);
        tokens.gatherWanted(buffers.x, config.hidden());
        tokens.gatherWanted(buffers.mamba.memory(), config.inner());
        tokens.keepWanted();
        if (tokens.tokens() > 0) {
          crossDecoder(buffers, trace);
          finish(buffers, out, row, trace);
          row += tokens.tokens();
        }
        tokens.advance();
      }
    } finally {
      tokens.end();
      buffers.forget();
      idleBuffers.giveBack(buffers);
    }
  }

  /** Layers 0 … h, and the keys and values of layer h + 1: all that later tokens can see. */
  private void selfDecoder(Buffers buffers, Trace trace) {
    int hidden = config.hidden();
    int count = buffers.tokens.tokens();
    embedding.lookUp(compute.kernels(), buffers.tokens, buffers.x);
    trace.see("hidden.0", buffers.x, 0, hidden, hidden, count);
    for (int i = 0; i <= config.memoryLayer(); i++) {
      normalise(layers.get(i).inputNorm(), buffers);
      switch (layers.get(i)) {
        case Mamba layer ->
            layer.mixer.forward(
                compute,
                buffers.tokens,
                buffers.mambaStates(i),
                buffers.mamba,
                buffers.normed,
                buffers.out);
        case SelfAttention layer -> {
          buffers.useWindows(i);
          storeKeysValues(layer, buffers);
          attend(layer.mixer, buffers);
        }
        case GatedMemory _, CrossAttention _ ->
            throw new AssertionError("layer " + i + " belongs above layer h + 1");
      }
      finishLayer(buffers, i, trace);
    }
    int inner = config.inner();
    trace.see("memory", buffers.mamba.memory(), 0, inner, inner, count);
    SelfAttention full = (SelfAttention) layers.get(config.memoryLayer() + 1);
    normalise(full.inputNorm, buffers);
    buffers.useShared();
    storeKeysValues(full, buffers);
    int width = config.keyValueWidth();
    trace.see("shared.k", buffers.keysValues, 0, 2 * width, width, count);
    trace.see("shared.v", buffers.keysValues, width, 2 * width, width, count);
  }

  /** Layers h + 1 … L − 1. */
  private void crossDecoder(Buffers buffers, Trace trace) {
    buffers.useShared();
    for (int i = config.memoryLayer() + 1; i < config.layers(); i++) {
      normalise(layers.get(i).inputNorm(), buffers);
      switch (layers.get(i)) {
        case SelfAttention layer -> attend(layer.mixer, buffers);
        case CrossAttention layer -> attend(layer.mixer, buffers);
        case GatedMemory layer ->
            layer.mixer.forward(
                compute,
                buffers.tokens,
                buffers.normed,
                buffers.mamba.memory(),
                buffers.gate,
                buffers.out);
        case Mamba _ -> throw new AssertionError("layer " + i + " belongs below layer h + 1");
      }
      finishLayer(buffers, i, trace);
    }
  }

  private void normalise(LayerNorm norm, Buffers buffers) {
    int hidden = config.hidden();
    int count = buffers.tokens.tokens();
    norm.apply(compute, buffers.x, 0, hidden, count, buffers.normed, 0, hidden);
  }

  private void attend(DifferentialAttention mixer, Buffers buffers) {
    mixer.forward(
        compute, buffers.tokens, buffers.caches, buffers.attention, buffers.normed, buffers.out);
  }

  /** x += mixer output; x += MLP of the normed x. */
  private void finishLayer(Buffers buffers, int i, Trace trace) {
    Kernels kernels = compute.kernels();
    Layer layer = layers.get(i);
    int hidden = config.hidden();
    int count = buffers.tokens.tokens();
    trace.see("mixer." + i, buffers.out, 0, hidden, hidden, count);
    kernels.addScaled(1, buffers.out, 0, buffers.x, 0, count * hidden);
    normalise(layer.mlpNorm(), buffers);
    layer
        .mlp()
        .apply(
            compute,
            buffers.tokens,
            buffers.normed,
            0,
            hidden,
            buffers.mlp,
            buffers.out,
            0,
            hidden);
    trace.see("mlp." + i, buffers.out, 0, hidden, hidden, count);
    kernels.addScaled(1, buffers.out, 0, buffers.x, 0, count * hidden);
    trace.see("hidden." + (i + 1), buffers.x, 0, hidden, hidden, count);
  }

  private void storeKeysValues(SelfAttention attention, Buffers buffers) {
    int width = config.keyValueWidth();
    int count = buffers.tokens.tokens();
    float[] keysValues = buffers.keysValues;
    attention.keysValues.apply(
        compute, buffers.tokens, buffers.normed, 0, config.hidden(), keysValues, 0, 2 * width);
    for (int t = 0; t < count; t++) {
      int row = t * 2 * width;
      int position = buffers.tokens.position(t);
      buffers.caches[t].store(
          compute.kernels(), position, keysValues, row, keysValues, row + width);
    }
  }

  private void finish(Buffers buffers, HiddenRows out, int row, Trace trace) {
    int hidden = config.hidden();
    int count = buffers.tokens.tokens();
    normalise(finalNorm, buffers);
    trace.see("final_norm", buffers.normed, 0, hidden, hidden, count);
    out.take(buffers.normed, count, row);
  }

  /** Working memory of one pass. */
  private static final class Buffers {
    private final PassTokens tokens = new PassTokens();
    private final KeyValueCache[] caches = new KeyValueCache[PassTokens.MOST]; // of each token
    private final List<MambaLayer.State> mambaStates = new ArrayList<>(); // of each run
    private final float[] x; // the residual stream, [tokens, H]
    private final float[] normed; // [tokens, H]
    private final float[] out; // of a mixer or an MLP, [tokens, H]
    private final float[] keysValues; // [tokens, 2·nk·D]
    private final float[] gate; // of a GMU, [tokens, E]
    private final float[] mlp; // [tokens, 2I]
    private final MambaLayer.Buffers mamba;
    private final DifferentialAttention.Buffers attention;

    Buffers(SambaYConfig config) {
      int tokens = PassTokens.MOST;
      x = new float[tokens * config.hidden()];
      normed = new float[tokens * config.hidden()];
      out = new float[tokens * config.hidden()];
      keysValues = new float[tokens * 2 * config.keyValueWidth()];
      gate = new float[tokens * config.inner()];
      mlp = new float[tokens * 2 * config.intermediate()];
      mamba = new MambaLayer.Buffers(config, tokens);
      attention = new DifferentialAttention.Buffers(config, tokens);
    }

    private SambaYState state(int token) {
      return (SambaYState) tokens.state(token);
    }

    /** Tokens attend to the ring of layer i of their sequence. */
    private void useWindows(int i) {
      for (int t = 0; t < tokens.tokens(); t++) {
        caches[t] = state(t).window(i);
      }
    }

    /** Tokens attend to the shared keys and values of their sequence. */
    private void useShared() {
      for (int t = 0; t < tokens.tokens(); t++) {
        caches[t] = state(t).shared();
      }
    }

    /** The states of layer i of each run's sequence. */
    private List<MambaLayer.State> mambaStates(int i) {
      mambaStates.clear();
      for (PassTokens.Run run : tokens.runs()) {
        mambaStates.add(((SambaYState) run.state()).mamba(i));
      }
      return mambaStates;
    }

    /** Lets go of the sequences. */
    private void forget() {
      Arrays.fill(caches, null);
      mambaStates.clear();
    }

    /** Bytes that the constructor allocates for the same arguments. */
    static long bytes(SambaYConfig config) {
      int tokens = PassTokens.MOST;
      long widths =
          3L * config.hidden()
              + 2L * config.keyValueWidth()
              + config.inner()
              + 2L * config.intermediate();
      return Float.BYTES * tokens * widths
          + MambaLayer.Buffers.bytes(config, tokens)
          + DifferentialAttention.Buffers.bytes(config, tokens);
    }
  }
}
