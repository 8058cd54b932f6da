package dev.candor.engine.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.candor.engine.EngineException;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every encoder, whatever its hyperparameters. */
class EncoderPropertiesTest {

  private static final String SMALL =
      """
      "vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2,
      "intermediate_size": 20, "max_position_embeddings": 40
      """;

  private static final String BERT = "{" + SMALL + ", \"hidden_act\": \"gelu\"}";

  @AutoClose private final WorkerPool one = new PersistentWorkerPool(1);
  @AutoClose private final WorkerPool three = new PersistentWorkerPool(3);

  private static RandomCheckpoint checkpoint(String architecture, String json) {
    RandomCheckpoint checkpoint = RandomCheckpoint.empty(architecture, json);
    new ReferenceEncoder(checkpoint).fill(11, 3);
    return checkpoint;
  }

  private static EncoderModel load(RandomCheckpoint checkpoint, WorkerPool pool) {
    return Architectures.loadEncoder(checkpoint, new Compute(new ScalarKernels(), pool));
  }

  @Test
  void bertGivesWhatTheFormulasGive() {
    assertFormulas(checkpoint("bert", BERT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        "embedding_size": 8, "intra_bottleneck_size": 12, "hidden_act": "relu"
        """,
        """
        "embedding_size": 8, "intra_bottleneck_size": 12, "hidden_act": "gelu",
        "normalization_type": "layer_norm", "num_feedforward_networks": 1
        """,
        """
        "embedding_size": 24, "intra_bottleneck_size": 12, "hidden_act": "relu",
        "trigram_input": false, "use_bottleneck_attention": true, "classifier_activation": false
        """,
        """
        "embedding_size": 10, "intra_bottleneck_size": 6, "hidden_act": "relu",
        "trigram_input": false, "use_bottleneck_attention": true,
        "key_query_shared_bottleneck": false, "num_feedforward_networks": 2,
        "normalization_type": "layer_norm"
        """,
        """
        "embedding_size": 8, "use_bottleneck": false, "hidden_act": "gelu",
        "normalization_type": "layer_norm", "num_feedforward_networks": 3
        """
      })
  void mobileBertGivesWhatTheFormulasGive(String others) {
    assertFormulas(checkpoint("mobilebert", "{" + SMALL + ", " + others + "}"));
  }

  private void assertFormulas(RandomCheckpoint checkpoint) {
    ReferenceEncoder reference = new ReferenceEncoder(checkpoint);
    for (int seed = 0; seed < 4; seed++) {
      EncoderInput input = input(seed);
      double[] expected = reference.logits(input);
      float[] logits = load(checkpoint, three).encode(input, Trace.NONE).logits();
      assertThat(logits).hasSameSizeAs(expected);
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) logits[i]).isCloseTo(expected[i], within(3e-5));
      }
      assertThat(load(checkpoint, one).encode(input, Trace.NONE).logits()).isEqualTo(logits);
    }
  }

  @Test
  void paddingChangesNothing() {
    EncoderModel model = load(checkpoint("bert", BERT), three);
    int[] ids = {2, 17, 3, 49, 0, 0, 5};
    EncoderInput padded =
        new EncoderInput(
            ids, new boolean[] {true, true, true, true, false, false, false}, new int[7]);
    assertThat(model.encode(padded, Trace.NONE).logits())
        .isEqualTo(model.encode(EncoderInput.of(2, 17, 3, 49), Trace.NONE).logits());
  }

  @Test
  void refusesTextsThatItCannotRead() {
    EncoderModel model = load(checkpoint("bert", BERT), one);
    assertCode(model, "generation.context-exceeded", EncoderInput.of(new int[41]));
    assertCode(model, "generation.token-out-of-range", EncoderInput.of(50));
    assertCode(model, "generation.input-empty", EncoderInput.of());
    assertCode(
        model, "generation.input-empty", new EncoderInput(new int[2], new boolean[2], new int[2]));
    assertCode(
        model,
        "generation.token-out-of-range",
        new EncoderInput(new int[1], new boolean[] {true}, new int[] {2}));
  }

  private static void assertCode(EncoderModel model, String code, EncoderInput input) {
    assertThatThrownBy(() -> model.encode(input, Trace.NONE))
        .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  /** A pair of texts; in every second case with padding behind it. */
  private static EncoderInput input(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int tokens = random.nextInt(2, 40);
    int attended = seed % 2 == 0 ? tokens : random.nextInt(1, tokens);
    boolean[] mask = new boolean[tokens];
    Arrays.fill(mask, 0, attended, true);
    int[] types = new int[tokens];
    Arrays.fill(types, tokens / 2, tokens, 1);
    return new EncoderInput(random.ints(tokens, 0, 50).toArray(), mask, types);
  }
}
