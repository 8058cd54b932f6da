package dev.candor.engine.models;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.Activation;

/**
 * The hyperparameters that transformers share, checked against limits before anything is allocated
 * by them. A key with another meaning than those here is read from {@link #config} by the
 * architecture that has it.
 */
public record Hyperparameters(JsonObject config) {

  private static final int LAYERS = 1024;
  private static final int WIDTH = 1 << 17;
  private static final int HEADS = 1024;
  private static final int HEAD_SIZE = 1024;
  private static final int INTERMEDIATE = 1 << 20;
  private static final int VOCABULARY = 1 << 22;
  private static final int CONTEXT = 1 << 24;

  /** {@code num_hidden_layers}. */
  public int layers() {
    return config.integer("num_hidden_layers", 1, LAYERS);
  }

  /** {@code hidden_size}, width of the residual stream. */
  public int width() {
    return config.integer("hidden_size", 1, WIDTH);
  }

  /** {@code intermediate_size}, width of the feed-forward networks. */
  public int intermediate() {
    return config.integer("intermediate_size", 1, INTERMEDIATE);
  }

  /** {@code vocab_size}. */
  public int vocabulary() {
    return config.integer("vocab_size", 1, VOCABULARY);
  }

  /** {@code max_position_embeddings}, most tokens of a sequence. */
  public int context() {
    return config.integer("max_position_embeddings", 1, CONTEXT);
  }

  /** {@code num_attention_heads}. */
  public int heads() {
    return config.integer("num_attention_heads", 1, HEADS);
  }

  /** {@code num_key_value_heads}, which divides the number of heads; as many as heads if absent. */
  public int keyValueHeads() {
    return keyValueHeads(heads());
  }

  /** {@code num_key_value_heads}, which divides the number of heads. */
  public int keyValueHeads(int absent) {
    int heads = heads();
    int keyValueHeads = config.integer("num_key_value_heads", 1, heads, absent);
    requireDivides("num_key_value_heads", keyValueHeads, "num_attention_heads", heads);
    return keyValueHeads;
  }

  /** {@code head_dim}, with the default of the architecture. */
  public int headSize(int absent) {
    return config.integer("head_dim", 1, HEAD_SIZE, absent);
  }

  /** {@code head_dim}; if absent, hidden_size / num_attention_heads, which must be whole. */
  public int headSize() {
    if (config.has("head_dim")) {
      return headSize(0);
    }
    int heads = heads();
    int width = width();
    requireDivides("num_attention_heads", heads, "hidden_size", width);
    return width / heads;
  }

  /** {@code sliding_window}: how many of the last tokens a query sees, itself included. */
  public int slidingWindow(int absent) {
    return config.integer("sliding_window", 1, Integer.MAX_VALUE, absent);
  }

  /** A soft cap: positive; 0 if absent, for none. */
  public float softCap(String key) {
    return config.has(key) ? positive(key, config.number(key), 1e6f) : 0;
  }

  /** An ε of a norm, with the default of the architecture. */
  public float epsilon(String key, double absent) {
    return positive(key, config.number(key, absent), 1);
  }

  /** A positive number of at most so much. */
  public static float positive(String key, double value, double maximum) {
    if (!(value > 0 && value <= maximum)) {
      throw outOfRange(key, value, "more than 0 and at most " + maximum);
    }
    return (float) value;
  }

  /** The activation that a key names. */
  public Activation activation(String key, String absent) {
    String name = config.optionalString(key).orElse(absent);
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu", "gelu_python" -> Activation.GELU_ERF;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_python_tanh" -> Activation.GELU_TANH;
      case "relu" -> Activation.RELU;
      case "tanh" -> Activation.TANH;
      default ->
          throw unsupported(
              key, name, "Supported are silu, gelu, gelu_pytorch_tanh, relu and tanh.");
    };
  }

  /** That a feature is known to exist and not supported. */
  public static ConfigException unsupported(String key, Object value, String remedy) {
    return new ConfigException("unsupported", key + " is " + value + ", unsupported", remedy);
  }

  /** That a value is outside its limits. */
  public static ConfigException outOfRange(String key, Object value, String allowed) {
    return new ConfigException(
        "out-of-range",
        key + " is " + value + ", allowed is " + allowed,
        "Use a file whose " + key + " is within the limit.");
  }

  /** Throws {@code config.out-of-range} unless the part divides the whole. */
  public static void requireDivides(String partKey, int part, String wholeKey, int whole) {
    if (whole % part != 0) {
      throw outOfRange(partKey, part, "a divisor of " + wholeKey + ", " + whole);
    }
  }
}
