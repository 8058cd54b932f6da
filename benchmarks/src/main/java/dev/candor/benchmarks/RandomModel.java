package dev.candor.benchmarks;

import dev.candor.benchmarks.RandomTensor.Values;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.weights.WeightSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model with random weights of such a scale that its activations and logits stay near 1: what it
 * says is noise, what it costs is what the real model costs.
 */
final class RandomModel implements WeightSource {

  private static final Values NORM = new Values.Normal(1, 0.02f);
  private static final Values BIAS = new Values.Normal(0, 0.02f);

  private final String name;
  private final long seed;
  private final Map<String, Object> config;
  private final int endOfText;
  private final int assistant;
  private final List<SourceTensor> tensors = new ArrayList<>();

  private RandomModel(
      String name, long seed, Map<String, Object> config, int endOfText, int assistant) {
    this.name = name;
    this.seed = seed;
    this.config = config;
    this.endOfText = endOfText;
    this.assistant = assistant;
    config.put("bos_token_id", (long) endOfText);
    config.put("eos_token_id", (long) endOfText);
    config.put("pad_token_id", (long) endOfText);
    config.put("tie_word_embeddings", true);
    config.put("torch_dtype", "bfloat16");
    config.put("initializer_range", 0.02);
  }

  /** Extents of a transformer or hybrid; the names are those of config.json. */
  record Size(
      int vocabulary,
      int width,
      int intermediate,
      int layers,
      int heads,
      int keyValueHeads,
      int context) {}

  /** Phi-4-mini-flash-reasoning, 3.85 G parameters (arXiv 2507.06607). */
  static RandomModel sambay(long seed) {
    return sambay(
        "sambay-3.8b-random", new Size(200064, 2560, 10240, 32, 40, 20, 262144), 512, seed);
  }

  /** A SambaY model of any size. */
  static RandomModel sambay(String name, Size size, int window, long seed) {
    Map<String, Object> config = config("Phi4FlashForCausalLM", "phi4flash", size);
    config.put("sliding_window", (long) window);
    config.put("mb_per_layer", 2L);
    config.put("layer_norm_eps", 1e-5);
    config.put("hidden_act", "silu");
    config.put("mlp_bias", false);
    config.put("lm_head_bias", false);
    boolean full = size.vocabulary() == 200064;
    RandomModel model =
        new RandomModel(
            name,
            seed,
            config,
            full ? 199999 : size.vocabulary() - 5,
            full ? 200019 : size.vocabulary() - 4);
    model.embedding(size);
    for (int i = 0; i < size.layers(); i++) {
      model.sambayLayer(size, i);
    }
    model.add("model.final_layernorm.weight", NORM, size.width());
    model.add("model.final_layernorm.bias", BIAS, size.width());
    return model;
  }

  /** Phi-4-mini, 3.84 G parameters: the dense model that SambaY is compared with. */
  static RandomModel phi4Mini(long seed) {
    Size size = new Size(200064, 3072, 8192, 32, 24, 8, 131072);
    Map<String, Object> config = config("Phi3ForCausalLM", "phi3", size);
    config.put("hidden_act", "silu");
    config.put("rms_norm_eps", 1e-5);
    config.put("rope_theta", 10000.0);
    config.put("partial_rotary_factor", 0.75);
    config.put("original_max_position_embeddings", 4096L);
    config.put("sliding_window", 262144L);
    Map<String, Object> scaling = new LinkedHashMap<>();
    scaling.put("type", "longrope");
    scaling.put("short_factor", factors(48, 0));
    scaling.put("long_factor", factors(48, 0.75));
    config.put("rope_scaling", new JsonObject(scaling, "rope_scaling"));
    RandomModel model = new RandomModel("phi4-mini-3.8b-random", seed, config, 199999, 200019);
    int headSize = size.width() / size.heads();
    model.embedding(size);
    for (int i = 0; i < size.layers(); i++) {
      String layer = "model.layers." + i + ".";
      model.add(layer + "input_layernorm.weight", NORM, size.width());
      model.linear(
          layer + "self_attn.qkv_proj",
          (size.heads() + 2 * size.keyValueHeads()) * headSize,
          size.width(),
          1);
      model.linear(layer + "self_attn.o_proj", size.width(), size.width(), 0.5f);
      model.add(layer + "post_attention_layernorm.weight", NORM, size.width());
      model.linear(layer + "mlp.gate_up_proj", 2 * size.intermediate(), size.width(), 1);
      model.linear(layer + "mlp.down_proj", size.width(), size.intermediate(), 0.5f);
    }
    model.add("model.norm.weight", NORM, size.width());
    return model;
  }

  /** Llama 3.2 1B, 1.24 G parameters. */
  static RandomModel llama1b(long seed) {
    Size size = new Size(128256, 2048, 8192, 16, 32, 8, 131072);
    Map<String, Object> config = config("LlamaForCausalLM", "llama", size);
    config.put("hidden_act", "silu");
    config.put("rms_norm_eps", 1e-5);
    config.put("rope_theta", 500000.0);
    config.put("head_dim", 64L);
    config.put("attention_bias", false);
    config.put("mlp_bias", false);
    Map<String, Object> scaling = new LinkedHashMap<>();
    scaling.put("rope_type", "llama3");
    scaling.put("factor", 32.0);
    scaling.put("low_freq_factor", 1.0);
    scaling.put("high_freq_factor", 4.0);
    scaling.put("original_max_position_embeddings", 8192L);
    config.put("rope_scaling", new JsonObject(scaling, "rope_scaling"));
    RandomModel model = new RandomModel("llama-1b-random", seed, config, 128001, 128006);
    int keyValueWidth = size.keyValueHeads() * 64;
    model.embedding(size);
    for (int i = 0; i < size.layers(); i++) {
      String layer = "model.layers." + i + ".";
      model.add(layer + "input_layernorm.weight", NORM, size.width());
      model.linear(layer + "self_attn.q_proj", size.width(), size.width(), 1);
      model.linear(layer + "self_attn.k_proj", keyValueWidth, size.width(), 1);
      model.linear(layer + "self_attn.v_proj", keyValueWidth, size.width(), 1);
      model.linear(layer + "self_attn.o_proj", size.width(), size.width(), 0.5f);
      model.add(layer + "post_attention_layernorm.weight", NORM, size.width());
      model.linear(layer + "mlp.gate_proj", size.intermediate(), size.width(), 1);
      model.linear(layer + "mlp.up_proj", size.intermediate(), size.width(), 1);
      model.linear(layer + "mlp.down_proj", size.width(), size.intermediate(), 0.5f);
    }
    model.add("model.norm.weight", NORM, size.width());
    return model;
  }

  private void sambayLayer(Size size, int i) {
    int width = size.width();
    int inner = 2 * width;
    int stateSize = 16;
    int rank = (width + 15) / 16;
    int headSize = width / size.heads();
    int queries = size.heads() * headSize;
    int half = size.layers() / 2;
    String layer = "model.layers." + i + ".";
    for (String norm : List.of("input_layernorm", "post_attention_layernorm")) {
      add(layer + norm + ".weight", NORM, width);
      add(layer + norm + ".bias", BIAS, width);
    }
    String mixer = layer + "attn.";
    if (i % 2 == 0 && i <= half) {
      linear(mixer + "in_proj", 2 * inner, width, 1);
      add(mixer + "conv1d.weight", new Values.Normal(0, 0.5f), inner, 1, 4);
      add(mixer + "conv1d.bias", BIAS, inner);
      linear(mixer + "x_proj", rank + 2 * stateSize, inner, 1);
      linear(mixer + "dt_proj", inner, rank, 0.2f);
      add(mixer + "dt_proj.bias", new Values.StepSizes(), inner);
      add(mixer + "A_log", new Values.LogCount(), inner, stateSize);
      add(mixer + "D", NORM, inner);
      linear(mixer + "out_proj", width, inner, 0.5f);
    } else if (i % 2 == 0) {
      linear(mixer + "in_proj", inner, width, 1);
      linear(mixer + "out_proj", width, inner, 0.5f);
    } else {
      boolean cross = i > half + 1;
      int rows = queries + (cross ? 0 : 2 * size.keyValueHeads() * headSize);
      linear(mixer + "Wqkv", rows, width, 1);
      add(mixer + "Wqkv.bias", BIAS, rows);
      linear(mixer + "out_proj", width, queries, 0.5f);
      add(mixer + "out_proj.bias", BIAS, width);
      for (String lambda : List.of("lambda_q1", "lambda_k1", "lambda_q2", "lambda_k2")) {
        add(mixer + "inner_cross_attn." + lambda, new Values.Normal(0, 0.1f), headSize);
      }
      add(mixer + "inner_cross_attn.subln.weight", NORM, 2 * headSize);
    }
    linear(layer + "mlp.fc1", 2 * size.intermediate(), width, 1);
    linear(layer + "mlp.fc2", width, size.intermediate(), 0.5f);
  }

  private void embedding(Size size) {
    // Rows of length 1: logits of a normed state are then near normal with deviation 1.
    linear("model.embed_tokens", size.vocabulary(), size.width(), 1);
  }

  /** A matrix whose outputs have {@code gain} times the deviation of its inputs. */
  private void linear(String name, int outputs, int inputs, float gain) {
    float deviation = gain / (float) Math.sqrt(inputs);
    add(name + ".weight", new Values.Normal(0, deviation), outputs, inputs);
  }

  private void add(String name, Values values, Integer... shape) {
    tensors.add(new RandomTensor(name, List.of(shape), seed, values));
  }

  private static List<Object> factors(int count, double growth) {
    List<Object> factors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      factors.add(Math.round((1 + growth * i) * 1000) / 1000.0);
    }
    return factors;
  }

  private static Map<String, Object> config(String architecture, String modelType, Size size) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of(architecture));
    config.put("model_type", modelType);
    config.put("vocab_size", (long) size.vocabulary());
    config.put("hidden_size", (long) size.width());
    config.put("intermediate_size", (long) size.intermediate());
    config.put("num_hidden_layers", (long) size.layers());
    config.put("num_attention_heads", (long) size.heads());
    config.put("num_key_value_heads", (long) size.keyValueHeads());
    config.put("max_position_embeddings", (long) size.context());
    return config;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public JsonObject config() {
    return new JsonObject(config, "config.json");
  }

  @Override
  public JsonObject generationConfig() {
    Map<String, Object> generation = new LinkedHashMap<>();
    generation.put("bos_token_id", (long) endOfText);
    generation.put("eos_token_id", List.of((long) assistant + 1, (long) endOfText));
    generation.put("pad_token_id", (long) endOfText);
    return new JsonObject(generation, "generation_config.json");
  }

  @Override
  public Optional<TokenizerFiles> tokenizerFiles() {
    return Optional.of(new ByteTokenizer(endOfText, assistant));
  }

  @Override
  public List<SourceTensor> tensors() {
    return List.copyOf(tensors);
  }
}
