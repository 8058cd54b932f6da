package dev.candor.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufTensorNamesTest {

  @ParameterizedTest
  @CsvSource({
    "llama, model.layers.17.self_attn.q_proj.weight, blk.17.attn_q.weight",
    "llama, model.layers.3.post_attention_layernorm.weight, blk.3.ffn_norm.weight",
    "llama, lm_head.weight, output.weight",
    "gemma3_text, model.layers.3.post_attention_layernorm.weight, blk.3.post_attention_norm.weight",
    "phi3, model.layers.31.mlp.gate_up_proj.weight, blk.31.ffn_up.weight",
    "phi4flash, model.layers.16.attn.A_log, blk.16.ssm_a_log",
    "phi4flash, model.layers.1.attn.inner_cross_attn.lambda_q1, blk.1.attn_lambda_q1",
    "phi4flash, model.layers.1.attn.Wqkv.bias, blk.1.attn_qkv.bias",
    "bert, bert.embeddings.LayerNorm.bias, token_embd_norm.bias",
    "bert, classifier.weight, cls.output.weight",
    "bert, bert.pooler.dense.weight, cls.weight",
    "mobilebert, mobilebert.encoder.layer.23.ffn.2.output.LayerNorm.weight,"
        + " blk.23.ffn_output_norm.2.weight",
    "mobilebert, mobilebert.encoder.layer.23.output.LayerNorm.weight,"
        + " blk.23.ffn_output_norm.weight",
  })
  void translatesBothWays(String modelType, String huggingFace, String gguf) {
    GgufTensorNames names = GgufTensorNames.of(modelType).orElseThrow();
    assertThat(names.toGguf(huggingFace)).contains(gguf);
    assertThat(names.toHuggingFace(gguf)).contains(huggingFace);
  }

  @Test
  void knowsNothingElse() {
    GgufTensorNames names = GgufTensorNames.of("llama").orElseThrow();
    assertThat(names.toGguf("model.layers.0.self_attn.rotary_emb.inv_freq")).isEmpty();
    assertThat(names.toGguf("model.layers.#.mlp.up_proj.weight")).isEmpty();
    assertThat(names.toGguf("model.layers.0.mlp.up_proj.weights")).isEmpty();
    assertThat(names.toHuggingFace("blk.0.attn_q.scale")).isEmpty();
    assertThat(names.toHuggingFace("blk.99999999999.attn_q.weight")).isEmpty();
    assertThat(names.toHuggingFace("rope_freqs.weight")).isEmpty();
    assertThat(GgufTensorNames.of("gpt2")).isEmpty();
  }
}
