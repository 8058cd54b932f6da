package dev.candor.engine.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.EngineException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file that lies about itself, or asks for what the engine cannot do, is refused by name. */
class DecoderRefusalTest {

  @AutoClose private final WorkerPool pool = new PersistentWorkerPool(1);

  private static final String LLAMA =
      """
      {"vocab_size": 61, "hidden_size": 24, "intermediate_size": 38, "num_hidden_layers": 2,
       "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 32}
      """;

  private CausalModel load(RandomCheckpoint checkpoint) {
    return Architectures.load(checkpoint, new Compute(new ScalarKernels(), pool));
  }

  /** A sound checkpoint whose configuration is then changed. */
  private RandomCheckpoint changed(String key, String value) {
    RandomCheckpoint sound = RandomCheckpoint.decoder("llama", LLAMA, 1);
    String json =
        LLAMA.contains("\"" + key + "\"")
            ? LLAMA.replaceAll("\"" + key + "\": \\d+", "\"" + key + "\": " + value)
            : LLAMA.replace("{", "{\"" + key + "\": " + value + ",");
    return sound.withConfig(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "num_hidden_layers | 0 | num_hidden_layers",
        "num_hidden_layers | -1 | num_hidden_layers",
        "num_hidden_layers | 2147483647 | num_hidden_layers",
        "num_hidden_layers | 1e300 | num_hidden_layers",
        "num_attention_heads | 0 | num_attention_heads",
        "num_attention_heads | 5 | num_",
        "num_attention_heads | 4294967296 | num_attention_heads",
        "num_key_value_heads | 0 | num_key_value_heads",
        "num_key_value_heads | 3 | num_key_value_heads",
        "num_key_value_heads | 8 | num_key_value_heads",
        "hidden_size | 0 | hidden_size",
        "hidden_size | 2147483647 | hidden_size",
        "intermediate_size | 2147483647 | intermediate_size",
        "vocab_size | 0 | vocab_size",
        "vocab_size | 2147483647 | vocab_size",
        "max_position_embeddings | 0 | max_position_embeddings",
        "max_position_embeddings | 9223372036854775807 | max_position_embeddings",
        "head_dim | 7 | head_dim",
        "head_dim | 0 | head_dim",
        "head_dim | 2147483647 | head_dim",
        "rms_norm_eps | 0 | rms_norm_eps",
        "rms_norm_eps | -1e-5 | rms_norm_eps",
        "rope_theta | 0 | rope_theta",
        "rope_theta | -10000 | rope_theta",
        "hidden_act | 'quick_gelu' | hidden_act",
        "rope_scaling | {'type': 'yarn', 'factor': 4.0} | rope_type",
        "rope_scaling | {'type': 'linear', 'factor': 0} | rope_scaling",
        "rope_scaling | {'type': 'linear'} | factor",
        "rope_scaling | {'type': 'longrope', 'short_factor': [1], 'long_factor': [1]} | short_factor",
        "rope_parameters | {'rope_theta': 10000.0} | rope_parameters",
        "partial_rotary_factor | 0 | partial_rotary_factor",
        "partial_rotary_factor | 1.5 | partial_rotary_factor",
        "num_hidden_layers | 'two' | num_hidden_layers",
      })
  void refusesHyperparametersOutsideTheirLimits(String key, String value, String named) {
    RandomCheckpoint checkpoint = changed(key, value.replace('\'', '"'));
    assertThatThrownBy(() -> load(checkpoint))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> {
              assertThat(e.code()).startsWith("config.");
              assertThat(e).hasMessageContaining(named);
              assertThat(e.remedy()).isNotBlank();
            });
  }

  @Test
  void refusesTensorsThatDoNotFit() {
    assertCode("model.shape", changed("intermediate_size", "40"));
    assertCode("model.shape", changed("vocab_size", "62"));
    assertCode("model.missing-tensor", changed("num_hidden_layers", "3"));
    assertCode("model.unexpected-tensor", changed("num_hidden_layers", "1"));
    RandomCheckpoint biased = RandomCheckpoint.decoder("llama", LLAMA, 1);
    biased.add("model.layers.1.self_attn.q_norm.weight", new float[6], List.of(6));
    assertCode("model.unexpected-tensor", biased);
  }

  @Test
  void refusesAnUnknownArchitecture() {
    RandomCheckpoint unknown = RandomCheckpoint.decoder("gpt_bigcode", LLAMA, 1);
    assertCode("model.unknown-architecture", unknown);
  }

  @Test
  void refusesIdsAndContextsThatItDoesNotHave() {
    CausalModel model = load(RandomCheckpoint.decoder("llama", LLAMA, 1));
    assertThatThrownBy(() -> model.newState(33, BlockFormat.F32))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.code()).isEqualTo("generation.out-of-range"));
    float[] logits = new float[61];
    try (SequenceState state = model.newState(4, BlockFormat.F32)) {
      int[] ids = {1, 61, 2, 3, 4};
      assertThatThrownBy(
              () -> model.forward(state, ids, 0, 2, LogitsRequest.LAST, logits, Trace.NONE))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.code()).isEqualTo("generation.token-out-of-range"));
      assertThatThrownBy(
              () -> model.forward(state, ids, 0, 5, LogitsRequest.LAST, logits, Trace.NONE))
          .isInstanceOfSatisfying(
              EngineException.class,
              e -> assertThat(e.code()).isEqualTo("generation.context-exceeded"));
      assertThat(state.position()).isZero();
    }
  }

  private void assertCode(String code, RandomCheckpoint checkpoint) {
    assertThatThrownBy(() -> load(checkpoint))
        .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
