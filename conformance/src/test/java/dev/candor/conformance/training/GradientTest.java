package dev.candor.conformance.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.candor.engine.kernels.KernelSelector;
import dev.candor.engine.models.SambaYConfig;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.training.layers.Arithmetic;
import dev.candor.training.layers.ParameterLayout.Tensor;
import dev.candor.training.models.SambaYTraining;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.models.TrainableModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Losses and gradients against PyTorch's, which {@code src/test/python/gradients.py} has written
 * beside each checkpoint.
 */
class GradientTest {

  private static final Path FIXTURES = Path.of("src/test/resources/fixtures");

  /** Relative to the largest element of a tensor's gradient. */
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @CsvSource({"sambay-tiny, scalar", "sambay-tiny, ''", "sambay-odd, scalar", "sambay-odd, ''"})
  void gradientsAreThoseOfPyTorch(String fixture, String kernels) throws IOException {
    Path folder = FIXTURES.resolve(fixture);
    TokenBatch batch = batch(folder.resolve("gradients.json"));
    Map<String, float[]> expected = safetensors(folder.resolve("gradients.safetensors"));
    KernelSelector.Choice choice =
        kernels.isEmpty() ? KernelSelector.choose() : KernelSelector.choose(kernels);
    TrainableModel model = open(folder, Arithmetic.with(choice.kernels()));

    float[] gradient = new float[model.layout().size()];
    double loss = model.newWorker().addGradient(batch, 1, gradient);

    float expectedLoss = Objects.requireNonNull(expected.get("loss"))[0];
    assertThat(loss).isCloseTo(expectedLoss, within(1e-5 * expectedLoss));
    assertThat(expected).hasSize(model.layout().tensors().size() + 1);
    for (Tensor tensor : model.layout().tensors()) {
      assertThat(
              difference(
                  Objects.requireNonNull(expected.get(tensor.name()), tensor.name()),
                  gradient,
                  tensor.offset()))
          .as(tensor.name())
          .isLessThanOrEqualTo(TOLERANCE);
    }
  }

  private static TrainableModel open(Path folder, Arithmetic arithmetic) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      SambaYTraining model = new SambaYTraining(SambaYConfig.of(checkpoint.config()), arithmetic);
      model.load(checkpoint);
      return model;
    }
  }

  /** The largest difference, relative to the largest expected element. */
  private static double difference(float[] expected, float[] actual, int offset) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) expected[i] - actual[offset + i]));
    }
    return difference / largest;
  }

  private static TokenBatch batch(Path file) {
    JsonNode json = JsonMapper.shared().readTree(file);
    return new TokenBatch(
        integers(json.get("tokens")), integers(json.get("targets")), integers(json.get("starts")));
  }

  private static int[] integers(JsonNode list) {
    int[] integers = new int[list.size()];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = list.get(i).intValue();
    }
    return integers;
  }

  /** Float32 tensors of a safetensors file, read without the engine. */
  private static Map<String, float[]> safetensors(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(header);
    ByteBuffer data = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    Map<String, float[]> tensors = new TreeMap<>();
    Iterator<Map.Entry<String, JsonNode>> entries =
        JsonMapper.shared().readTree(header).properties().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, JsonNode> entry = entries.next();
      if (entry.getKey().equals("__metadata__")) {
        continue;
      }
      JsonNode offsets = entry.getValue().get("data_offsets");
      int from = offsets.get(0).intValue();
      float[] values = new float[(offsets.get(1).intValue() - from) / Float.BYTES];
      data.slice(from, values.length * Float.BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      tensors.put(entry.getKey(), values);
    }
    return tensors;
  }
}
