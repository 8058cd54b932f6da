package dev.candor.engine.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.candor.engine.GenerationException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.kernels.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every dense decoder, whatever its hyperparameters. */
class DecoderPropertiesTest {

  /** Longer than a chunk, than every window, and than what LongRoPE was trained on first. */
  private static final int TOKENS = 2 * KeyValueCache.CHUNK + 11;

  @AutoClose private final WorkerPool one = new PersistentWorkerPool(1);
  @AutoClose private final WorkerPool three = new PersistentWorkerPool(3);

  static Stream<DecoderConfigs.Named> configs() {
    return DecoderConfigs.ALL.stream();
  }

  private static RandomCheckpoint checkpoint(DecoderConfigs.Named config) {
    return RandomCheckpoint.decoder(config.architecture(), config.json(), 7);
  }

  private static CausalModel load(RandomCheckpoint checkpoint, WorkerPool pool) {
    return Architectures.load(checkpoint, new Compute(new ScalarKernels(), pool));
  }

  private static int[] tokens(CausalModel model, int count) {
    return new SplittableRandom(3).ints(count, 0, model.vocabularySize()).toArray();
  }

  @ParameterizedTest
  @MethodSource("configs")
  void givesWhatTheFormulasGive(DecoderConfigs.Named config) {
    RandomCheckpoint checkpoint = checkpoint(config);
    CausalModel model = load(checkpoint, three);
    int[] tokens = tokens(model, 40);
    assertClose(all(model, tokens), new ReferenceDecoder(checkpoint).logits(tokens));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void readsTheLayoutOfGguf(DecoderConfigs.Named config) {
    RandomCheckpoint checkpoint = checkpoint(config);
    CausalModel model = load(checkpoint.asGguf(), three);
    int[] tokens = tokens(model, 40);
    assertClose(all(model, tokens), new ReferenceDecoder(checkpoint).logits(tokens));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void givesTheSameBitsHoweverTheTokensComeIn(DecoderConfigs.Named config) {
    RandomCheckpoint checkpoint = checkpoint(config);
    CausalModel model = load(checkpoint, one);
    int[] tokens = tokens(model, TOKENS);
    for (BlockFormat format : cacheFormats(model)) {
      float[] expected = last(model, tokens, format, new int[] {tokens.length});
      for (long seed = 0; seed < 3; seed++) {
        int[] parts = parts(new SplittableRandom(seed), tokens.length);
        assertThat(last(load(checkpoint, three), tokens, format, parts))
            .as("parts %s", Arrays.toString(parts))
            .isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void goesOnFromASavedStateWithTheSameBits(DecoderConfigs.Named config) {
    CausalModel model = load(checkpoint(config), three);
    int[] tokens = tokens(model, TOKENS);
    for (BlockFormat format : cacheFormats(model)) {
      float[] expected = last(model, tokens, format, new int[] {tokens.length});
      for (int saved : new int[] {1, 4, 15, 20, 21, 129, TOKENS - 1}) {
        float[] logits = new float[model.vocabularySize()];
        try (SequenceState first = model.newState(saved, format);
            SequenceState second = model.newState(TOKENS, format)) {
          model.forward(first, tokens, 0, saved, LogitsRequest.NONE, logits, Trace.NONE);
          List<MemorySegment> snapshot =
              first.snapshot(Arena.ofAuto()).stream().map(this::copy).toList();
          assertThat(snapshot.stream().map(MemorySegment::byteSize))
              .isEqualTo(first.snapshotBytes(saved));
          second.restore(saved, snapshot);
          model.forward(second, tokens, saved, TOKENS, LogitsRequest.LAST, logits, Trace.NONE);
        }
        assertThat(logits).as("%s saved at %d", format, saved).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void eightBitsAreCloseOrRefused(DecoderConfigs.Named config) {
    CausalModel model = load(checkpoint(config), three);
    if (!cacheFormats(model).contains(BlockFormat.Q8_0)) {
      assertThatThrownBy(() -> model.newState(TOKENS, BlockFormat.Q8_0))
          .isInstanceOf(GenerationException.class)
          .hasMessageContaining("cache-format is Q8_0")
          .extracting(e -> ((GenerationException) e).code())
          .isEqualTo("generation.cache-format-unfit");
      return;
    }
    int[] tokens = tokens(model, TOKENS);
    float[] exact = last(model, tokens, BlockFormat.F32, new int[] {tokens.length});
    float[] rounded = last(model, tokens, BlockFormat.Q8_0, new int[] {tokens.length});
    float scale = 0;
    for (float logit : exact) {
      scale = Math.max(scale, Math.abs(logit));
    }
    assertThat(rounded).isNotEqualTo(exact).containsExactly(exact, within(0.03f * scale));
    assertThat(model.stateBytes(TOKENS, BlockFormat.Q8_0))
        .isEqualTo(model.stateBytes(TOKENS, BlockFormat.F16) * 17 / 32);
  }

  /** Those that the model's heads fit. */
  private static List<BlockFormat> cacheFormats(CausalModel model) {
    List<BlockFormat> formats = new ArrayList<>(List.of(BlockFormat.F32, BlockFormat.F16));
    try (SequenceState state = model.newState(1, BlockFormat.Q8_0)) {
      formats.add(BlockFormat.Q8_0);
    } catch (GenerationException e) {
      assertThat(e.code()).isEqualTo("generation.cache-format-unfit");
    }
    return formats;
  }

  private MemorySegment copy(MemorySegment segment) {
    MemorySegment copy = MemorySegment.ofArray(new byte[(int) segment.byteSize()]);
    return copy.copyFrom(segment);
  }

  private static int[] parts(SplittableRandom random, int total) {
    int[] parts = new int[total];
    int count = 0;
    for (int done = 0; done < total; done += parts[count - 1]) {
      parts[count++] = Math.min(total - done, random.nextInt(1, random.nextInt(2, 150)));
    }
    return Arrays.copyOf(parts, count);
  }

  /** Logits of all tokens, read at once. */
  private static float[] all(CausalModel model, int[] tokens) {
    float[] logits = new float[tokens.length * model.vocabularySize()];
    try (SequenceState state = model.newState(tokens.length, BlockFormat.F32)) {
      model.forward(state, tokens, 0, tokens.length, LogitsRequest.ALL, logits, Trace.NONE);
    }
    return logits;
  }

  /** Logits of the last token, read in parts. */
  private static float[] last(CausalModel model, int[] tokens, BlockFormat format, int[] parts) {
    float[] logits = new float[model.vocabularySize()];
    try (SequenceState state = model.newState(tokens.length, format)) {
      int from = 0;
      for (int part : parts) {
        model.forward(state, tokens, from, from + part, LogitsRequest.LAST, logits, Trace.NONE);
        from += part;
      }
    }
    return logits;
  }

  private static void assertClose(float[] actual, double[][] expected) {
    int vocabulary = expected[0].length;
    for (int t = 0; t < expected.length; t++) {
      for (int j = 0; j < vocabulary; j++) {
        float logit = actual[t * vocabulary + j];
        if (!(Math.abs(logit - expected[t][j]) < 3e-5)) {
          throw new AssertionError(
              "logit %d of token %d is %s, not %s".formatted(j, t, logit, expected[t][j]));
        }
      }
    }
  }
}
