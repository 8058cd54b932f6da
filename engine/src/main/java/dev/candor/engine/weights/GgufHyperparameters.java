package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.json.JsonText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a hyperparameter is called in config.json and in the metadata of a GGUF file, both ways, per
 * {@code model_type}. llama.cpp's keys where it has one. What no key of the table carries (such as
 * {@code hidden_act} or {@code layer_types}) travels as the JSON object {@value #OTHERS}, so that
 * nothing of config.json is lost and nothing is said twice.
 */
final class GgufHyperparameters {

  /**
   * Metadata key of a JSON object with the members of config.json that have no key of their own.
   */
  static final String OTHERS = "candor.config";

  /** Metadata key of generation_config.json as a JSON object. */
  static final String GENERATION = "candor.generation_config";

  /** How a value is stored. */
  enum Kind {
    WHOLE,
    NUMBER
  }

  /**
   * A line of the table.
   *
   * @param config key of config.json
   * @param gguf metadata key without the architecture before it
   */
  record Key(String config, String gguf, Kind kind) {}

  private static final List<Key> COMMON =
      List.of(
          whole("vocab_size", "vocab_size"),
          whole("max_position_embeddings", "context_length"),
          whole("hidden_size", "embedding_length"),
          whole("num_hidden_layers", "block_count"),
          whole("intermediate_size", "feed_forward_length"),
          whole("num_attention_heads", "attention.head_count"));

  private static final List<Key> DECODER =
      List.of(
          whole("num_key_value_heads", "attention.head_count_kv"),
          whole("sliding_window", "attention.sliding_window"));

  private static final List<Key> ROTARY =
      List.of(
          number("rms_norm_eps", "attention.layer_norm_rms_epsilon"),
          number("rope_theta", "rope.freq_base"),
          whole("head_dim", "attention.key_length"));

  private static final List<Key> GEMMA3 =
      List.of(
          number("rope_local_base_freq", "rope.freq_base_swa"),
          number("final_logit_softcapping", "final_logit_softcapping"));

  private static final List<Key> PHI3 =
      List.of(whole("original_max_position_embeddings", "rope.scaling.original_context_length"));

  private static final List<Key> LAYER_NORM =
      List.of(number("layer_norm_eps", "attention.layer_norm_epsilon"));

  private static final List<Key> MAMBA =
      List.of(
          whole("mamba_d_conv", "ssm.conv_kernel"),
          whole("mamba_d_state", "ssm.state_size"),
          whole("mamba_expand", "ssm.expansion"));

  private static final Map<String, List<Key>> BY_MODEL_TYPE =
      Map.of(
          "llama", joined(COMMON, DECODER, ROTARY),
          "mistral", joined(COMMON, DECODER, ROTARY),
          "gemma", joined(COMMON, DECODER, ROTARY),
          "gemma3_text", joined(COMMON, DECODER, ROTARY, GEMMA3),
          "phi3", joined(COMMON, DECODER, ROTARY, PHI3),
          "phi4flash", joined(COMMON, DECODER, LAYER_NORM, MAMBA),
          "bert", joined(COMMON, LAYER_NORM),
          "mobilebert", joined(COMMON, LAYER_NORM));

  private GgufHyperparameters() {}

  /** The table of an architecture by its Hugging Face {@code model_type}; empty if unknown. */
  static List<Key> of(String modelType) {
    return BY_MODEL_TYPE.getOrDefault(modelType, List.of());
  }

  /** {@code general.architecture} of a {@code model_type}. */
  static String architecture(String modelType) {
    return switch (modelType) {
      // To llama.cpp a Mistral is a Llama; the window tells them apart.
      case "mistral" -> "llama";
      case "gemma3_text" -> "gemma3";
      default -> modelType;
    };
  }

  /**
   * The {@code model_type} of a file.
   *
   * @param architecture its {@code general.architecture}
   * @param metadata all its metadata
   */
  static String modelType(String architecture, Map<String, ?> metadata) {
    return switch (architecture) {
      case "llama" -> metadata.containsKey("llama.attention.sliding_window") ? "mistral" : "llama";
      case "gemma3" -> "gemma3_text";
      default -> architecture;
    };
  }

  /**
   * The members of config.json that the table carries, from a file's metadata.
   *
   * @param metadata by its full keys; whole numbers as Long, others as Double
   */
  static Map<String, Object> toConfig(String modelType, Map<String, ?> metadata) {
    String prefix = architecture(modelType) + ".";
    Map<String, Object> config = new LinkedHashMap<>();
    for (Key key : of(modelType)) {
      Object value = metadata.get(prefix + key.gguf());
      if (value != null) {
        config.put(key.config(), value);
      }
    }
    return config;
  }

  /** Adds all of a config.json to the metadata of a file to be written. */
  static void toMetadata(String modelType, JsonObject config, GgufMetadata metadata) {
    String prefix = architecture(modelType) + ".";
    Set<String> carried = new HashSet<>(Set.of("model_type"));
    for (Key key : of(modelType)) {
      if (!config.has(key.config())) {
        continue;
      }
      carried.add(key.config());
      switch (key.kind()) {
        case WHOLE ->
            metadata.whole(prefix + key.gguf(), config.optionalInteger(key.config()).orElse(0));
        case NUMBER -> {
          double value = config.number(key.config());
          metadata.number(prefix + key.gguf(), value);
          if (Double.parseDouble(Float.toString((float) value)) != value) {
            throw unrepresentable(key.config(), value);
          }
        }
      }
    }
    derived(modelType, config, prefix, metadata);
    Map<String, Object> others = new LinkedHashMap<>(config.members());
    others.keySet().removeAll(carried);
    metadata.text(OTHERS, JsonText.of(others));
  }

  /** What llama.cpp reads under other names or in another form; Candor does not read it back. */
  private static void derived(
      String modelType, JsonObject config, String prefix, GgufMetadata metadata) {
    switch (modelType) {
      case "llama", "mistral" ->
          metadata.whole(prefix + "rope.dimension_count", RotaryFactors.headSize(config));
      case "gemma3_text" -> {
        List<String> layers = config.strings("layer_types");
        if (!layers.isEmpty()) {
          boolean[] local = new boolean[layers.size()];
          for (int i = 0; i < local.length; i++) {
            local[i] = layers.get(i).equals("sliding_attention");
          }
          metadata.bools(prefix + "attention.sliding_window_pattern", local);
        }
      }
      case "phi3" -> phi3(config, prefix, metadata);
      case "bert" -> {
        metadata.bool(prefix + "attention.causal", false);
        metadata.whole(
            "tokenizer.ggml.token_type_count", config.integer("type_vocab_size", 1, 1 << 16, 2));
      }
      default -> {
        // The table has it all.
      }
    }
    if (metadata.has(prefix + "attention.key_length")) {
      metadata.whole(prefix + "attention.value_length", RotaryFactors.headSize(config));
    }
    config
        .object("rope_scaling")
        .filter(scaling -> RotaryFactors.type(scaling).equals("linear"))
        .ifPresent(scaling ->
            metadata
                .text(prefix + "rope.scaling.type", "linear")
                .number(prefix + "rope.scaling.factor", scaling.number("factor")));
  }

  private static void phi3(JsonObject config, String prefix, GgufMetadata metadata) {
    double turned = config.number("partial_rotary_factor", 1);
    int width = config.integer("hidden_size", 1, 1 << 24);
    int heads = config.integer("num_attention_heads", 1, 1 << 16);
    metadata.whole(prefix + "rope.dimension_count", (int) (turned * width) / heads);
    int context = config.integer("max_position_embeddings", 1, Integer.MAX_VALUE);
    String originalContext = prefix + "rope.scaling.original_context_length";
    if (!metadata.has(originalContext)) {
      metadata.whole(originalContext, context);
    }
    if (!metadata.has(prefix + "attention.sliding_window")) {
      // llama.cpp takes a window of 0 for none, and an absent one for an old file.
      metadata.whole(prefix + "attention.sliding_window", 0);
    }
    int original =
        config.integer("original_max_position_embeddings", 2, Integer.MAX_VALUE, context);
    Optional<JsonObject> scaling = config.object("rope_scaling");
    if (scaling.isPresent() && scaling.get().has("long_factor")) {
      double extension = context / (double) original;
      metadata.number(
          prefix + "rope.scaling.attn_factor",
          extension <= 1 ? 1 : Math.sqrt(1 + Math.log(extension) / Math.log(original)));
    }
  }

  private static WeightsException unrepresentable(String key, double value) {
    return new WeightsException(
        "out-of-range",
        "config.json: " + key + " is " + value + ", which the float32 of a GGUF file cannot hold",
        "Round it to 7 digits.");
  }

  private static Key whole(String config, String gguf) {
    return new Key(config, gguf, Kind.WHOLE);
  }

  private static Key number(String config, String gguf) {
    return new Key(config, gguf, Kind.NUMBER);
  }

  @SafeVarargs
  private static List<Key> joined(List<Key>... parts) {
    List<Key> joined = new ArrayList<>();
    for (List<Key> part : parts) {
      joined.addAll(part);
    }
    return List.copyOf(joined);
  }
}
