package dev.candor.engine.models;

import java.util.List;

/** Hyperparameters that differ in what transformers lets them differ in. */
final class DecoderConfigs {

  record Named(String architecture, String json) {}

  private static final String SMALL =
      """
      "vocab_size": 61, "hidden_size": 24, "intermediate_size": 38, "num_hidden_layers": 3,
      "max_position_embeddings": 512, "rms_norm_eps": 1e-5
      """;

  private DecoderConfigs() {}

  static final List<Named> ALL =
      List.of(
          named("llama", "\"num_attention_heads\": 4"),
          named(
              "llama",
              """
              "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": null,
              "attention_bias": true, "mlp_bias": true, "tie_word_embeddings": true,
              "rope_scaling": null
              """),
          named(
              "llama",
              """
              "num_attention_heads": 3, "num_key_value_heads": 1, "head_dim": 10,
              "rope_scaling": {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0,
                "high_freq_factor": 4.0, "original_max_position_embeddings": 64}
              """),
          named(
              "llama",
              """
              "num_attention_heads": 2, "hidden_act": "gelu",
              "rope_scaling": {"type": "linear", "factor": 2.5}
              """),
          named(
              "mistral",
              """
              "num_attention_heads": 4, "num_key_value_heads": 2, "sliding_window": 5,
              "head_dim": 8
              """),
          named(
              "mistral",
              "\"num_attention_heads\": 4, \"num_key_value_heads\": null, \"sliding_window\": null"),
          named(
              "gemma",
              """
              "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 10,
              "attention_bias": true
              """),
          named(
              "gemma3_text",
              """
              "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
              "sliding_window": 3, "sliding_window_pattern": 2, "query_pre_attn_scalar": 13,
              "rope_theta": 50000.0, "rope_scaling": {"rope_type": "linear", "factor": 8.0},
              "final_logit_softcapping": 2.0, "attention_bias": true
              """),
          named(
              "gemma3_text",
              """
              "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 12,
              "sliding_window": 7, "query_pre_attn_scalar": 12, "tie_word_embeddings": false,
              "layer_types": ["full_attention", "sliding_attention", "full_attention"]
              """),
          named(
              "phi3",
              """
              "num_attention_heads": 2, "num_key_value_heads": 1, "partial_rotary_factor": 0.5,
              "sliding_window": 9, "tie_word_embeddings": true
              """),
          named(
              "phi3",
              """
              "num_attention_heads": 2, "partial_rotary_factor": 0.5,
              "original_max_position_embeddings": 20,
              "rope_scaling": {"type": "longrope", "short_factor": [1.0, 1.1, 1.3],
                "long_factor": [1.0, 2.0, 5.0]}
              """),
          // Heads of whole blocks, which a cache in 8 bits takes.
          named(
              "llama", "\"num_attention_heads\": 6, \"num_key_value_heads\": 2, \"head_dim\": 32"),
          named(
              "gemma3_text",
              """
              "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 64,
              "sliding_window": 7, "query_pre_attn_scalar": 12, "tie_word_embeddings": false,
              "layer_types": ["full_attention", "sliding_attention", "full_attention"]
              """));

  private static Named named(String architecture, String others) {
    return new Named(architecture, "{" + SMALL + ", " + others + "}");
  }
}
