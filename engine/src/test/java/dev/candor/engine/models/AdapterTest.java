package dev.candor.engine.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.engine.AdapterException;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.Kernels;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.ScalarKernels;
import dev.candor.engine.models.Adapter.Factors;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An adapter computes what merged weights would, for its own sequence and no other. */
class AdapterTest {

  /** Longer than a pass, and than what LongRoPE was trained on first. */
  private static final int LENGTH = KeyValueCache.CHUNK + 23;

  @AutoClose private final PersistentWorkerPool pool = new PersistentWorkerPool(2);

  record Named(String name, String architecture, String json) {

    RandomCheckpoint checkpoint() {
      return architecture.equals("sambay")
          ? RandomSambaY.of(1)
          : RandomCheckpoint.decoder(architecture, json, 7);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Named> models() {
    Stream<Named> dense =
        DecoderConfigs.ALL.stream()
            .map(config -> new Named(config.toString(), config.architecture(), config.json()));
    return Stream.concat(dense, Stream.of(new Named("sambay", "sambay", "")));
  }

  private CausalModel load(RandomCheckpoint checkpoint, Kernels kernels) {
    return Architectures.load(checkpoint, new Compute(kernels, pool));
  }

  private static int[] tokens(CausalModel model, int length, long seed) {
    return new SplittableRandom(seed).ints(length, 0, model.vocabularySize()).toArray();
  }

  private static float[] logits(CausalModel model, Adapter adapter, int[] tokens) {
    float[] logits = new float[tokens.length * model.vocabularySize()];
    try (SequenceState state = model.newState(tokens.length, BlockFormat.F32, adapter)) {
      model.forward(state, tokens, 0, tokens.length, LogitsRequest.ALL, logits, Trace.NONE);
    }
    return logits;
  }

  @ParameterizedTest
  @MethodSource("models")
  void isWhatMergedWeightsCompute(Named named) {
    RandomCheckpoint checkpoint = named.checkpoint();
    CausalModel model = load(checkpoint, new ScalarKernels());
    Map<String, Factors> factors = RandomAdapter.factors(model.linearLayers(), 1, 11);
    assertThat(factors).hasSizeGreaterThan(10);
    int[] tokens = tokens(model, LENGTH, 5);
    float[] plain = logits(model, Adapter.NONE, tokens);
    float[] adapted = logits(model, Adapter.of(model.linearLayers(), factors, ""), tokens);

    RandomCheckpoint merged = named.checkpoint();
    RandomAdapter.merge(merged, factors);
    float[] expected = logits(load(merged, new ScalarKernels()), Adapter.NONE, tokens);
    float difference = difference(adapted, expected);
    assertThat(difference).isLessThan(1e-3f);
    // The adapter does far more than that.
    assertThat(difference(plain, expected)).isGreaterThan(0.1f);
  }

  @ParameterizedTest
  @MethodSource("models")
  void doesTheSameToRowsThatLlamaCppReordered(Named named) {
    if (named.architecture().equals("sambay")) {
      return;
    }
    RandomCheckpoint checkpoint = named.checkpoint();
    CausalModel model = load(checkpoint, new ScalarKernels());
    CausalModel gguf = load(checkpoint.asGguf(), new ScalarKernels());
    Map<String, Factors> factors = RandomAdapter.factors(model.linearLayers(), 1, 11);
    int[] tokens = tokens(model, 20, 5);
    float[] expected = logits(model, Adapter.of(model.linearLayers(), factors, ""), tokens);
    float[] found = logits(gguf, Adapter.of(gguf.linearLayers(), factors, ""), tokens);
    assertThat(difference(found, expected)).isLessThan(1e-3f);
  }

  @ParameterizedTest
  @MethodSource("models")
  void givesTheSameBitsOnEveryPath(Named named) {
    CausalModel scalar = load(named.checkpoint(), new ScalarKernels());
    int[] tokens = tokens(scalar, LENGTH, 6);
    float[] expected = logits(scalar, RandomAdapter.of(scalar, 0.8, 3), tokens);
    for (Kernels kernels : List.of(KernelSelector.choose().kernels(), vector())) {
      CausalModel other = load(named.checkpoint(), kernels);
      assertThat(logits(other, RandomAdapter.of(other, 0.8, 3), tokens))
          .as(kernels.name())
          .isEqualTo(expected);
    }
  }

  private static Kernels vector() {
    return KernelSelector.choose("vector").kernels();
  }

  /** Five sequences, three adapters and none, read in calls of random spans. */
  @ParameterizedTest
  @MethodSource("models")
  void sequencesInOneCallGetTheLogitsTheyGetAlone(Named named) {
    CausalModel model = load(named.checkpoint(), KernelSelector.choose().kernels());
    Adapter one = RandomAdapter.of(model, 1, 1);
    Adapter two = RandomAdapter.of(model, 0.5, 2);
    List<Adapter> adapters = List.of(one, Adapter.NONE, two, one, RandomAdapter.of(model, 0.1, 3));
    SplittableRandom random = new SplittableRandom(9);
    int length = 40;
    int vocabulary = model.vocabularySize();
    List<int[]> tokens =
        IntStream.range(0, adapters.size()).mapToObj(i -> tokens(model, length, i)).toList();
    List<SequenceState> states =
        adapters.stream().map(it -> model.newState(length, BlockFormat.F16, it)).toList();
    List<float[]> alone = new ArrayList<>();
    for (int i = 0; i < adapters.size(); i++) {
      float[] logits = new float[vocabulary];
      try (SequenceState state = model.newState(length, BlockFormat.F16, adapters.get(i))) {
        model.forward(state, tokens.get(i), 0, length, LogitsRequest.LAST, logits, Trace.NONE);
      }
      alone.add(logits);
    }
    assertThat(alone.get(0)).isNotEqualTo(alone.get(3));
    List<float[]> together = new ArrayList<>(adapters.stream().map(it -> new float[0]).toList());
    while (states.stream().anyMatch(state -> state.position() < length)) {
      List<TokenSpan> spans = new ArrayList<>();
      List<Integer> ending = new ArrayList<>();
      for (int i = 0; i < states.size(); i++) {
        int from = states.get(i).position();
        if (from < length) {
          int to = random.nextInt(from + 1, length + 1);
          LogitsRequest wanted = to == length ? LogitsRequest.LAST : LogitsRequest.NONE;
          spans.add(new TokenSpan(states.get(i), tokens.get(i), from, to, wanted));
          if (to == length) {
            ending.add(i);
          }
        }
      }
      float[] logits = new float[ending.size() * vocabulary];
      model.forward(spans, logits, Trace.NONE);
      for (int row = 0; row < ending.size(); row++) {
        together.set(
            ending.get(row), Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary));
      }
    }
    states.forEach(SequenceState::close);
    for (int i = 0; i < adapters.size(); i++) {
      assertThat(together.get(i)).as("sequence %d", i).isEqualTo(alone.get(i));
    }
  }

  @Test
  void allocatesNothingPerToken() {
    CausalModel model = load(RandomSambaY.of(1), new ScalarKernels());
    Adapter adapter = RandomAdapter.of(model, 1, 1);
    allocated(model, Adapter.NONE);
    allocated(model, adapter);
    long without = allocated(model, Adapter.NONE);
    assertThat(allocated(model, adapter)).isLessThan(without + 64 * LENGTH);
  }

  private static long allocated(CausalModel model, Adapter adapter) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int[] tokens = tokens(model, LENGTH, 4);
    float[] logits = new float[model.vocabularySize()];
    try (SequenceState state = model.newState(LENGTH, BlockFormat.F32, adapter)) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int t = 0; t < LENGTH; t++) {
        model.forward(state, tokens, t, t + 1, LogitsRequest.LAST, logits, Trace.NONE);
      }
      return threads.getCurrentThreadAllocatedBytes() - before;
    }
  }

  @Test
  void mustFitTheModel() {
    CausalModel model = load(RandomSambaY.of(1), new ScalarKernels());
    CausalModel twin = load(RandomSambaY.of(1), new ScalarKernels());
    Adapter adapter = RandomAdapter.of(model, 1, 1);
    refused("adapter.other-model", () -> twin.newState(4, BlockFormat.F32, adapter));
    Factors factors = new Factors(1, new float[3], new float[5], 1);
    refused(
        "adapter.unknown-layer",
        () -> Adapter.of(model.linearLayers(), Map.of("lm_head", factors), ""));
    refused(
        "adapter.shape",
        () -> Adapter.of(model.linearLayers(), Map.of("model.layers.0.mlp.fc1", factors), ""));
  }

  private static void refused(String code, Runnable step) {
    assertThatThrownBy(step::run)
        .isInstanceOfSatisfying(AdapterException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static float difference(float[] a, float[] b) {
    float most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }
}
