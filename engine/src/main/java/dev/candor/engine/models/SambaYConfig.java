package dev.candor.engine.models;

import dev.candor.engine.ModelException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.Activation;
import java.util.List;

/**
 * The hyperparameters of a SambaY decoder, checked: every product that sizes a tensor or a state
 * fits.
 *
 * @param vocabulary V
 * @param hidden H
 * @param intermediate I, the width of the gated MLP
 * @param layers L, divisible by 4
 * @param heads query heads, even
 * @param keyValueHeads key and value heads, even, dividing the query heads
 * @param window W, keys that a sliding-window layer sees, the token itself included
 * @param inner E, the width of a Mamba layer
 * @param stateSize N, of each Mamba channel
 * @param convolution K, taps of the causal convolution
 * @param deltaRank R, of the low-rank Δ projection
 * @param epsilon of the layer norms
 * @param contextLength most tokens
 * @param tiedHead whether the head is the embedding
 */
public record SambaYConfig(
    int vocabulary,
    int hidden,
    int intermediate,
    int layers,
    int heads,
    int keyValueHeads,
    int window,
    int inner,
    int stateSize,
    int convolution,
    int deltaRank,
    float epsilon,
    int contextLength,
    boolean tiedHead) {

  /** What a layer's mixer is, decided by its index alone. */
  public enum LayerKind {
    MAMBA("mamba"),
    SLIDING_ATTENTION("sliding_attention"),
    FULL_ATTENTION("full_attention"),
    GATED_MEMORY("gmu"),
    CROSS_ATTENTION("cross_attention");

    private final String label;

    LayerKind(String label) {
      this.label = label;
    }
  }

  /**
   * As a {@code config.json} has them.
   *
   * @throws ModelException if one is missing, out of range or not what the architecture needs
   */
  public static SambaYConfig of(JsonObject json) {
    Hyperparameters shared = new Hyperparameters(json);
    int hidden = shared.width();
    int layers = shared.layers();
    int heads = shared.heads();
    // Required, not defaulted: the class defaults of the original differ from every checkpoint.
    int keyValueHeads = json.integer("num_key_value_heads", 2, 1024);
    int intermediate = json.integer("intermediate_size", 1, 1 << 19);
    int window = json.integer("sliding_window", 1, 1 << 24);
    double epsilon = json.number("layer_norm_eps");
    require(layers % 4 == 0, "num_hidden_layers", layers, "a multiple of 4");
    require(heads % 2 == 0, "num_attention_heads", heads, "even");
    require(keyValueHeads % 2 == 0, "num_key_value_heads", keyValueHeads, "even");
    Hyperparameters.requireDivides(
        "num_key_value_heads", keyValueHeads, "num_attention_heads", heads);
    Hyperparameters.requireDivides("num_attention_heads", heads, "hidden_size", hidden);
    int mambaPeriod = json.integer("mb_per_layer", 1, 1024, 2);
    require(mambaPeriod == 2, "mb_per_layer", mambaPeriod, "2");
    Activation activation = shared.activation("hidden_act", "silu");
    require(activation == Activation.SILU, "hidden_act", activation, "silu");
    SambaYConfig config =
        new SambaYConfig(
            shared.vocabulary(),
            hidden,
            intermediate,
            layers,
            heads,
            keyValueHeads,
            window,
            Math.multiplyExact(json.integer("mamba_expand", 1, 16, 2), hidden),
            json.integer("mamba_d_state", 1, 1024, 16),
            json.integer("mamba_d_conv", 1, 64, 4),
            Math.ceilDiv(hidden, 16),
            Hyperparameters.positive("layer_norm_eps", epsilon, 1),
            shared.context(),
            json.bool("tie_word_embeddings", true));
    config.requireLayerTypes(json.list("layer_types").orElse(List.of()));
    return config;
  }

  /**
   * The last Mamba layer, producer of the memory; the next one produces the shared keys and values.
   */
  public int memoryLayer() {
    return layers / 2;
  }

  /** What the mixer of a layer is. */
  public LayerKind kind(int layer) {
    boolean even = layer % 2 == 0;
    if (layer <= memoryLayer()) {
      return even ? LayerKind.MAMBA : LayerKind.SLIDING_ATTENTION;
    }
    if (layer == memoryLayer() + 1) {
      return LayerKind.FULL_ATTENTION;
    }
    return even ? LayerKind.GATED_MEMORY : LayerKind.CROSS_ATTENTION;
  }

  /** D. */
  public int headSize() {
    return hidden / heads;
  }

  /** What a token leaves in a cache: keys one by one, values in the pairs that share them. */
  KeyValueCache.Heads cacheHeads() {
    return new KeyValueCache.Heads(
        keyValueHeads(), headSize(), keyValueHeads() / 2, 2 * headSize());
  }

  /** Width of a token's keys, and of its values: nk·D. */
  public int keyValueWidth() {
    return keyValueHeads * headSize();
  }

  /**
   * Later revisions of the released repository list the kinds. The list names attention by what it
   * sees, and it must agree with the index rule on which layers slide and which see everything.
   */
  private void requireLayerTypes(List<Object> types) {
    if (types.isEmpty()) {
      return;
    }
    require(types.size() == layers, "layer_types", types.size() + " entries", layers + " entries");
    for (int i = 0; i < layers; i++) {
      LayerKind kind = kind(i);
      String type = String.valueOf(types.get(i));
      boolean sliding = type.equals(LayerKind.SLIDING_ATTENTION.label);
      boolean full = type.equals(LayerKind.FULL_ATTENTION.label);
      require(
          (kind == LayerKind.SLIDING_ATTENTION) ? !full : !sliding,
          "layer_types[" + i + "]",
          type,
          kind.label);
    }
  }

  private static void require(boolean holds, String field, Object value, String expected) {
    if (!holds) {
      throw new ModelException(
          "unsupported",
          "config.json: " + field + " is " + value + ", a phi4flash model needs " + expected,
          "Use a checkpoint of the SambaY architecture (docs/reference names its fields).");
    }
  }
}
