package dev.candor.engine.models;

import java.util.List;
import java.util.SplittableRandom;

/**
 * A small SambaY checkpoint in memory, its weights drawn from a seed; every size is awkward on
 * purpose.
 */
final class RandomSambaY {

  static final String CONFIG =
      """
      {"model_type": "phi4flash", "vocab_size": 101, "hidden_size": 36, "intermediate_size": 50,
       "num_hidden_layers": 8, "num_attention_heads": 6, "num_key_value_heads": 2, "sliding_window": 9,
       "mb_per_layer": 2, "layer_norm_eps": 1e-5, "hidden_act": "silu", "max_position_embeddings": 4096,
       "tie_word_embeddings": false, "mamba_d_state": 5, "mamba_d_conv": 3}
      """;

  /** The same with heads of whole blocks, which a cache in 8 bits takes. */
  static final String WIDE_HEADS =
      CONFIG
          .replace("\"hidden_size\": 36", "\"hidden_size\": 64")
          .replace("\"num_attention_heads\": 6", "\"num_attention_heads\": 2");

  private final RandomCheckpoint checkpoint;
  private final SplittableRandom random;

  /** The checkpoint that the seed draws. */
  static RandomCheckpoint of(long seed) {
    return of(CONFIG, seed);
  }

  /** The same of other sizes. */
  static RandomCheckpoint of(String config, long seed) {
    return new RandomSambaY(config, seed).checkpoint;
  }

  private RandomSambaY(String config, long seed) {
    checkpoint = RandomCheckpoint.empty(SambaY.ARCHITECTURE, config);
    random = new SplittableRandom(seed);
    SambaYConfig c = SambaYConfig.of(checkpoint.config());
    int h = c.hidden();
    int e = c.inner();
    int d = c.headSize();
    add("model.embed_tokens.weight", 1, c.vocabulary(), h);
    add("lm_head.weight", 1, c.vocabulary(), h);
    norm("model.final_layernorm", h);
    for (int i = 0; i < c.layers(); i++) {
      String layer = "model.layers." + i + ".";
      norm(layer + "input_layernorm", h);
      norm(layer + "post_attention_layernorm", h);
      add(layer + "mlp.fc1.weight", .2f, 2 * c.intermediate(), h);
      add(layer + "mlp.fc2.weight", .2f, h, c.intermediate());
      switch (c.kind(i)) {
        case MAMBA -> {
          add(layer + "attn.in_proj.weight", .2f, 2 * e, h);
          add(layer + "attn.conv1d.weight", .5f, e, 1, c.convolution());
          add(layer + "attn.conv1d.bias", .1f, e);
          add(layer + "attn.x_proj.weight", .2f, c.deltaRank() + 2 * c.stateSize(), e);
          add(layer + "attn.dt_proj.weight", .3f, e, c.deltaRank());
          add(layer + "attn.dt_proj.bias", 1, e);
          add(layer + "attn.A_log", 1, e, c.stateSize());
          add(layer + "attn.D", 1, e);
          add(layer + "attn.out_proj.weight", .2f, h, e);
        }
        case GATED_MEMORY -> {
          add(layer + "attn.in_proj.weight", .2f, e, h);
          add(layer + "attn.out_proj.weight", .2f, h, e);
        }
        case SLIDING_ATTENTION, FULL_ATTENTION -> attention(layer, h, h + 2 * c.keyValueWidth(), d);
        case CROSS_ATTENTION -> attention(layer, h, h, d);
      }
    }
  }

  private void attention(String layer, int h, int rows, int d) {
    add(layer + "attn.Wqkv.weight", .3f, rows, h);
    add(layer + "attn.Wqkv.bias", .1f, rows);
    add(layer + "attn.out_proj.weight", .2f, h, h);
    add(layer + "attn.out_proj.bias", .1f, h);
    for (String lambda : List.of("q1", "k1", "q2", "k2")) {
      add(layer + "attn.inner_cross_attn.lambda_" + lambda, .4f, d);
    }
    add(layer + "attn.inner_cross_attn.subln.weight", 1, 2 * d);
  }

  private void norm(String name, int h) {
    add(name + ".weight", 1, h);
    add(name + ".bias", .1f, h);
  }

  private void add(String name, float scale, Integer... shape) {
    int elements = 1;
    for (int extent : shape) {
      elements *= extent;
    }
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = scale * (float) random.nextGaussian();
    }
    checkpoint.add(name, values, List.of(shape));
  }
}
