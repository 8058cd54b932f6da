package dev.candor.engine.models;

import dev.candor.engine.json.JsonObject;
import java.util.SplittableRandom;

/**
 * BERT and MobileBERT once more, as naively as can be: float64, one value at a time, written from
 * the papers' formulas without the engine's layers. Also says which tensors there are.
 */
final class ReferenceEncoder {

  private final RandomCheckpoint weights;
  private final JsonObject config;
  private final boolean mobile;
  private final boolean bottleneck;
  private final boolean allNarrow;
  private final boolean shared;
  private final boolean layerNorm;
  private final int wide;
  private final int narrow;
  private final String prefix;

  ReferenceEncoder(RandomCheckpoint weights) {
    this.weights = weights;
    config = weights.config();
    mobile = weights.architecture().equals("mobilebert");
    bottleneck = mobile && config.bool("use_bottleneck", true);
    allNarrow = config.bool("use_bottleneck_attention", false);
    shared = config.bool("key_query_shared_bottleneck", true);
    layerNorm =
        !mobile || config.optionalString("normalization_type").orElse("").equals("layer_norm");
    wide = config.integer("hidden_size", 1, 999);
    narrow = bottleneck ? config.integer("intra_bottleneck_size", 1, 999) : wide;
    prefix = weights.architecture() + ".";
  }

  /** Adds the tensors that transformers gives such an encoder. */
  void fill(long seed, int classes) {
    SplittableRandom random = new SplittableRandom(seed);
    int small = mobile ? config.integer("embedding_size", 1, 999) : wide;
    int hidden = config.integer("intermediate_size", 1, 999);
    String e = prefix + "embeddings.";
    weights.addMatrix(random, e + "word_embeddings", vocabulary(), small, false);
    weights.addMatrix(random, e + "position_embeddings", 40, wide, false);
    weights.addMatrix(random, e + "token_type_embeddings", 2, wide, false);
    norm(random, e + "LayerNorm", wide);
    if (mobile) {
      int input = config.bool("trigram_input", true) ? 3 * small : small;
      weights.addMatrix(random, e + "embedding_transformation", wide, input, true);
    }
    for (int i = 0; i < layers(); i++) {
      String layer = prefix + "encoder.layer." + i + ".";
      String self = layer + "attention.self.";
      weights.addMatrix(random, self + "query", narrow, narrow, true);
      weights.addMatrix(random, self + "key", narrow, narrow, true);
      int values = bottleneck && !allNarrow ? wide : narrow;
      weights.addMatrix(random, self + "value", narrow, values, true);
      dense(random, layer + "attention.output.", narrow, narrow);
      weights.addMatrix(random, layer + "intermediate.dense", hidden, narrow, true);
      dense(random, layer + "output.", narrow, hidden);
      for (int f = 0; mobile && f < networks() - 1; f++) {
        weights.addMatrix(random, layer + "ffn." + f + ".intermediate.dense", hidden, narrow, true);
        dense(random, layer + "ffn." + f + ".output.", narrow, hidden);
      }
      if (bottleneck) {
        dense(random, layer + "bottleneck.input.", narrow, wide);
        if (shared) {
          dense(random, layer + "bottleneck.attention.", narrow, wide);
        }
        dense(random, layer + "output.bottleneck.", wide, narrow);
      }
    }
    if (config.bool("classifier_activation", true)) {
      weights.addMatrix(random, prefix + "pooler.dense", wide, wide, true);
    }
    weights.addMatrix(random, "classifier", classes, wide, true);
  }

  private void dense(SplittableRandom random, String name, int outputs, int inputs) {
    weights.addMatrix(random, name + "dense", outputs, inputs, true);
    norm(random, name + "LayerNorm", outputs);
  }

  private void norm(SplittableRandom random, String name, int width) {
    weights.addVector(random, name + ".weight", width, 1);
    weights.addVector(random, name + ".bias", width, 0);
  }

  private int vocabulary() {
    return config.integer("vocab_size", 1, 999);
  }

  private int layers() {
    return config.integer("num_hidden_layers", 1, 99);
  }

  private int networks() {
    return config.integer("num_feedforward_networks", 1, 99, 4);
  }

  /** Logits of the classifier. */
  double[] logits(EncoderInput input) {
    double[][] x = embed(input);
    for (int i = 0; i < layers(); i++) {
      x = layer(prefix + "encoder.layer." + i + ".", x, input);
    }
    double[][] pooled = {x[0]};
    if (config.bool("classifier_activation", true)) {
      pooled = linear(pooled, prefix + "pooler.dense");
      for (int j = 0; j < wide; j++) {
        pooled[0][j] = Math.tanh(pooled[0][j]);
      }
    }
    return linear(pooled, "classifier")[0];
  }

  private double[][] embed(EncoderInput input) {
    String e = prefix + "embeddings.";
    int tokens = input.tokens();
    int small = mobile ? config.integer("embedding_size", 1, 999) : wide;
    boolean trigram = mobile && config.bool("trigram_input", true);
    double[][] x = new double[tokens][trigram ? 3 * small : small];
    for (int t = 0; t < tokens; t++) {
      for (int part = 0; part < (trigram ? 3 : 1); part++) {
        int from = trigram ? t + 1 - part : t;
        for (int j = 0; from >= 0 && from < tokens && j < small; j++) {
          x[t][part * small + j] =
              weights.values(e + "word_embeddings.weight")[input.ids()[from] * small + j];
        }
      }
    }
    if (trigram || small != wide) {
      x = linear(x, e + "embedding_transformation");
    }
    for (int t = 0; t < tokens; t++) {
      for (int j = 0; j < wide; j++) {
        x[t][j] += weights.values(e + "position_embeddings.weight")[t * wide + j];
        x[t][j] += weights.values(e + "token_type_embeddings.weight")[input.types()[t] * wide + j];
      }
    }
    return norm(x, e + "LayerNorm", mobile ? 1e-5 : 1e-12);
  }

  private double[][] layer(String name, double[][] x, EncoderInput input) {
    double[][] b = x;
    double[][] q = x;
    double[][] v = x;
    if (bottleneck) {
      b =
          norm(
              linear(x, name + "bottleneck.input.dense"),
              name + "bottleneck.input.LayerNorm",
              1e-12);
      q = b;
      v = b;
      if (!allNarrow) {
        v = x;
        q =
            norm(
                linear(x, name + "bottleneck.attention.dense"),
                name + "bottleneck.attention.LayerNorm",
                1e-12);
      }
    }
    double[][] h = attention(name + "attention.self.", q, v, input);
    h = end(name + "attention.output.", h, b, 1e-12);
    for (int f = 0; mobile && f < networks() - 1; f++) {
      String ffn = name + "ffn." + f + ".";
      h = end(ffn + "output.", active(linear(h, ffn + "intermediate.dense")), h, 1e-12);
    }
    double[][] hidden = active(linear(h, name + "intermediate.dense"));
    h = end(name + "output.", hidden, h, mobile ? 1e-5 : 1e-12);
    return bottleneck ? end(name + "output.bottleneck.", h, x, 1e-12) : h;
  }

  private double[][] attention(String self, double[][] q, double[][] v, EncoderInput input) {
    double[][] queries = linear(q, self + "query");
    double[][] keys = linear(q, self + "key");
    double[][] values = linear(v, self + "value");
    int heads = config.integer("num_attention_heads", 1, 99);
    int size = narrow / heads;
    double[][] context = new double[q.length][narrow];
    for (int t = 0; t < q.length; t++) {
      for (int h = 0; h < heads; h++) {
        double[] p = new double[q.length];
        double sum = 0;
        for (int s = 0; s < q.length; s++) {
          double score = 0;
          for (int j = h * size; j < (h + 1) * size; j++) {
            score += queries[t][j] * keys[s][j];
          }
          p[s] = input.attended()[s] ? Math.exp(score / Math.sqrt(size)) : 0;
          sum += p[s];
        }
        for (int s = 0; s < q.length; s++) {
          for (int j = h * size; j < (h + 1) * size; j++) {
            context[t][j] += p[s] / sum * values[s][j];
          }
        }
      }
    }
    return context;
  }

  /** norm(dense(x) + residual). */
  private double[][] end(String name, double[][] x, double[][] residual, double epsilon) {
    double[][] y = linear(x, name + "dense");
    for (int t = 0; t < y.length; t++) {
      for (int j = 0; j < y[t].length; j++) {
        y[t][j] += residual[t][j];
      }
    }
    return norm(y, name + "LayerNorm", epsilon);
  }

  private double[][] active(double[][] x) {
    for (double[] row : x) {
      for (int j = 0; j < row.length; j++) {
        row[j] =
            config.string("hidden_act").equals("relu")
                ? Math.max(0, row[j])
                : 0.5 * row[j] * (1 + ReferenceDecoder.erf(row[j] / Math.sqrt(2)));
      }
    }
    return x;
  }

  private double[][] norm(double[][] x, String name, double epsilon) {
    float[] weight = weights.values(name + ".weight");
    float[] bias = weights.values(name + ".bias");
    for (double[] row : x) {
      double mean = 0;
      double square = 0;
      for (double a : row) {
        mean += a / row.length;
      }
      for (double a : row) {
        square += (a - mean) * (a - mean) / row.length;
      }
      for (int j = 0; j < row.length; j++) {
        double a = layerNorm ? (row[j] - mean) / Math.sqrt(square + epsilon) : row[j];
        row[j] = a * weight[j] + bias[j];
      }
    }
    return x;
  }

  private double[][] linear(double[][] x, String name) {
    float[] weight = weights.values(name + ".weight");
    float[] bias = weights.values(name + ".bias");
    double[][] y = new double[x.length][bias.length];
    for (int t = 0; t < x.length; t++) {
      for (int r = 0; r < bias.length; r++) {
        y[t][r] = bias[r];
        for (int j = 0; j < x[t].length; j++) {
          y[t][r] += (double) weight[r * x[t].length + j] * x[t][j];
        }
      }
    }
    return y;
  }
}
