package dev.candor.engine.models;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Tensor;
import java.io.ByteArrayInputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** A checkpoint in memory with seeded random weights: any architecture, any shape. */
final class RandomCheckpoint implements Checkpoint {

  private final String architecture;
  private final Convention convention;
  private final JsonObject config;
  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private RandomCheckpoint(String architecture, Convention convention, JsonObject config) {
    this.architecture = architecture;
    this.convention = convention;
    this.config = config;
  }

  /** With the tensors that transformers gives a decoder of these hyperparameters. */
  static RandomCheckpoint decoder(String architecture, String json, long seed) {
    RandomCheckpoint checkpoint =
        new RandomCheckpoint(architecture, Convention.HUGGING_FACE, parse(json));
    checkpoint.fill(new SplittableRandom(seed));
    return checkpoint;
  }

  /** Without tensors, for {@link #addMatrix} and {@link #addVector}. */
  static RandomCheckpoint empty(String architecture, String json) {
    return new RandomCheckpoint(architecture, Convention.HUGGING_FACE, parse(json));
  }

  private static JsonObject parse(String json) {
    return Json.parseObject(
        new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
        Json.Limits.CONFIG,
        "config.json");
  }

  /** The same tensors under another configuration. */
  RandomCheckpoint withConfig(String json) {
    RandomCheckpoint other = new RandomCheckpoint(architecture, convention, parse(json));
    other.values.putAll(values);
    other.tensors.putAll(tensors);
    return other;
  }

  private void fill(SplittableRandom random) {
    Hyperparameters h = new Hyperparameters(config);
    int width = h.width();
    int head = h.headSize();
    int queries = h.heads() * head;
    int keys = h.keyValueHeads() * head;
    int hidden = h.intermediate();
    boolean bias = config.bool("attention_bias", false);
    boolean mlpBias = config.bool("mlp_bias", false);
    boolean gemma = architecture.startsWith("gemma");
    float norm = gemma ? 0 : 1;
    addMatrix(random, "model.embed_tokens", h.vocabulary(), width, false);
    for (int i = 0; i < h.layers(); i++) {
      String layer = "model.layers." + i + ".";
      if (architecture.equals("phi3")) {
        addMatrix(random, layer + "self_attn.qkv_proj", queries + 2 * keys, width, false);
        addMatrix(random, layer + "mlp.gate_up_proj", 2 * hidden, width, false);
      } else {
        addMatrix(random, layer + "self_attn.q_proj", queries, width, bias);
        addMatrix(random, layer + "self_attn.k_proj", keys, width, bias);
        addMatrix(random, layer + "self_attn.v_proj", keys, width, bias);
        addMatrix(random, layer + "mlp.gate_proj", hidden, width, mlpBias);
        addMatrix(random, layer + "mlp.up_proj", hidden, width, mlpBias);
      }
      addMatrix(random, layer + "self_attn.o_proj", width, queries, bias);
      addMatrix(random, layer + "mlp.down_proj", width, hidden, mlpBias);
      addVector(random, layer + "input_layernorm.weight", width, norm);
      addVector(random, layer + "post_attention_layernorm.weight", width, norm);
      if (architecture.equals("gemma3_text")) {
        addVector(random, layer + "pre_feedforward_layernorm.weight", width, norm);
        addVector(random, layer + "post_feedforward_layernorm.weight", width, norm);
        addVector(random, layer + "self_attn.q_norm.weight", head, norm);
        addVector(random, layer + "self_attn.k_norm.weight", head, norm);
      }
    }
    addVector(random, "model.norm.weight", width, norm);
    if (!config.bool("tie_word_embeddings", gemma)) {
      addMatrix(random, "lm_head", h.vocabulary(), width, false);
    }
  }

  void addMatrix(SplittableRandom random, String name, int rows, int columns, boolean withBias) {
    float[] weight = new float[rows * columns];
    for (int i = 0; i < weight.length; i++) {
      weight[i] = (float) (random.nextGaussian() / Math.sqrt(columns));
    }
    add(name + ".weight", weight, List.of(rows, columns));
    if (withBias) {
      addVector(random, name + ".bias", rows, 0);
    }
  }

  void addVector(SplittableRandom random, String name, int length, float mean) {
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = mean + (float) (0.2 * random.nextGaussian());
    }
    add(name, vector, List.of(length));
  }

  void add(String name, float[] value, List<Integer> shape) {
    MemorySegment data = Arena.ofAuto().allocate(4L * value.length, 64);
    MemorySegment.copy(value, 0, data, ValueLayout.JAVA_FLOAT, 0, value.length);
    values.put(name, value);
    tensors.put(name, new Tensor(name, BlockFormat.F32, shape, data));
  }

  /** Takes a tensor away, to see what is said about it. */
  RandomCheckpoint without(String name) {
    values.remove(name);
    tensors.remove(name);
    return this;
  }

  /** Elements of a tensor, row-major. */
  float[] values(String name) {
    return Optional.ofNullable(values.get(name)).orElseThrow(() -> new AssertionError(name));
  }

  /** The same model as llama.cpp's converter would write it. */
  RandomCheckpoint asGguf() {
    RandomCheckpoint gguf = new RandomCheckpoint(architecture, Convention.GGUF, config);
    int head = new Hyperparameters(config).headSize();
    boolean gemma = architecture.startsWith("gemma");
    tensors.forEach((name, tensor) -> {
      float[] value = values(name).clone();
      if (gemma && name.endsWith("norm.weight")) {
        for (int i = 0; i < value.length; i++) {
          value[i] += 1;
        }
      } else if (!gemma && (name.contains("q_proj") || name.contains("k_proj"))) {
        int columns = tensor.shape().size() == 1 ? 1 : tensor.shape().get(1);
        value = neighbours(value, head, columns);
      }
      gguf.add(name, value, tensor.shape());
    });
    return gguf;
  }

  /** Rows i and i + n/2 of each head become neighbours. */
  private static float[] neighbours(float[] rows, int head, int columns) {
    float[] permuted = new float[rows.length];
    for (int row = 0; row < rows.length / columns; row++) {
      int within = row % head;
      int to = row - within + (within < head / 2 ? 2 * within : 2 * (within - head / 2) + 1);
      System.arraycopy(rows, row * columns, permuted, to * columns, columns);
    }
    return permuted;
  }

  @Override
  public Convention convention() {
    return convention;
  }

  @Override
  public String architecture() {
    return architecture;
  }

  @Override
  public JsonObject config() {
    return config;
  }

  @Override
  public JsonObject generationConfig() {
    return new JsonObject(Map.of(), "generation_config.json");
  }

  @Override
  public Optional<Tensor> tensor(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public Collection<Tensor> tensors() {
    return new ArrayList<>(tensors.values());
  }

  @Override
  public Path path() {
    return Path.of("random");
  }

  @Override
  public void close() {}
}
