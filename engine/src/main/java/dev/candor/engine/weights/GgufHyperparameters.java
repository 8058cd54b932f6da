package dev.candor.engine.weights;

import dev.candor.engine.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /** Adds to the metadata what the table carries of a config.json. */
  static void toMetadata(String modelType, JsonObject config, GgufMetadata metadata) {
    String prefix = architecture(modelType) + ".";
    for (Key key : of(modelType)) {
      switch (key.kind()) {
        case WHOLE ->
            config
                .optionalInteger(key.config())
                .ifPresent(value -> metadata.whole(prefix + key.gguf(), value));
        case NUMBER ->
            config
                .optionalNumber(key.config())
                .ifPresent(value -> metadata.number(prefix + key.gguf(), value));
      }
    }
  }

  /** The line of the table for a key of config.json. */
  static Optional<Key> key(String modelType, String config) {
    return of(modelType).stream().filter(key -> key.config().equals(config)).findFirst();
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
