package dev.candor.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.FiniteWeights;
import dev.candor.engine.weights.GgufFile;
import dev.candor.engine.weights.Tensor;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the published files hold, read with gguf-py 0.19.0 and from the models' own config.json. */
@Tag("real-data")
class RealWeightsTest {

  @Test
  void smolLm2() {
    try (GgufFile file = GgufFile.open(TestData.model("SmolLM2-135M-Instruct.Q4_1.gguf"))) {
      assertThat(file.architecture()).isEqualTo("llama");
      JsonObject config = file.config();
      assertThat(config.members())
          .containsEntry("hidden_size", 576L)
          .containsEntry("num_hidden_layers", 30L)
          .containsEntry("intermediate_size", 1536L)
          .containsEntry("num_attention_heads", 9L)
          .containsEntry("num_key_value_heads", 3L)
          .containsEntry("head_dim", 64L)
          .containsEntry("max_position_embeddings", 8192L)
          .containsEntry("rope_theta", 100_000.0)
          .containsEntry("rms_norm_eps", 1e-5)
          .containsEntry("vocab_size", 49152L)
          .containsEntry("tie_word_embeddings", true)
          .containsEntry("bos_token_id", 1L)
          .containsEntry("eos_token_id", 2L)
          .doesNotContainKeys("rope_scaling", "sliding_window");
      FiniteWeights.requireAll(file, checked -> {});
      assertThat(file.tensors()).hasSize(272);
      assertThat(file.require("model.embed_tokens.weight", 49152, 576).format())
          .isEqualTo(BlockFormat.Q8_0);
      assertThat(file.require("model.layers.29.mlp.down_proj.weight", 576, 1536).format())
          .isEqualTo(BlockFormat.Q4_1);
      List<String> tokens = file.values().strings("tokenizer.ggml.tokens").orElseThrow();
      assertThat(tokens).hasSize(49152).endsWith("ectable").contains("Ġsurrounded", "<|im_start|>");
      assertThat(file.values().strings("tokenizer.ggml.merges").orElseThrow()).hasSize(48900);
      assertThat(file.values().string("tokenizer.chat_template").orElseThrow())
          .startsWith("{% for message in messages %}");
    }
  }

  @Test
  void gemma3() {
    try (Checkpoint opened = Checkpoint.open(TestData.model("gemma-3-270m-q4_k_m.gguf"));
        GgufFile file = (GgufFile) opened) {
      assertThat(file.architecture()).isEqualTo("gemma3_text");
      JsonObject config = file.config();
      assertThat(config.members())
          .containsEntry("hidden_size", 640L)
          .containsEntry("num_hidden_layers", 18L)
          .containsEntry("intermediate_size", 2048L)
          .containsEntry("head_dim", 256L)
          .containsEntry("num_key_value_heads", 1L)
          .containsEntry("query_pre_attn_scalar", 256L)
          .containsEntry("sliding_window", 512L)
          .containsEntry("rope_theta", 1e6)
          .containsEntry("rope_local_base_freq", 1e4)
          .containsEntry("rms_norm_eps", 1e-6)
          .containsEntry("vocab_size", 262_144L);
      assertThat(config.strings("layer_types")).filteredOn("full_attention"::equals).hasSize(3);
      assertThat(file.tensors())
          .hasSize(236)
          .extracting(Tensor::name)
          .allMatch(name -> name.startsWith("model."));
      file.require("model.layers.17.self_attn.q_norm.weight", 256);
      file.require("model.layers.17.pre_feedforward_layernorm.weight", 640);
      assertThat(file.values().strings("tokenizer.ggml.tokens").orElseThrow())
          .hasSize(262_144)
          .startsWith("<pad>", "<eos>", "<bos>", "<unk>");
      assertThat(file.values().floats("tokenizer.ggml.scores").orElseThrow()).hasSize(262_144);
      assertThat(file.values().integers("tokenizer.ggml.token_type").orElseThrow())
          .hasSize(262_144)
          .startsWith(3, 3, 3);
    }
  }
}
