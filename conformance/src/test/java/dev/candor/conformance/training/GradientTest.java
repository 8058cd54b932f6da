package dev.candor.conformance.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.kernels.PersistentWorkerPool;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.models.Compute;
import dev.candor.engine.models.SambaYConfig;
import dev.candor.engine.models.SambaYConfig.LayerKind;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.training.layers.Arithmetic;
import dev.candor.training.layers.DifferentialAttentionMixer;
import dev.candor.training.layers.GatedMemoryMixer;
import dev.candor.training.layers.KeysValues;
import dev.candor.training.layers.MambaMixer;
import dev.candor.training.layers.ParameterLayout.Tensor;
import dev.candor.training.layers.Weights;
import dev.candor.training.models.SambaYTraining;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.models.TrainableModel;
import dev.candor.training.models.TransformerTraining;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Losses and gradients against PyTorch's. */
class GradientTest {

  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

  /** Of a layer alone, relative to the norm of a tensor's gradient. */
  private static final double LAYER_TOLERANCE = 1e-5;

  /**
   * Of λ: one number, to which all pairs of tokens add with either sign. PyTorch's own float32 is
   * off by 1.3e-5.
   */
  private static final double LAMBDA_TOLERANCE = 4e-5;

  /**
   * Through all layers. Half a unit in the last place on the weights of these random models moves
   * their gradients by up to 2.6e-5.
   */
  private static final double MODEL_TOLERANCE = 4e-5;

  /** The same of transformers, which are less sensitive. */
  private static final double TRANSFORMER_TOLERANCE = 1e-5;

  private static Arithmetic arithmetic(String kernels) {
    return Arithmetic.with(
        (kernels.isEmpty() ? KernelSelector.choose() : KernelSelector.choose(kernels)).kernels());
  }

  @ParameterizedTest
  @CsvSource({
    "sambay-tiny, scalar",
    "sambay-tiny, ''",
    "sambay-odd, scalar",
    "sambay-odd, ''",
    "llama3-tiny, scalar",
    "llama3-tiny, ''",
    "mistral-tiny, ''",
    "gemma-tiny, ''",
    "gemma3-scaled, scalar",
    "gemma3-scaled, ''",
    "phi3-longrope, ''"
  })
  void gradientsOfModelsAreThoseOfPyTorch(String fixture, String kernels) {
    Path folder = FIXTURES.resolve(fixture);
    ReferenceGradients reference = ReferenceGradients.of(folder);
    TrainableModel model = model(folder, arithmetic(kernels));
    double tolerance = model instanceof SambaYTraining ? MODEL_TOLERANCE : TRANSFORMER_TOLERANCE;

    float[] gradient = new float[model.layout().size()];
    double loss = model.newWorker().addGradient(reference.batch(), 1, gradient);

    assertThat(loss).isCloseTo(reference.loss(), within(1e-6 * reference.loss()));
    assertThat(reference.tensors()).isEqualTo(model.layout().tensors().size());
    for (Tensor tensor : model.layout().tensors()) {
      assertThat(reference.difference(tensor, gradient))
          .as(tensor.name())
          .isLessThanOrEqualTo(tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sambay-tiny, 0", "sambay-tiny, 1", "sambay-tiny, 5", "sambay-tiny, 6", "sambay-tiny, 7",
    "sambay-odd, 0", "sambay-odd, 3", "sambay-odd, 7", "sambay-odd, 8", "sambay-odd, 9"
  })
  void gradientsOfMixersAreThoseOfPyTorch(String fixture, int index) {
    Path folder = FIXTURES.resolve(fixture);
    ReferenceGradients reference = ReferenceGradients.of(folder);
    Arithmetic arithmetic = arithmetic("");
    SambaYTraining model = open(folder, arithmetic);
    Weights weights = new Weights(model.layout());
    System.arraycopy(model.values(), 0, weights.values(), 0, model.layout().size());
    weights.changed();

    Mixer mixer = new Mixer(weights, arithmetic, model.config(), index, reference.batch());
    mixer.run();

    for (Map.Entry<String, JsonNode> expected : reference.layer(index)) {
      String name = expected.getKey();
      double difference =
          switch (name) {
            case "x" -> mixer.difference(expected.getValue(), mixer.xGradient);
            case "other" -> mixer.difference(expected.getValue(), mixer.otherGradient);
            default -> {
              Tensor tensor = model.layout().tensor(name);
              yield ReferenceGradients.difference(
                  expected.getValue(), mixer.gradient, tensor.offset(), tensor.size());
            }
          };
      double tolerance = name.contains("lambda_") ? LAMBDA_TOLERANCE : LAYER_TOLERANCE;
      assertThat(difference).as(name).isLessThanOrEqualTo(tolerance);
    }
  }

  private static TrainableModel model(Path folder, Arithmetic arithmetic) {
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        WorkerPool pool = new PersistentWorkerPool(1)) {
      return checkpoint.architecture().equals("phi4flash")
          ? open(folder, arithmetic)
          : TransformerTraining.load(
              checkpoint, new Compute(arithmetic.kernels(), pool), arithmetic);
    }
  }

  private static SambaYTraining open(Path folder, Arithmetic arithmetic) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      SambaYTraining model = new SambaYTraining(SambaYConfig.of(checkpoint.config()), arithmetic);
      model.load(checkpoint);
      return model;
    }
  }

  /** One mixer with random inputs and a random gradient of its output, as the script has it. */
  private static final class Mixer {
    private final Weights weights;
    private final Arithmetic arithmetic;
    private final SambaYConfig config;
    private final int index;
    private final int[] starts;
    private final int tokens;
    private final float[] x;
    private final float[] yGradient;
    private final float[] other; // the memory, or keys and values
    private final float[] y;
    private final float[] xGradient;
    private final float[] otherGradient;
    private final float[] gradient;

    Mixer(
        Weights weights, Arithmetic arithmetic, SambaYConfig config, int index, TokenBatch batch) {
      this.weights = weights;
      this.arithmetic = arithmetic;
      this.config = config;
      this.index = index;
      starts = batch.starts();
      tokens = batch.tokens().length;
      int width = index % 2 == 0 ? config.inner() : 2 * config.keyValueWidth();
      x = ReferenceGradients.uniform(tokens * config.hidden(), 1);
      yGradient = ReferenceGradients.uniform(tokens * config.hidden(), 2);
      other = ReferenceGradients.uniform(tokens * width, 3);
      y = new float[tokens * config.hidden()];
      xGradient = new float[x.length];
      otherGradient = new float[other.length];
      gradient = new float[weights.layout().size()];
    }

    void run() {
      String name = "model.layers." + index + ".attn";
      switch (config.kind(index)) {
        case MAMBA -> {
          MambaMixer mixer = MambaMixer.of(weights, arithmetic, name);
          mixer.weightsChanged();
          MambaMixer.Run run = mixer.newRun();
          run.forward(tokens, starts, x, y);
          run.backward(tokens, starts, x, yGradient, new float[0], xGradient, gradient);
        }
        case GATED_MEMORY -> {
          GatedMemoryMixer.Run run = GatedMemoryMixer.of(weights, arithmetic, name).newRun();
          run.forward(tokens, x, other, y);
          run.backward(tokens, x, other, yGradient, xGradient, otherGradient, gradient);
        }
        case SLIDING_ATTENTION, FULL_ATTENTION, CROSS_ATTENTION -> attend(name);
      }
    }

    private void attend(String name) {
      LayerKind kind = config.kind(index);
      DifferentialAttentionMixer mixer =
          DifferentialAttentionMixer.of(
              weights,
              arithmetic,
              name,
              new DifferentialAttentionMixer.Shape(
                  config.heads(),
                  config.keyValueHeads(),
                  config.headSize(),
                  kind == LayerKind.SLIDING_ATTENTION ? config.window() : Integer.MAX_VALUE,
                  kind == LayerKind.CROSS_ATTENTION),
              index);
      mixer.weightsChanged();
      DifferentialAttentionMixer.Run run = mixer.newRun();
      KeysValues keysValues =
          kind == LayerKind.CROSS_ATTENTION
              ? KeysValues.of(config.keyValueWidth(), other, otherGradient)
              : run.keysValues();
      run.forward(tokens, starts, x, keysValues, y);
      if (kind != LayerKind.CROSS_ATTENTION) {
        run.clearKeyValueGradient(tokens);
      }
      run.backward(tokens, starts, x, keysValues, yGradient, xGradient, gradient);
    }

    double difference(JsonNode expected, float[] actual) {
      return ReferenceGradients.difference(expected, actual, 0, actual.length);
    }
  }
}
