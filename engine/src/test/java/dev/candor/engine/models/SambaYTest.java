package dev.candor.engine.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.EngineException;
import dev.candor.engine.GenerationException;
import dev.candor.engine.ModelException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties of SambaY that need no reference; the goldens are in conformance. */
class SambaYTest {

  private static final int VOCABULARY = 101;

  /** Longer than a chunk and than the window, so that every ring wraps. */
  private static final int LENGTH = 300;

  private static int[] tokens(int count) {
    SplittableRandom random = new SplittableRandom(7);
    return random.ints(count, 0, VOCABULARY).toArray();
  }

  private static SambaY model(int threads) {
    return model(RandomSambaY.CONFIG, threads);
  }

  /** One whose heads fit the format of the cache. */
  private static SambaY model(BlockFormat cache, int threads) {
    return model(
        cache == BlockFormat.Q8_0 ? RandomSambaY.WIDE_HEADS : RandomSambaY.CONFIG, threads);
  }

  private static SambaY model(String config, int threads) {
    return new SambaY(
        RandomSambaY.of(config, 1),
        new Compute(new ScalarKernels(), new PersistentWorkerPool(threads)));
  }

  private static float[] logits(SambaY model, SequenceState state, int[] tokens, int from, int to) {
    float[] logits = new float[(to - from) * VOCABULARY];
    model.forward(state, tokens, from, to, LogitsRequest.ALL, logits, Trace.NONE);
    return logits;
  }

  private static float[] last(SambaY model, SequenceState state, int[] tokens, int from, int to) {
    float[] logits = new float[VOCABULARY];
    model.forward(state, tokens, from, to, LogitsRequest.LAST, logits, Trace.NONE);
    return logits;
  }

  private static float[] row(float[] logits, int token) {
    return Arrays.copyOfRange(logits, token * VOCABULARY, (token + 1) * VOCABULARY);
  }

  @ParameterizedTest
  @EnumSource(
      value = BlockFormat.class,
      names = {"F32", "F16", "Q8_0"})
  void prefillThatSkipsTheCrossDecoderEqualsTheFullForward(BlockFormat cache) {
    SambaY model = model(cache, 1);
    int[] tokens = tokens(LENGTH);
    try (SequenceState full = model.newState(LENGTH, cache)) {
      float[] all = logits(model, full, tokens, 0, LENGTH);
      for (int length : new int[] {1, 2, 9, 10, 127, 128, 129, 256, 257, LENGTH}) {
        try (SequenceState skipping = model.newState(length, cache)) {
          assertThat(last(model, skipping, tokens, 0, length))
              .as("prompt of %d", length)
              .isEqualTo(row(all, length - 1));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = BlockFormat.class,
      names = {"F16", "Q8_0"})
  void bitsDoNotDependOnChunksOrThreads(BlockFormat cache) {
    SambaY one = model(cache, 1);
    SambaY two = model(cache, 2);
    int[] tokens = tokens(LENGTH);
    SplittableRandom random = new SplittableRandom(3);
    try (SequenceState whole = one.newState(LENGTH, cache)) {
      float[] expected = last(one, whole, tokens, 0, LENGTH);
      for (int trial = 0; trial < 10; trial++) {
        SambaY model = trial % 2 == 0 ? one : two;
        try (SequenceState state = model.newState(LENGTH + trial, cache)) {
          int at = 0;
          while (at < LENGTH - 1) {
            int next = Math.min(LENGTH - 1, at + random.nextInt(1, trial < 5 ? 12 : 200));
            LogitsRequest wanted = LogitsRequest.values()[random.nextInt(3)];
            model.forward(
                state, tokens, at, next, wanted, new float[(next - at) * VOCABULARY], Trace.NONE);
            at = next;
          }
          assertThat(last(model, state, tokens, LENGTH - 1, LENGTH)).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = BlockFormat.class,
      names = {"F16", "Q8_0"})
  void aSnapshotContinuesToTheSameBits(BlockFormat cache) {
    SambaY model = model(cache, 1);
    int[] tokens = tokens(LENGTH);
    for (int cut : new int[] {0, 1, 2, 3, 8, 9, 10, 136, 137, 138, 270}) {
      try (SequenceState original = model.newState(LENGTH, cache);
          SequenceState copy = model.newState(LENGTH + 50, cache)) {
        model.forward(copy, tokens, 0, 33, LogitsRequest.NONE, new float[0], Trace.NONE);
        model.forward(original, tokens, 0, cut, LogitsRequest.NONE, new float[0], Trace.NONE);
        List<MemorySegment> saved = new ArrayList<>();
        for (MemorySegment segment : original.snapshot(Arena.ofAuto())) {
          saved.add(MemorySegment.ofArray(segment.toArray(ValueLayout.JAVA_BYTE)));
        }
        assertThat(saved.stream().map(MemorySegment::byteSize).toList())
            .isEqualTo(original.snapshotBytes(cut));
        copy.restore(cut, saved);
        assertThat(copy.position()).isEqualTo(cut);
        assertThat(last(model, copy, tokens, cut, LENGTH))
            .isEqualTo(last(model, original, tokens, cut, LENGTH));
      }
    }
  }

  @Test
  void tooManyTokensAreRefusedAndTheStateGoesOn() {
    SambaY model = model(1);
    int[] tokens = tokens(20);
    try (SequenceState state = model.newState(10, BlockFormat.F32);
        SequenceState other = model.newState(10, BlockFormat.F32)) {
      model.forward(state, tokens, 0, 6, LogitsRequest.NONE, new float[0], Trace.NONE);
      assertThatThrownBy(() -> last(model, state, tokens, 6, 11))
          .isInstanceOf(GenerationException.class)
          .hasMessageContaining("10")
          .extracting(e -> ((GenerationException) e).code())
          .isEqualTo("generation.context-exceeded");
      assertThat(last(model, state, tokens, 6, 10)).isEqualTo(last(model, other, tokens, 0, 10));
    }
  }

  @Test
  void idsOutsideTheVocabularyAreRefused() {
    SambaY model = model(1);
    try (SequenceState state = model.newState(10, BlockFormat.F32)) {
      for (int id : new int[] {-1, VOCABULARY, Integer.MAX_VALUE}) {
        assertThatThrownBy(() -> last(model, state, new int[] {1, id}, 0, 2))
            .isInstanceOf(GenerationException.class)
            .hasMessageContaining(String.valueOf(id));
        assertThat(state.position()).isZero();
      }
    }
  }

  @Test
  void aMissingTensorIsNamed() {
    String name = "model.layers.5.attn.inner_cross_attn.subln.weight";
    assertThatThrownBy(() ->
            new SambaY(
                RandomSambaY.of(1).without(name),
                new Compute(new ScalarKernels(), new PersistentWorkerPool(1))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(name);
  }

  @Test
  void eightBitsNeedHeadsOfWholeBlocks() {
    assertThatThrownBy(() -> model(1).newState(10, BlockFormat.Q8_0))
        .isInstanceOf(GenerationException.class)
        .hasMessageContaining("heads have 6")
        .extracting(e -> ((GenerationException) e).code())
        .isEqualTo("generation.cache-format-unfit");
  }

  @ParameterizedTest
  @CsvSource({
    "num_hidden_layers, 0",
    "num_hidden_layers, 6",
    "num_hidden_layers, 2147483647",
    "hidden_size, 0",
    "hidden_size, 37",
    "hidden_size, 2147483647",
    "intermediate_size, 0",
    "intermediate_size, 2147483647",
    "num_attention_heads, 0",
    "num_attention_heads, 3",
    "num_key_value_heads, 0",
    "num_key_value_heads, 4",
    "num_key_value_heads, null",
    "sliding_window, 0",
    "sliding_window, null",
    "mb_per_layer, 3",
    "layer_norm_eps, 0",
    "layer_norm_eps, -1e-5",
    "layer_norm_eps, null",
    "vocab_size, 2147483647",
    "max_position_embeddings, 0",
    "mamba_d_state, 0",
    "mamba_d_conv, 2147483647",
  })
  void hyperparametersThatCannotBeAreNamed(String key, String value) {
    String json =
        RandomSambaY.CONFIG.replaceAll("\"" + key + "\": [^,}\n]+", "\"" + key + "\": " + value);
    assertThat(json).isNotEqualTo(RandomSambaY.CONFIG);
    assertThatThrownBy(() ->
            new SambaY(
                RandomSambaY.of(1).withConfig(json),
                new Compute(new ScalarKernels(), new PersistentWorkerPool(1))))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(key);
  }

  @Test
  void stateBytesOfTheReleasedModelAreThoseOfItsPaper() {
    SambaYConfig config =
        new SambaYConfig(
            200064, 2560, 10240, 32, 40, 20, 512, 5120, 16, 4, 160, 1e-5f, 65536, true);
    long scan = 552_960 + 2_949_120;
    long rings = 8L * 2 * (512 + KeyValueCache.CHUNK) * 1280 * 2;
    long shared = 65536L * 5120;
    assertThat(SambaYState.bytes(config, 65536, BlockFormat.F16)).isEqualTo(scan + rings + shared);
    assertThat(SambaYState.bytes(config, 65536, BlockFormat.Q8_0))
        .isEqualTo(scan + (rings + shared) * 17 / 32);
  }
}
