package dev.candor.engine.weights;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What config.json and generation_config.json would say of a GGUF file. A file that our converter
 * wrote carries it; of another file it follows from llama.cpp's keys and, where llama.cpp knows a
 * value by heart, from the architecture.
 *
 * <p>Factors of rotary frequencies, which llama.cpp keeps as tensors ({@code rope_freqs.weight},
 * {@code rope_factors_long.weight}, {@code rope_factors_short.weight}), become a {@code
 * rope_scaling} of type longrope. For Llama 3 both sets are the same and the attention factor is 1,
 * which divides every frequency by its factor: what the tensor means.
 */
final class GgufConfig {

  static final String FREQUENCIES = "rope_freqs.weight";
  static final String LONG_FACTORS = "rope_factors_long.weight";
  static final String SHORT_FACTORS = "rope_factors_short.weight";

  private static final int MAXIMUM_LAYERS = 4096;
  private static final String TOKEN = "tokenizer.ggml.";

  private final String modelType;
  private final String prefix;
  private final GgufValues values;
  private final Map<String, Tensor> tensors;
  private final Map<String, Object> config = new LinkedHashMap<>();

  private GgufConfig(String modelType, GgufValues values, Map<String, Tensor> tensors) {
    this.modelType = modelType;
    this.prefix = GgufHyperparameters.architecture(modelType) + ".";
    this.values = values;
    this.tensors = tensors;
  }

  /**
   * The keys of config.json.
   *
   * @param tensors by their names in the file
   */
  static JsonObject config(
      String modelType, GgufValues values, Map<String, Tensor> tensors, String fileName) {
    return new JsonObject(
        new GgufConfig(modelType, values, tensors).build(fileName), fileName + ": metadata");
  }

  /** The keys of generation_config.json. */
  static JsonObject generationConfig(GgufValues values, String fileName) {
    String what = fileName + ": " + GgufHyperparameters.GENERATION;
    Optional<JsonObject> carried = carried(values, GgufHyperparameters.GENERATION, what);
    if (carried.isPresent()) {
      return carried.get();
    }
    Map<String, Object> generation = new LinkedHashMap<>();
    specialToken(values, "bos").ifPresent(id -> generation.put("bos_token_id", id));
    specialToken(values, "padding").ifPresent(id -> generation.put("pad_token_id", id));
    Set<Object> ends = new LinkedHashSet<>();
    for (String end : List.of("eos", "eot", "eom")) {
      specialToken(values, end).ifPresent(ends::add);
    }
    if (!ends.isEmpty()) {
      generation.put("eos_token_id", new ArrayList<>(ends));
    }
    copyNumber(values, "general.sampling.temp", generation, "temperature");
    copyNumber(values, "general.sampling.top_p", generation, "top_p");
    copyNumber(values, "general.sampling.min_p", generation, "min_p");
    copyNumber(values, "general.sampling.penalty_repeat", generation, "repetition_penalty");
    values.integer("general.sampling.top_k").ifPresent(number -> generation.put("top_k", number));
    return new JsonObject(generation, fileName + ": metadata");
  }

  private static void copyNumber(
      GgufValues values, String key, Map<String, Object> into, String member) {
    values.number(key).ifPresent(number -> into.put(member, number));
  }

  private Map<String, Object> build(String fileName) {
    config.put("model_type", modelType);
    config.putAll(GgufHyperparameters.toConfig(modelType, shortest(values.singles())));
    // llama.cpp, and the conversion of phi3 after it, writes a window of 0 for none.
    config.remove("sliding_window", 0L);
    vocabulary();
    Optional<JsonObject> carried =
        carried(values, GgufHyperparameters.OTHERS, fileName + ": " + GgufHyperparameters.OTHERS);
    if (carried.isPresent()) {
      carried.get().members().forEach(config::putIfAbsent);
      return config;
    }
    specialToken(values, "bos").ifPresent(id -> config.put("bos_token_id", id));
    specialToken(values, "eos").ifPresent(id -> config.put("eos_token_id", id));
    specialToken(values, "padding").ifPresent(id -> config.put("pad_token_id", id));
    switch (modelType) {
      case "llama", "mistral" -> {
        decoder("silu");
        config.put("attention_bias", tensors.containsKey("blk.0.attn_q.bias"));
        config.put("mlp_bias", tensors.containsKey("blk.0.ffn_up.bias"));
      }
      case "gemma" -> decoder("gelu_pytorch_tanh");
      case "gemma3_text" -> {
        decoder("gelu_pytorch_tanh");
        gemma3();
      }
      case "phi3" -> {
        decoder("silu");
        phi3();
      }
      case "bert" -> {
        config.put("hidden_act", "gelu");
        extent("token_types.weight").ifPresent(rows -> config.put("type_vocab_size", rows));
      }
      default -> {
        // Nothing that the table does not say.
      }
    }
    return config;
  }

  /** What is stored as float32 stands for the shortest decimal that gives it: 1e-5, not 9.99e-6. */
  private Map<String, Object> shortest(Map<String, Object> singles) {
    singles.replaceAll((key, value) ->
        value instanceof Double number && values.isFloat32(key)
            ? (Object) Double.parseDouble(Float.toString(number.floatValue()))
            : value);
    return singles;
  }

  private void vocabulary() {
    Optional<Long> rows = extent("token_embd.weight");
    rows.ifPresent(number -> config.put("vocab_size", number));
    long tokens = values.count(TOKEN + "tokens").orElse(0);
    if (rows.isPresent() && tokens > rows.get()) {
      throw new ConfigException(
          "out-of-range",
          "tokenizer.ggml.tokens has " + tokens + " tokens, the embedding has " + rows.get(),
          "Use a file whose tokenizer belongs to its weights.");
    }
  }

  private void decoder(String activation) {
    config.put("hidden_act", activation);
    config.put("hidden_activation", activation);
    config.put("tie_word_embeddings", !tensors.containsKey("output.weight"));
    config.putIfAbsent("rope_theta", 10_000.0);
    values
        .integer(prefix + "rope.dimension_count")
        .ifPresent(turned -> {
          if (!modelType.equals("phi3")) {
            config.putIfAbsent("head_dim", turned);
          }
        });
    Optional<Tensor> frequencies = Optional.ofNullable(tensors.get(FREQUENCIES));
    Optional<String> type = values.string(prefix + "rope.scaling.type");
    if (frequencies.isPresent()) {
      longRope(frequencies.get(), frequencies.get(), 1);
    } else if (type.equals(Optional.of("linear"))) {
      scaling("linear", Map.of("factor", factor()));
    } else if (type.isPresent() && !Set.of("none", "longrope").contains(type.get())) {
      scaling(type.get(), Map.of());
    }
  }

  private double factor() {
    return values.number(prefix + "rope.scaling.factor").orElse(1);
  }

  private void gemma3() {
    config.putIfAbsent("rope_local_base_freq", 10_000.0);
    long layers = layers();
    config.put("layer_types", layerTypes(layers));
    double scale = values.number(prefix + "attention.scale").orElse(0);
    long heads = values.integer(prefix + "attention.head_count").orElse(1);
    long width = values.integer(prefix + "embedding_length").orElse(1);
    if (scale > 0) {
      config.put("query_pre_attn_scalar", 1 / (scale * scale));
    } else if (layers == 62 && heads > 0) {
      // Gemma 3 27B, the one whose heads are not scaled by their own size; llama.cpp knows it by
      // its number of layers too.
      config.put("query_pre_attn_scalar", width / heads);
    } else if (config.containsKey("head_dim")) {
      config.put("query_pre_attn_scalar", config.get("head_dim"));
    }
  }

  private List<Object> layerTypes(long layers) {
    String key = prefix + "attention.sliding_window_pattern";
    Optional<int[]> local =
        values.has(key) && values.isArray(key) ? values.integers(key) : Optional.empty();
    if (local.isPresent() && local.get().length != layers) {
      throw new ConfigException(
          "out-of-range",
          key + " has " + local.get().length + " elements for " + layers + " layers",
          "Use a file with one element for each layer.");
    }
    long pattern = local.isPresent() ? 1 : values.integer(key).orElse(6);
    return IntStream.range(0, (int) layers)
        .<Object>mapToObj(layer ->
            (local.isPresent()
                    ? local.get()[layer] != 0
                    : pattern > 0 && (layer + 1) % pattern != 0)
                ? "sliding_attention"
                : "full_attention")
        .toList();
  }

  private void phi3() {
    long heads = values.integer(prefix + "attention.head_count").orElse(0);
    long width = values.integer(prefix + "embedding_length").orElse(0);
    long turned = values.integer(prefix + "rope.dimension_count").orElse(0);
    if (heads > 0 && turned > 0 && width >= heads && width % heads == 0) {
      config.put("partial_rotary_factor", (double) turned / (width / heads));
    }
    Optional<Tensor> longFactors = Optional.ofNullable(tensors.get(LONG_FACTORS));
    Optional<Tensor> shortFactors = Optional.ofNullable(tensors.get(SHORT_FACTORS));
    if (longFactors.isPresent() && shortFactors.isPresent()) {
      longRope(
          longFactors.get(),
          shortFactors.get(),
          values.number(prefix + "rope.scaling.attn_factor").orElse(0));
    }
  }

  /** Factors of each frequency; an attention factor of 0 is left to the model. */
  private void longRope(Tensor longFactors, Tensor shortFactors, double attentionFactor) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("long_factor", numbers(longFactors));
    members.put("short_factor", numbers(shortFactors));
    if (attentionFactor != 0) {
      members.put("attention_factor", attentionFactor);
    }
    scaling("longrope", members);
  }

  private List<Object> numbers(Tensor tensor) {
    if (tensor.elements() > 1 << 16) {
      throw new ConfigException(
          "out-of-range",
          tensor.name() + " has " + tensor.elements() + " elements, allowed are 65536",
          "Use a file with one factor for each pair of a head.");
    }
    List<Object> numbers = new ArrayList<>();
    for (float value : tensor.floats()) {
      numbers.add((double) value);
    }
    return numbers;
  }

  private void scaling(String type, Map<String, Object> members) {
    Map<String, Object> scaling = new LinkedHashMap<>();
    scaling.put("rope_type", type);
    scaling.putAll(members);
    config.put("rope_scaling", new JsonObject(scaling, "rope_scaling"));
  }

  private long layers() {
    long layers = values.integer(prefix + "block_count").orElse(0);
    if (layers < 1 || layers > MAXIMUM_LAYERS) {
      throw new ConfigException(
          "out-of-range",
          prefix + "block_count is " + layers + ", allowed is 1 to " + MAXIMUM_LAYERS,
          "Use an undamaged file; this one may be malicious.");
    }
    return layers;
  }

  private Optional<Long> extent(String tensor) {
    return Optional.ofNullable(tensors.get(tensor)).map(found -> (long) found.shape().getFirst());
  }

  private static Optional<Long> specialToken(GgufValues values, String name) {
    String key = TOKEN + name + "_token_id";
    if (!values.has(key)) {
      return Optional.empty();
    }
    long id = values.integer(key).orElse(-1);
    long tokens = values.count(TOKEN + "tokens").orElse(Integer.MAX_VALUE);
    if (id < 0 || id >= tokens) {
      throw new ConfigException(
          "out-of-range",
          key + " is " + id + ", allowed is 0 to " + (tokens - 1),
          "Use an undamaged file; this one may be malicious.");
    }
    return Optional.of(id);
  }

  private static Optional<JsonObject> carried(GgufValues values, String key, String what) {
    return values
        .string(key)
        .map(text ->
            Json.parseObject(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
                Json.Limits.CONFIG,
                what));
  }
}
