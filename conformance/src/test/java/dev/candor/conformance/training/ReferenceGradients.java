package dev.candor.conformance.training;

import dev.candor.training.layers.ParameterLayout.Tensor;
import dev.candor.training.models.TokenBatch;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code src/test/python/gradients.py} has written beside a checkpoint: a batch, its loss, and
 * gradients as 64 sums of their elements with random signs.
 */
record ReferenceGradients(TokenBatch batch, double loss, JsonNode json) {

  private static final int SUMS = 64;

  static ReferenceGradients of(Path checkpoint) {
    JsonNode json = JsonMapper.shared().readTree(checkpoint.resolve("gradients.json"));
    TokenBatch batch =
        new TokenBatch(
            integers(json.required("tokens")),
            integers(json.required("targets")),
            integers(json.required("starts")));
    return new ReferenceGradients(batch, json.required("loss").doubleValue(), json);
  }

  private static int[] integers(JsonNode list) {
    int[] integers = new int[list.size()];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = list.required(i).intValue();
    }
    return integers;
  }

  /** How many tensors have a gradient in the whole model. */
  int tensors() {
    return json.required("gradients").size();
  }

  /** How far a tensor's gradient is off, relative to its norm. */
  double difference(Tensor tensor, float[] gradient) {
    return difference(
        json.required("gradients").required(tensor.name()),
        gradient,
        tensor.offset(),
        tensor.size());
  }

  /** The gradients of a single layer: of its tensors, of its input x and of the other one. */
  Iterable<Map.Entry<String, JsonNode>> layer(int index) {
    return json.required("layers").required(Integer.toString(index)).properties();
  }

  /** ‖difference‖ / ‖expected‖, estimated by the sums. */
  static double difference(JsonNode expected, float[] actual, int offset, int size) {
    double[] sums = new double[SUMS];
    for (int i = 0; i < size; i++) {
      long signs = splitmix64(0, i);
      for (int j = 0; j < SUMS; j++) {
        double element = actual[offset + i];
        sums[j] += (signs >>> j & 1) == 0 ? element : -element;
      }
    }
    double difference = 0;
    double norm = 0;
    for (int j = 0; j < SUMS; j++) {
      double sum = expected.required(j).doubleValue();
      difference += (sums[j] - sum) * (sums[j] - sum);
      norm += sum * sum;
    }
    return Math.sqrt(difference / norm);
  }

  /** The same values in [−1, 1) as the script draws. */
  static float[] uniform(int count, long seed) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (splitmix64(seed, i) >>> 40) * 0x1p-23f - 1;
    }
    return values;
  }

  private static long splitmix64(long seed, long i) {
    long z = seed + (i + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
