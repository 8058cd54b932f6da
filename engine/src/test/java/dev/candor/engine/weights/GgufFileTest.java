package dev.candor.engine.weights;

import static dev.candor.engine.weights.TestFiles.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.BlockFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against files that gguf-py wrote; see the README beside them. */
class GgufFileTest {

  @TempDir private Path folder;

  private static JsonObject expected() throws IOException {
    return Json.parseObject(
        new ByteArrayInputStream(TestFiles.bytes("gguf/every-type.json")),
        Json.Limits.CONFIG,
        "every-type.json");
  }

  private static void checkEveryType(Path path) throws IOException, NoSuchAlgorithmException {
    JsonObject expected = expected();
    Set<BlockFormat> formats = new HashSet<>();
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      assertThat(checkpoint.tensors()).hasSize(expected.members().size());
      for (Tensor tensor : checkpoint.tensors()) {
        JsonObject description = expected.object(tensor.name()).orElseThrow();
        assertThat(tensor.format().name()).isEqualTo(description.string("format"));
        assertThat(tensor.shape().stream().map(Integer::longValue).toList())
            .isEqualTo(description.list("shape").orElseThrow());
        byte[] digest =
            MessageDigest.getInstance("SHA-256")
                .digest(tensor.data().toArray(ValueLayout.JAVA_BYTE));
        assertThat(HexFormat.of().formatHex(digest))
            .as(tensor.name())
            .isEqualTo(description.string("sha256"));
        assertThat(tensor.data().isMapped()).isTrue();
        formats.add(tensor.format());
      }
    }
    assertThat(formats).containsExactlyInAnyOrder(BlockFormat.values());
  }

  @Test
  void readsEveryType() throws IOException, NoSuchAlgorithmException {
    checkEveryType(TestFiles.path("gguf/every-type.gguf"));
  }

  @Test
  void readsVersion2() throws IOException, NoSuchAlgorithmException {
    byte[] bytes = TestFiles.bytes("gguf/every-type.gguf");
    bytes[4] = 2;
    checkEveryType(Files.write(folder.resolve("anything.bin"), bytes));
  }

  @Test
  void refusesOtherVersions() throws IOException {
    byte[] bytes = TestFiles.bytes("gguf/every-type.gguf");
    for (byte[] version : List.of(new byte[] {1, 0}, new byte[] {4, 0}, new byte[] {0, 3})) {
      bytes[4] = version[0];
      bytes[7] = version[1];
      Path path = Files.write(folder.resolve("x.gguf"), bytes);
      assertThat(code(() -> Checkpoint.open(path))).isEqualTo("weights.unsupported");
    }
  }

  @Test
  void readsEveryTypeOfMetadata() {
    try (GgufFile file = GgufFile.open(TestFiles.path("gguf/every-type.gguf"))) {
      GgufValues values = file.values();
      assertThat(values.integer("t.uint8")).hasValue(255);
      assertThat(values.integer("t.int8")).hasValue(-128);
      assertThat(values.integer("t.uint16")).hasValue(65535);
      assertThat(values.integer("t.int16")).hasValue(-32768);
      assertThat(values.integer("t.uint32")).hasValue(4294967295L);
      assertThat(values.integer("t.int32")).hasValue(Integer.MIN_VALUE);
      assertThat(values.integer("t.uint64")).hasValue(Long.MAX_VALUE);
      assertThat(values.integer("t.int64")).hasValue(Long.MIN_VALUE);
      assertThat(values.number("t.float32")).hasValue(0.1f);
      assertThat(values.number("t.float64")).hasValue(1e-300);
      assertThat(values.number("t.uint8")).hasValue(255);
      assertThat(values.bool("t.true")).contains(true);
      assertThat(values.bool("t.false")).contains(false);
      assertThat(values.string("t.string")).contains("naïve 漢字 🙂\n");
      assertThat(values.string("t.long")).contains("0123456789".repeat(2000));
      assertThat(values.strings("t.strings"))
          .contains(List.of("", "a", "ü", "▁the", "x".repeat(300)));
      assertThat(values.integers("t.ints").orElseThrow()).containsExactly(1, -2, 2147483647);
      assertThat(values.floats("t.floats").orElseThrow()).containsExactly(0.5f, -1.25f, 3e38f);
      assertThat(values.integers("t.bools").orElseThrow()).containsExactly(1, 0, 1);
      assertThat(values.count("t.bools")).hasValue(3);
      assertThat(values.strings("t.none")).isEmpty();
      assertThat(code(() -> values.integer("t.float32"))).isEqualTo("weights.wrong-type");
      assertThat(code(() -> values.string("t.strings"))).isEqualTo("weights.wrong-type");
      assertThat(code(() -> values.strings("t.string"))).isEqualTo("weights.wrong-type");
      assertThat(code(() -> values.integers("t.strings"))).isEqualTo("weights.wrong-type");
      assertThat(code(() -> values.floats("t.ints"))).isEqualTo("weights.wrong-type");
    }
  }

  @Test
  void translatesALlama() {
    try (Checkpoint checkpoint = Checkpoint.open(TestFiles.path("gguf/llama.gguf"))) {
      assertThat(checkpoint.architecture()).isEqualTo("llama");
      assertThat(checkpoint.convention()).isEqualTo(Checkpoint.Convention.GGUF);
      checkpoint.require("model.embed_tokens.weight", 10, 32);
      checkpoint.require("model.norm.weight", 32);
      checkpoint.require("model.layers.1.self_attn.k_proj.weight", 16, 32);
      checkpoint.require("model.layers.1.mlp.down_proj.weight", 32, 48);
      checkpoint.require("model.layers.0.post_attention_layernorm.weight", 32);
      List<String> names = new ArrayList<>();
      checkpoint.tensors().forEach(tensor -> names.add(tensor.name()));
      assertThat(names).hasSize(20).allMatch(name -> name.startsWith("model."));
      Map<String, Object> config = checkpoint.config().members();
      assertThat(config)
          .containsEntry("model_type", "llama")
          .containsEntry("vocab_size", 10L)
          .containsEntry("hidden_size", 32L)
          .containsEntry("num_hidden_layers", 2L)
          .containsEntry("intermediate_size", 48L)
          .containsEntry("num_attention_heads", 4L)
          .containsEntry("num_key_value_heads", 2L)
          .containsEntry("max_position_embeddings", 128L)
          .containsEntry("head_dim", 8L)
          .containsEntry("rope_theta", 500000.0)
          .containsEntry("rms_norm_eps", 1e-5)
          .containsEntry("tie_word_embeddings", true)
          .containsEntry("hidden_act", "silu")
          .containsEntry("attention_bias", false)
          .containsEntry("bos_token_id", 8L)
          .containsEntry("eos_token_id", 9L)
          .doesNotContainKey("sliding_window");
      JsonObject scaling = checkpoint.config().object("rope_scaling").orElseThrow();
      assertThat(scaling.string("rope_type")).isEqualTo("longrope");
      assertThat(scaling.floats("long_factor")).containsExactly(1, 1.5f, 4, 8);
      assertThat(scaling.floats("short_factor")).containsExactly(1, 1.5f, 4, 8);
      assertThat(scaling.number("attention_factor")).isEqualTo(1);
      assertThat(checkpoint.generationConfig().list("eos_token_id")).contains(List.of(9L, 7L));
    }
  }

  @Test
  void translatesAGemma3() {
    try (Checkpoint checkpoint = Checkpoint.open(TestFiles.path("gguf/gemma3.gguf"))) {
      assertThat(checkpoint.architecture()).isEqualTo("gemma3_text");
      JsonObject config = checkpoint.config();
      assertThat(config.strings("layer_types"))
          .containsExactly(
              "sliding_attention",
              "sliding_attention",
              "sliding_attention",
              "sliding_attention",
              "sliding_attention",
              "full_attention",
              "sliding_attention");
      assertThat(config.members())
          .containsEntry("sliding_window", 512L)
          .containsEntry("rope_local_base_freq", 10_000.0)
          .containsEntry("rope_theta", 1e6)
          .containsEntry("head_dim", 32L)
          .containsEntry("query_pre_attn_scalar", 32L)
          .containsEntry("vocab_size", 12L)
          .containsEntry("hidden_activation", "gelu_pytorch_tanh");
      JsonObject scaling = config.object("rope_scaling").orElseThrow();
      assertThat(scaling.string("rope_type")).isEqualTo("linear");
      assertThat(scaling.number("factor")).isEqualTo(8);
    }
  }

  @Test
  void translatesAPhi3() {
    try (Checkpoint checkpoint = Checkpoint.open(TestFiles.path("gguf/phi3.gguf"))) {
      assertThat(checkpoint.architecture()).isEqualTo("phi3");
      JsonObject config = checkpoint.config();
      assertThat(config.members())
          .containsEntry("partial_rotary_factor", 0.75)
          .containsEntry("original_max_position_embeddings", 4096L)
          .containsEntry("tie_word_embeddings", false)
          .doesNotContainKeys("sliding_window", "head_dim");
      JsonObject scaling = config.object("rope_scaling").orElseThrow();
      assertThat(scaling.floats("short_factor")).containsExactly(1, 1.1f, 1.25f, 1.4f, 1.6f, 1.8f);
      assertThat(scaling.floats("long_factor")).containsExactly(1, 1.6f, 2.5f, 4.1f, 7.3f, 12.5f);
      assertThat(scaling.number("attention_factor")).isEqualTo((double) 1.1902380952f);
      assertThat(checkpoint.tensor("lm_head.weight")).isPresent();
    }
  }
}
