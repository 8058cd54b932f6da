package dev.candor.training.optimisers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.candor.engine.json.Json;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.GradientKernels;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.layers.ParameterLayout.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Against PyTorch: golden.py in the resources made the numbers. */
class OptimiserTest {

  private static final double[] RATES = {0.01, 0.02, 0.03, 0.02, 0.01, 0.005};
  private static final JsonObject GOLDEN = golden();
  private static final GradientKernels KERNELS =
      GradientKernels.beside(KernelSelector.choose().kernels());

  private static JsonObject golden() {
    try (InputStream in =
        Objects.requireNonNull(
            OptimiserTest.class.getResourceAsStream("/optimisers/golden.json"))) {
      return Json.parseObject(in, Json.Limits.CONFIG, "golden.json");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fill(float[] array, Tensor tensor, int seed) {
    for (int i = 0; i < tensor.size(); i++) {
      array[tensor.offset() + i] = (Math.floorMod(seed * 7919L + i * 104729L, 257L) - 128) / 64f;
    }
  }

  /** The values after six steps; all tensors have the same gradients, from their first element. */
  private static float[] run(
      ParameterLayout layout, Function<ParameterLayout, Optimiser> make, int threads) {
    float[] values = new float[layout.size()];
    float[] gradient = new float[layout.size()];
    layout.tensors().forEach(tensor -> fill(values, tensor, 1));
    Optimiser optimiser = make.apply(layout);
    try (WorkerPool pool = new PersistentWorkerPool(threads)) {
      for (int step = 0; step < RATES.length; step++) {
        for (Tensor tensor : layout.tensors()) {
          fill(gradient, tensor, 2 + step);
        }
        optimiser.step(values, gradient, RATES[step], pool);
      }
    }
    assertThat(optimiser.steps()).isEqualTo(RATES.length);
    return values;
  }

  private static void assertGolden(String name, float[] values, Tensor tensor, double tolerance) {
    float[] expected = GOLDEN.floats(name);
    assertThat(tensor.size()).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(values[tensor.offset() + i])
          .as("%s[%d]", name, i)
          .isCloseTo(expected[i], within((float) tolerance));
    }
  }

  @Test
  void adamWStepsLikePyTorchAndLetsOnlyMatricesDecay() {
    ParameterLayout layout = new ParameterLayout();
    Tensor matrix = layout.add("a.weight", 3, 5);
    Tensor vector = layout.add("a.bias", 7);
    float[] values = run(layout, l -> new AdamW(l, AdamW.Settings.USUAL), 1);
    assertGolden("adamwMatrix", values, matrix, 1e-6);
    assertGolden("adamwVector", values, vector, 1e-6);
  }

  @Test
  void muonStepsLikePyTorchAndLeavesTheRestToAdamW() {
    ParameterLayout layout = new ParameterLayout();
    Tensor embedding = layout.add("model.embed_tokens.weight", 3, 5);
    Tensor tall = layout.add("tall.weight", 9, 4);
    Tensor vector = layout.add("tall.bias", 7);
    Tensor wide = layout.add("wide.weight", 4, 9);
    float[] values = run(layout, l -> new Muon(l, Muon.Settings.USUAL, KERNELS), 1);
    assertGolden("muonTall", values, tall, 2e-6);
    assertGolden("muonWide", values, wide, 2e-6);
    assertGolden("adamwMatrix", values, embedding, 1e-6);
    assertGolden("adamwVector", values, vector, 1e-6);
  }

  @Test
  void muonCanScaleAsFirstPublished() {
    ParameterLayout layout = new ParameterLayout();
    Tensor tall = layout.add("tall.weight", 9, 4);
    Muon.Settings settings =
        new Muon.Settings(0.95, 0.1, 1, Muon.Scale.ORIGINAL, AdamW.Settings.USUAL);
    assertGolden(
        "muonTallOriginal", run(layout, l -> new Muon(l, settings, KERNELS), 1), tall, 2e-6);
  }

  @Test
  void theNumberOfThreadsDoesNotChangeABit() {
    ParameterLayout layout = new ParameterLayout();
    layout.add("model.embed_tokens.weight", 50, 8);
    for (int i = 0; i < 9; i++) {
      layout.add("layer" + i + ".weight", 8 + 3 * i, 24 - i);
      layout.add("layer" + i + ".bias", 5);
    }
    float[] one = run(layout, l -> new Muon(l, Muon.Settings.USUAL, KERNELS), 1);
    float[] three = run(layout, l -> new Muon(l, Muon.Settings.USUAL, KERNELS), 3);
    assertThat(three).containsExactly(one);
  }

  @Test
  void aRateOfAStateSpaceIsNoMatrix() {
    ParameterLayout layout = new ParameterLayout();
    assertThat(TensorRole.of(layout.add("model.layers.0.attn.A_log", 8, 4)))
        .isEqualTo(TensorRole.VECTOR);
    assertThat(TensorRole.of(layout.add("model.layers.0.attn.conv1d.weight", 8, 1, 4)))
        .isEqualTo(TensorRole.VECTOR);
    assertThat(TensorRole.of(layout.add("model.layers.0.attn.in_proj.weight", 8, 4)))
        .isEqualTo(TensorRole.HIDDEN_MATRIX);
    assertThat(TensorRole.of(layout.add("lm_head.weight", 8, 4))).isEqualTo(TensorRole.EMBEDDING);
  }

  @Test
  void theNormIsThatOfAllElements() {
    SplittableRandom random = new SplittableRandom(3);
    for (int size : new int[] {0, 1, 7, 8, 9, 1000, 1003}) {
      float[] values = new float[size];
      double sum = 0;
      for (int i = 0; i < size; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
        sum += (double) values[i] * values[i];
      }
      assertThat(GradientNorm.of(values)).isCloseTo(Math.sqrt(sum), within(1e-12 * (1 + sum)));
    }
    assertThat(GradientNorm.clipping(4, 1)).isEqualTo(0.25);
    assertThat(GradientNorm.clipping(0.5, 1)).isEqualTo(1);
    assertThat(GradientNorm.clipping(4, 0)).isEqualTo(1);
  }

  @Test
  void theLearningRateRisesStaysAndFalls() {
    LearningRate linear =
        new LearningRate(0.004, 1000, LearningRate.Decay.LINEAR, 4000, 0.1, 10_000);
    assertThat(linear.at(250)).isCloseTo(0.001, within(1e-15));
    assertThat(linear.at(1000)).isEqualTo(0.004);
    assertThat(linear.at(6000)).isEqualTo(0.004);
    assertThat(linear.at(8000)).isCloseTo(0.004 * 0.55, within(1e-15));
    assertThat(linear.at(10_000)).isCloseTo(0.0004, within(1e-15));
    assertThat(linear.at(11_000)).isCloseTo(0.0004, within(1e-15));
    LearningRate cosine = new LearningRate(0.004, 0, LearningRate.Decay.COSINE, 10_000, 0, 10_000);
    assertThat(cosine.at(2500)).isCloseTo(0.004 * (1 + Math.sqrt(0.5)) / 2, within(1e-15));
    assertThat(cosine.at(10_000)).isCloseTo(0, within(1e-15));
  }

  @Test
  void theLearningRateRisesAgainBehindARestart() {
    LearningRate first = new LearningRate(0.004, 0, LearningRate.Decay.LINEAR, 500, 0.1, 1000);
    LearningRate second = new LearningRate(0.002, 100, LearningRate.Decay.LINEAR, 900, 0, 1000);
    WarmRestarts rates =
        new WarmRestarts(
            List.of(new WarmRestarts.Cycle(0, first), new WarmRestarts.Cycle(1200, second)));
    for (long tokens = 1; tokens <= 1200; tokens++) {
      assertThat(rates.at(tokens)).isEqualTo(first.at(tokens));
    }
    for (long tokens = 1; tokens <= 1200; tokens++) {
      assertThat(rates.at(1200 + tokens)).isEqualTo(second.at(tokens));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new WarmRestarts(
                List.of(new WarmRestarts.Cycle(0, first), new WarmRestarts.Cycle(999, second))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WarmRestarts(List.of(new WarmRestarts.Cycle(1, first))));
  }
}
