package dev.candor.conformance.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.candor.conformance.TestData;
import dev.candor.engine.kernels.BlockFormat;
import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.models.Architectures;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.Compute;
import dev.candor.engine.models.LogitsRequest;
import dev.candor.engine.models.SequenceState;
import dev.candor.engine.models.Trace;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.engine.weights.Conversion;
import dev.candor.engine.weights.ConversionListener;
import dev.candor.training.TrainingException;
import dev.candor.training.adapters.AdaptedModel;
import dev.candor.training.adapters.AdapterShape;
import dev.candor.training.layers.ParameterLayout.Tensor;
import dev.candor.training.layers.Weights;
import dev.candor.training.models.DecoderTraining;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.models.TrainableModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters beside frozen weights: their gradients, and that serving computes what is trained. */
class AdaptedModelTest {

  private static final int RANK = 4;

  /** As the gradients of the whole model are known. */
  private static final double TOLERANCE = 1e-4;

  @TempDir Path folder;

  private static AdapterShape shape(String targets) {
    return new AdapterShape(RANK, 2.0 * RANK, false, Arrays.asList(targets.split(" ")));
  }

  private static void randomise(AdaptedModel model, float bound, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < model.values().length; i++) {
      model.values()[i] = (float) (2 * random.nextDouble() - 1) * bound;
    }
    model.valuesChanged();
  }

  private static Compute compute(WorkerPool pool) {
    return new Compute(KernelSelector.choose().kernels(), pool);
  }

  /** By the chain rule, from the gradient of a model with the adapters in its weights. */
  @ParameterizedTest
  @CsvSource({
    "llama3-tiny, q_proj k_proj v_proj o_proj gate_proj up_proj down_proj",
    "gemma3-scaled, q_proj v_proj down_proj",
    "phi3-longrope, qkv_proj o_proj gate_up_proj down_proj",
    "sambay-tiny, Wqkv in_proj x_proj dt_proj out_proj fc1 fc2"
  })
  void gradientsFollowFromThoseOfMergedWeights(String fixture, String targets) {
    TokenBatch batch = ReferenceGradients.of(TestData.fixture(fixture)).batch();
    try (Checkpoint checkpoint = Checkpoint.open(TestData.fixture(fixture));
        WorkerPool pool = new PersistentWorkerPool(1)) {
      Compute compute = compute(pool);
      AdaptedModel adapted = AdaptedModel.of(checkpoint, compute, shape(targets), 1);
      randomise(adapted, 0.1f, 2);
      DecoderTraining decoder = DecoderTraining.of(checkpoint, compute);
      Weights weights = new Weights(decoder.layout());
      weights.load(checkpoint, compute.kernels());
      adapted
          .factors()
          .forEach((layer, factors) -> {
            Tensor weight = decoder.layout().tensor(layer + ".weight");
            for (int i = 0; i < weight.size(); i++) {
              int row = i / factors.inputs();
              int column = i % factors.inputs();
              double sum = 0;
              for (int r = 0; r < RANK; r++) {
                sum +=
                    (double) factors.b()[row * RANK + r]
                        * factors.a()[r * factors.inputs() + column];
              }
              weights.values()[weight.offset() + i] += (float) (factors.scaling() * sum);
            }
          });
      TrainableModel merged = decoder.model(weights);
      merged.valuesChanged();

      float[] full = new float[merged.layout().size()];
      double mergedLoss = merged.newWorker().addGradient(batch, 1, full);
      float[] gradient = new float[adapted.layout().size()];
      double loss = adapted.newWorker().addGradient(batch, 1, gradient);

      assertThat(loss).isCloseTo(mergedLoss, within(1e-5 * mergedLoss));
      adapted
          .factors()
          .forEach((layer, factors) -> {
            int dW = decoder.layout().tensor(layer + ".weight").offset();
            int in = factors.inputs();
            double[] a = new double[RANK * in];
            double[] b = new double[factors.outputs() * RANK];
            for (int row = 0; row < factors.outputs(); row++) {
              for (int column = 0; column < in; column++) {
                double g = factors.scaling() * full[dW + row * in + column];
                for (int r = 0; r < RANK; r++) {
                  a[r * in + column] += g * factors.b()[row * RANK + r];
                  b[row * RANK + r] += g * factors.a()[r * in + column];
                }
              }
            }
            String name = "base_model.model." + layer;
            assertThat(difference(a, gradient, adapted.layout().tensor(name + ".lora_A.weight")))
                .as(layer)
                .isLessThan(TOLERANCE);
            assertThat(difference(b, gradient, adapted.layout().tensor(name + ".lora_B.weight")))
                .as(layer)
                .isLessThan(TOLERANCE);
          });
    }
  }

  /** ‖difference‖ / ‖expected‖. */
  private static double difference(double[] expected, float[] actual, Tensor tensor) {
    assertThat(expected).hasSize(tensor.size());
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      double d = expected[i] - actual[tensor.offset() + i];
      difference += d * d;
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  /** Converted files have other orders of rows and other norms, and quantised weights. */
  @ParameterizedTest
  @CsvSource({
    "llama3-tiny, q_proj k_proj v_proj gate_proj",
    "mistral-tiny, q_proj k_proj o_proj",
    "gemma-tiny, q_proj k_proj down_proj",
    "gemma3-tiny, q_proj k_proj v_proj up_proj",
    "phi3-longrope, qkv_proj gate_up_proj",
    "sambay-tiny, Wqkv in_proj x_proj fc2"
  })
  void servingComputesWhatWasTrained(String fixture, String targets) {
    Path file = folder.resolve("model.gguf");
    Path source = TestData.fixture(fixture);
    int[] tokens = new int[60];
    SplittableRandom random = new SplittableRandom(3);
    Arrays.setAll(tokens, i -> random.nextInt(400));
    TokenBatch batch =
        new TokenBatch(
            Arrays.copyOf(tokens, 59), Arrays.copyOfRange(tokens, 1, 60), new int[] {0, 59});
    try (WorkerPool pool = new PersistentWorkerPool(2)) {
      Conversion.convert(source, file, BlockFormat.Q8_0, pool, ConversionListener.SILENT);
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        Compute compute = compute(pool);
        AdaptedModel adapted = AdaptedModel.of(checkpoint, compute, shape(targets), 1);
        randomise(adapted, 0.3f, 2);
        double loss = adapted.newWorker().loss(batch, new float[0]);

        CausalModel model = Architectures.load(checkpoint, compute);
        Adapter adapter = Adapter.of(model.linearLayers(), adapted.factors(), "0".repeat(64));
        double served;
        double without;
        try (SequenceState state = model.newState(60, BlockFormat.F32, adapter)) {
          served = loss(model, state, tokens);
        }
        try (SequenceState state = model.newState(60, BlockFormat.F32)) {
          without = loss(model, state, tokens);
        }

        assertThat(loss).isCloseTo(served, within(1e-3 * served));
        assertThat(Math.abs(without - served)).isGreaterThan(5e-3 * served);
      }
    }
  }

  private static double loss(CausalModel model, SequenceState state, int[] tokens) {
    int vocabulary = model.vocabularySize();
    float[] logits = new float[59 * vocabulary];
    model.forward(state, tokens, 0, 59, LogitsRequest.ALL, logits, Trace.NONE);
    double loss = 0;
    for (int t = 0; t < 59; t++) {
      double sum = 0;
      for (int v = 0; v < vocabulary; v++) {
        sum += Math.exp(logits[t * vocabulary + v]);
      }
      loss += Math.log(sum) - logits[t * vocabulary + tokens[t + 1]];
    }
    return loss;
  }

  @Test
  void changesNothingAtFirst() {
    TokenBatch batch = ReferenceGradients.of(TestData.fixture("llama3-tiny")).batch();
    try (Checkpoint checkpoint = Checkpoint.open(TestData.fixture("llama3-tiny"));
        WorkerPool pool = new PersistentWorkerPool(1)) {
      Compute compute = compute(pool);
      AdaptedModel adapted = AdaptedModel.of(checkpoint, compute, shape("q_proj down_proj"), 1);

      double loss = adapted.newWorker().loss(batch, new float[0]);

      double expected = ReferenceGradients.of(TestData.fixture("llama3-tiny")).loss();
      assertThat(loss).isCloseTo(expected, within(1e-5 * expected));
    }
  }

  @Test
  void refusesATargetThatIsNoLayer() {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.fixture("llama3-tiny"));
        WorkerPool pool = new PersistentWorkerPool(1)) {
      assertThatThrownBy(
              () -> AdaptedModel.of(checkpoint, compute(pool), shape("q_proj query_proj"), 1))
          .isInstanceOfSatisfying(
              TrainingException.class,
              e -> {
                assertThat(e.code()).isEqualTo("training.unknown-target");
                assertThat(e).hasMessageContaining("query_proj");
                assertThat(e.remedy()).contains("down_proj, gate_proj, k_proj");
              });
    }
  }

  @Test
  void factorsHaveTheShapesOfTheirLayers() {
    try (Checkpoint checkpoint = Checkpoint.open(TestData.fixture("phi3-longrope"));
        WorkerPool pool = new PersistentWorkerPool(1)) {
      Map<String, Adapter.Factors> factors =
          AdaptedModel.of(checkpoint, compute(pool), shape("qkv_proj"), 1).factors();
      assertThat(factors.keySet())
          .isEqualTo(
              java.util.Set.copyOf(
                  List.of(
                      "model.layers.0.self_attn.qkv_proj",
                      "model.layers.1.self_attn.qkv_proj",
                      "model.layers.2.self_attn.qkv_proj")));
      assertThat(factors.values())
          .allSatisfy(each -> {
            assertThat(each.inputs()).isEqualTo(64);
            assertThat(each.outputs()).isEqualTo(128);
            assertThat(each.b()).containsOnly(0);
          });
    }
  }
}
