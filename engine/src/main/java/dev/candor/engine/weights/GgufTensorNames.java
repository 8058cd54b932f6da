package dev.candor.engine.weights;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a tensor is called in Hugging Face's files and in GGUF files, both ways, per {@code
 * model_type}. llama.cpp's names where it knows the architecture; for {@code phi4flash} and {@code
 * mobilebert} ours, in its manner.
 *
 * <p>One line of the tables serves {@code .weight} and {@code .bias} alike; {@code #} stands for
 * the number of a layer, {@code *} for the number of a network within it.
 */
final class GgufTensorNames {

  private static final String[][] DECODER = {
    {"model.embed_tokens", "token_embd"},
    {"model.norm", "output_norm"},
    {"lm_head", "output"},
    {"model.layers.#.input_layernorm", "blk.#.attn_norm"},
    {"model.layers.#.self_attn.q_proj", "blk.#.attn_q"},
    {"model.layers.#.self_attn.k_proj", "blk.#.attn_k"},
    {"model.layers.#.self_attn.v_proj", "blk.#.attn_v"},
    {"model.layers.#.self_attn.o_proj", "blk.#.attn_output"},
    {"model.layers.#.mlp.gate_proj", "blk.#.ffn_gate"},
    {"model.layers.#.mlp.up_proj", "blk.#.ffn_up"},
    {"model.layers.#.mlp.down_proj", "blk.#.ffn_down"},
  };

  private static final String[][] TWO_NORMS = {
    {"model.layers.#.post_attention_layernorm", "blk.#.ffn_norm"},
  };

  private static final String[][] GEMMA3 = {
    {"model.layers.#.self_attn.q_norm", "blk.#.attn_q_norm"},
    {"model.layers.#.self_attn.k_norm", "blk.#.attn_k_norm"},
    {"model.layers.#.post_attention_layernorm", "blk.#.post_attention_norm"},
    {"model.layers.#.pre_feedforward_layernorm", "blk.#.ffn_norm"},
    {"model.layers.#.post_feedforward_layernorm", "blk.#.post_ffw_norm"},
  };

  /** Fused projections; llama.cpp calls gate and up together {@code ffn_up}. */
  private static final String[][] PHI3 = {
    {"model.embed_tokens", "token_embd"},
    {"model.norm", "output_norm"},
    {"lm_head", "output"},
    {"model.layers.#.input_layernorm", "blk.#.attn_norm"},
    {"model.layers.#.self_attn.qkv_proj", "blk.#.attn_qkv"},
    {"model.layers.#.self_attn.o_proj", "blk.#.attn_output"},
    {"model.layers.#.mlp.gate_up_proj", "blk.#.ffn_up"},
    {"model.layers.#.mlp.down_proj", "blk.#.ffn_down"},
  };

  /** Mamba, GMU and attention layers share one name for their projections in and out. */
  private static final String[][] PHI4FLASH = {
    {"model.embed_tokens", "token_embd"},
    {"model.final_layernorm", "output_norm"},
    {"lm_head", "output"},
    {"model.layers.#.input_layernorm", "blk.#.attn_norm"},
    {"model.layers.#.post_attention_layernorm", "blk.#.ffn_norm"},
    {"model.layers.#.mlp.fc1", "blk.#.ffn_up"},
    {"model.layers.#.mlp.fc2", "blk.#.ffn_down"},
    {"model.layers.#.attn.in_proj", "blk.#.mixer_in"},
    {"model.layers.#.attn.out_proj", "blk.#.mixer_out"},
    {"model.layers.#.attn.conv1d", "blk.#.ssm_conv1d"},
    {"model.layers.#.attn.x_proj", "blk.#.ssm_x"},
    {"model.layers.#.attn.dt_proj", "blk.#.ssm_dt"},
    {"model.layers.#.attn.A_log", "blk.#.ssm_a_log"},
    {"model.layers.#.attn.D", "blk.#.ssm_d"},
    {"model.layers.#.attn.Wqkv", "blk.#.attn_qkv"},
    {"model.layers.#.attn.inner_cross_attn.lambda_q1", "blk.#.attn_lambda_q1"},
    {"model.layers.#.attn.inner_cross_attn.lambda_k1", "blk.#.attn_lambda_k1"},
    {"model.layers.#.attn.inner_cross_attn.lambda_q2", "blk.#.attn_lambda_q2"},
    {"model.layers.#.attn.inner_cross_attn.lambda_k2", "blk.#.attn_lambda_k2"},
    {"model.layers.#.attn.inner_cross_attn.subln", "blk.#.attn_sub_norm"},
  };

  private static final String[][] BERT = {
    {"bert.embeddings.word_embeddings", "token_embd"},
    {"bert.embeddings.position_embeddings", "position_embd"},
    {"bert.embeddings.token_type_embeddings", "token_types"},
    {"bert.embeddings.LayerNorm", "token_embd_norm"},
    {"bert.encoder.layer.#.attention.self.query", "blk.#.attn_q"},
    {"bert.encoder.layer.#.attention.self.key", "blk.#.attn_k"},
    {"bert.encoder.layer.#.attention.self.value", "blk.#.attn_v"},
    {"bert.encoder.layer.#.attention.output.dense", "blk.#.attn_output"},
    {"bert.encoder.layer.#.attention.output.LayerNorm", "blk.#.attn_output_norm"},
    {"bert.encoder.layer.#.intermediate.dense", "blk.#.ffn_up"},
    {"bert.encoder.layer.#.output.dense", "blk.#.ffn_down"},
    {"bert.encoder.layer.#.output.LayerNorm", "blk.#.layer_output_norm"},
    {"bert.pooler.dense", "cls"},
    {"classifier", "cls.output"},
  };

  private static final String[][] MOBILEBERT = {
    {"mobilebert.embeddings.word_embeddings", "token_embd"},
    {"mobilebert.embeddings.position_embeddings", "position_embd"},
    {"mobilebert.embeddings.token_type_embeddings", "token_types"},
    {"mobilebert.embeddings.LayerNorm", "token_embd_norm"},
    {"mobilebert.embeddings.embedding_transformation", "token_embd_transform"},
    {"mobilebert.encoder.layer.#.bottleneck.input.dense", "blk.#.bottleneck_input"},
    {"mobilebert.encoder.layer.#.bottleneck.input.LayerNorm", "blk.#.bottleneck_input_norm"},
    {"mobilebert.encoder.layer.#.bottleneck.attention.dense", "blk.#.bottleneck_attn"},
    {"mobilebert.encoder.layer.#.bottleneck.attention.LayerNorm", "blk.#.bottleneck_attn_norm"},
    {"mobilebert.encoder.layer.#.attention.self.query", "blk.#.attn_q"},
    {"mobilebert.encoder.layer.#.attention.self.key", "blk.#.attn_k"},
    {"mobilebert.encoder.layer.#.attention.self.value", "blk.#.attn_v"},
    {"mobilebert.encoder.layer.#.attention.output.dense", "blk.#.attn_output"},
    {"mobilebert.encoder.layer.#.attention.output.LayerNorm", "blk.#.attn_output_norm"},
    {"mobilebert.encoder.layer.#.ffn.*.intermediate.dense", "blk.#.ffn_up.*"},
    {"mobilebert.encoder.layer.#.ffn.*.output.dense", "blk.#.ffn_down.*"},
    {"mobilebert.encoder.layer.#.ffn.*.output.LayerNorm", "blk.#.ffn_output_norm.*"},
    {"mobilebert.encoder.layer.#.intermediate.dense", "blk.#.ffn_up"},
    {"mobilebert.encoder.layer.#.output.dense", "blk.#.ffn_down"},
    {"mobilebert.encoder.layer.#.output.LayerNorm", "blk.#.ffn_output_norm"},
    {"mobilebert.encoder.layer.#.output.bottleneck.dense", "blk.#.bottleneck_output"},
    {"mobilebert.encoder.layer.#.output.bottleneck.LayerNorm", "blk.#.bottleneck_output_norm"},
    {"mobilebert.pooler.dense", "cls"},
    {"classifier", "cls.output"},
  };

  private static final Map<String, GgufTensorNames> BY_MODEL_TYPE =
      Map.of(
          "llama", new GgufTensorNames(DECODER, TWO_NORMS),
          "mistral", new GgufTensorNames(DECODER, TWO_NORMS),
          "gemma", new GgufTensorNames(DECODER, TWO_NORMS),
          "gemma3_text", new GgufTensorNames(DECODER, GEMMA3),
          "phi3", new GgufTensorNames(PHI3, TWO_NORMS),
          "phi4flash", new GgufTensorNames(PHI4FLASH),
          "bert", new GgufTensorNames(BERT),
          "mobilebert", new GgufTensorNames(MOBILEBERT));

  private static final List<String> ENDINGS = List.of(".weight", ".bias");

  private static final Pattern LAYER = Pattern.compile("(?<=^blk\\.|\\.layers?\\.)\\d{1,6}(?=\\.)");
  private static final Pattern NETWORK = Pattern.compile("(?<=\\.ffn\\.)\\d{1,3}(?=\\.)");
  private static final Pattern LAST_NUMBER = Pattern.compile("(?<=\\.)\\d{1,3}$");

  private final Map<String, String> toGguf = new HashMap<>();
  private final Map<String, String> toHuggingFace = new HashMap<>();

  private GgufTensorNames(String[][]... tables) {
    for (String[][] table : tables) {
      for (String[] line : table) {
        toGguf.put(line[0], line[1]);
        toHuggingFace.put(line[1], line[0]);
      }
    }
  }

  /** The names of an architecture by its Hugging Face {@code model_type}, if there is a table. */
  static Optional<GgufTensorNames> of(String modelType) {
    return Optional.ofNullable(BY_MODEL_TYPE.get(modelType));
  }

  /** The GGUF name of a tensor by its Hugging Face name. */
  Optional<String> toGguf(String name) {
    return translate(toGguf, name);
  }

  /** The Hugging Face name of a tensor by its GGUF name. */
  Optional<String> toHuggingFace(String name) {
    return translate(toHuggingFace, name);
  }

  private static Optional<String> translate(Map<String, String> table, String name) {
    if (name.indexOf('#') >= 0 || name.indexOf('*') >= 0) {
      return Optional.empty();
    }
    String ending = ENDINGS.stream().filter(name::endsWith).findFirst().orElse("");
    String stem = name.substring(0, name.length() - ending.length());
    String layer = "";
    Matcher numbered = LAYER.matcher(stem);
    if (numbered.find()) {
      layer = numbered.group();
      stem = numbered.replaceFirst("#");
    }
    String network = "";
    for (Pattern pattern : List.of(NETWORK, LAST_NUMBER)) {
      Matcher inner = pattern.matcher(stem);
      if (inner.find()) {
        network = inner.group();
        stem = inner.replaceFirst("*");
        break;
      }
    }
    String found = table.get(stem);
    if (found == null) {
      return Optional.empty();
    }
    return Optional.of(found.replace("#", layer).replace("*", network) + ending);
  }
}
