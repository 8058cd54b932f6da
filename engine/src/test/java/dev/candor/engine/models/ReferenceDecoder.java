package dev.candor.engine.models;

import dev.candor.engine.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * The dense architectures once more, as naively as can be: float64, one token at a time, everything
 * recomputed, no cache, no chunk, written from the papers' formulas without the engine's layers.
 */
final class ReferenceDecoder {

  private final RandomCheckpoint weights;
  private final JsonObject config;
  private final String architecture;
  private final int heads;
  private final int keyValueHeads;
  private final int head;
  private final boolean gemma;

  ReferenceDecoder(RandomCheckpoint weights) {
    this.weights = weights;
    config = weights.config();
    architecture = weights.architecture();
    gemma = architecture.startsWith("gemma");
    heads = config.integer("num_attention_heads", 1, 99);
    keyValueHeads = config.integer("num_key_value_heads", 1, 99, heads);
    head = config.integer("head_dim", 1, 99, width() / heads);
  }

  private int width() {
    return config.integer("hidden_size", 1, 999);
  }

  /** Logits of every token, [tokens][vocabulary]. */
  double[][] logits(int[] tokens) {
    double[][] x = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      x[t] = row("model.embed_tokens.weight", tokens[t], width());
      scale(x[t], gemma ? Math.sqrt(width()) : 1);
    }
    for (int i = 0; i < config.integer("num_hidden_layers", 1, 99); i++) {
      String layer = "model.layers." + i + ".";
      boolean four = architecture.equals("gemma3_text");
      double[][] branch = attention(layer, i, normalized(x, layer + "input_layernorm"));
      add(x, four ? normalized(branch, layer + "post_attention_layernorm") : branch);
      String before = four ? "pre_feedforward_layernorm" : "post_attention_layernorm";
      branch = mlp(layer, normalized(x, layer + before));
      add(x, four ? normalized(branch, layer + "post_feedforward_layernorm") : branch);
    }
    boolean tied = config.bool("tie_word_embeddings", gemma);
    double[][] logits =
        linear(normalized(x, "model.norm"), tied ? "model.embed_tokens" : "lm_head", false);
    double cap = config.number("final_logit_softcapping", 0);
    for (double[] row : logits) {
      for (int j = 0; cap != 0 && j < row.length; j++) {
        row[j] = cap * Math.tanh(row[j] / cap);
      }
    }
    return logits;
  }

  private double[][] attention(String layer, int index, double[][] x) {
    boolean bias = config.bool("attention_bias", false);
    String self = layer + "self_attn.";
    double[][] q;
    double[][] k;
    double[][] v;
    if (architecture.equals("phi3")) {
      double[][] qkv = linear(x, self + "qkv_proj", false);
      q = columns(qkv, 0, heads * head);
      k = columns(qkv, heads * head, keyValueHeads * head);
      v = columns(qkv, (heads + keyValueHeads) * head, keyValueHeads * head);
    } else {
      q = linear(x, self + "q_proj", bias);
      k = linear(x, self + "k_proj", bias);
      v = linear(x, self + "v_proj", bias);
    }
    boolean local = isLocal(index);
    double[] angles = angles(local, x.length);
    for (int t = 0; t < x.length; t++) {
      prepare(q[t], heads, self + "q_norm", angles, t);
      prepare(k[t], keyValueHeads, self + "k_norm", angles, t);
    }
    double scalar = gemma3() ? config.number("query_pre_attn_scalar", 256) : head;
    int window = local ? config.integer("sliding_window", 1, 1 << 30, 1 << 30) : 1 << 30;
    double[][] context = new double[x.length][heads * head];
    for (int t = 0; t < x.length; t++) {
      for (int h = 0; h < heads; h++) {
        attend(q[t], k, v, h, t, Math.max(0, t - window + 1), Math.sqrt(scalar), context[t]);
      }
    }
    return linear(context, self + "o_proj", bias);
  }

  private boolean gemma3() {
    return architecture.equals("gemma3_text");
  }

  private boolean isLocal(int index) {
    if (!gemma3()) {
      return true;
    }
    List<String> types = config.strings("layer_types");
    return types.isEmpty()
        ? (index + 1) % config.integer("sliding_window_pattern", 1, 99, 6) != 0
        : types.get(index).equals("sliding_attention");
  }

  private void attend(
      double[] q, double[][] k, double[][] v, int h, int t, int first, double root, double[] out) {
    int column = h / (heads / keyValueHeads) * head;
    double[] p = new double[t + 1];
    double sum = 0;
    for (int s = first; s <= t; s++) {
      double score = 0;
      for (int j = 0; j < head; j++) {
        score += q[h * head + j] * k[s][column + j];
      }
      p[s] = Math.exp(score / root);
      sum += p[s];
    }
    for (int s = first; s <= t; s++) {
      for (int j = 0; j < head; j++) {
        out[h * head + j] += p[s] / sum * v[s][column + j];
      }
    }
  }

  private void prepare(double[] row, int count, String norm, double[] angles, int t) {
    int turned = angles.length;
    for (int h = 0; h < count; h++) {
      if (gemma3()) {
        double[] part = java.util.Arrays.copyOfRange(row, h * head, (h + 1) * head);
        System.arraycopy(normalized(new double[][] {part}, norm)[0], 0, row, h * head, head);
      }
      for (int i = 0; i < turned; i++) {
        int at = h * head + i;
        double a = row[at];
        double b = row[at + turned];
        row[at] = magnitude() * (a * Math.cos(t * angles[i]) - b * Math.sin(t * angles[i]));
        row[at + turned] =
            magnitude() * (b * Math.cos(t * angles[i]) + a * Math.sin(t * angles[i]));
      }
    }
  }

  private double magnitude() {
    int original = config.integer("original_max_position_embeddings", 1, 1 << 30, 0);
    double stretch = original == 0 ? 1 : config.number("max_position_embeddings") / original;
    return stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(original));
  }

  private double[] angles(boolean local, int length) {
    int turned = (int) (head * config.number("partial_rotary_factor", 1)) / 2;
    boolean unscaled = gemma3() && local;
    double base =
        unscaled
            ? config.number("rope_local_base_freq", 10_000)
            : config.number("rope_theta", gemma3() ? 1e6 : 1e4);
    double[] angles = new double[turned];
    for (int i = 0; i < turned; i++) {
      angles[i] = Math.pow(base, -i / (double) turned);
    }
    Optional<JsonObject> scaling = config.object("rope_scaling");
    if (!unscaled && scaling.isPresent()) {
      rescale(angles, scaling.get(), length);
    }
    return angles;
  }

  private void rescale(double[] angles, JsonObject scaling, int length) {
    String type = scaling.optionalString("rope_type").orElseGet(() -> scaling.string("type"));
    for (int i = 0; i < angles.length; i++) {
      switch (type) {
        case "linear" -> angles[i] /= scaling.number("factor");
        case "longrope" -> {
          int original = config.integer("original_max_position_embeddings", 1, 1 << 30);
          angles[i] /= scaling.floats(length > original ? "long_factor" : "short_factor")[i];
        }
        case "llama3" -> {
          double turns =
              scaling.number("original_max_position_embeddings") * angles[i] / (2 * Math.PI);
          double low = scaling.number("low_freq_factor");
          double smooth = (turns - low) / (scaling.number("high_freq_factor") - low);
          double kept = Math.clamp(smooth, 0, 1);
          angles[i] = kept * angles[i] + (1 - kept) * angles[i] / scaling.number("factor");
        }
        default -> throw new AssertionError(type);
      }
    }
  }

  private double[][] mlp(String layer, double[][] x) {
    boolean bias = config.bool("mlp_bias", false);
    int hidden = config.integer("intermediate_size", 1, 999);
    double[][] gate;
    double[][] up;
    if (architecture.equals("phi3")) {
      double[][] both = linear(x, layer + "mlp.gate_up_proj", false);
      gate = columns(both, 0, hidden);
      up = columns(both, hidden, hidden);
    } else {
      gate = linear(x, layer + "mlp.gate_proj", bias);
      up = linear(x, layer + "mlp.up_proj", bias);
    }
    for (int t = 0; t < x.length; t++) {
      for (int j = 0; j < hidden; j++) {
        gate[t][j] = activation(gate[t][j]) * up[t][j];
      }
    }
    return linear(gate, layer + "mlp.down_proj", bias);
  }

  private double activation(double a) {
    if (gemma) {
      return 0.5 * a * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (a + 0.044715 * a * a * a)));
    }
    return config.optionalString("hidden_act").orElse("silu").equals("gelu")
        ? 0.5 * a * (1 + erf(a / Math.sqrt(2)))
        : a / (1 + Math.exp(-a));
  }

  /** By its Maclaurin series, which float64 bears for the arguments of these tests. */
  static double erf(double a) {
    double term = a;
    double sum = a;
    for (int n = 1; n < 120; n++) {
      term *= -a * a / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  private double[][] normalized(double[][] x, String name) {
    float[] weight = weights.values(name + ".weight");
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      double square = 0;
      for (double a : x[t]) {
        square += a * a;
      }
      double scale = 1 / Math.sqrt(square / x[t].length + config.number("rms_norm_eps"));
      y[t] = x[t].clone();
      for (int j = 0; j < weight.length; j++) {
        y[t][j] *= scale * (weight[j] + (gemma ? 1 : 0));
      }
    }
    return y;
  }

  private double[][] linear(double[][] x, String name, boolean bias) {
    float[] weight = weights.values(name + ".weight");
    int in = x[0].length;
    int out = weight.length / in;
    double[][] y = new double[x.length][out];
    for (int t = 0; t < x.length; t++) {
      for (int r = 0; r < out; r++) {
        y[t][r] = bias ? weights.values(name + ".bias")[r] : 0;
        for (int j = 0; j < in; j++) {
          y[t][r] += (double) weight[r * in + j] * x[t][j];
        }
      }
    }
    return y;
  }

  private double[] row(String name, int index, int columns) {
    double[] row = new double[columns];
    for (int j = 0; j < columns; j++) {
      row[j] = weights.values(name)[index * columns + j];
    }
    return row;
  }

  private static double[][] columns(double[][] x, int from, int count) {
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      y[t] = java.util.Arrays.copyOfRange(x[t], from, from + count);
    }
    return y;
  }

  private static void add(double[][] x, double[][] branch) {
    for (int t = 0; t < x.length; t++) {
      for (int j = 0; j < x[t].length; j++) {
        x[t][j] += branch[t][j];
      }
    }
  }

  private static void scale(double[] x, double by) {
    for (int j = 0; j < x.length; j++) {
      x[j] *= by;
    }
  }
}
