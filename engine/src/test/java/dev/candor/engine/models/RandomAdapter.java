package dev.candor.engine.models;

import dev.candor.engine.models.Adapter.Factors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** An adapter with seeded random factors, for layers of any model. */
final class RandomAdapter {

  private RandomAdapter() {}

  /**
   * Factors of different ranks.
   *
   * @param share how many of the layers they change, from 0 to 1
   */
  static Map<String, Factors> factors(LinearLayers layers, double share, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Factors> factors = new LinkedHashMap<>();
    for (LinearLayers.Layer layer : layers.layers()) {
      if (random.nextDouble() < share) {
        int rank = 1 + random.nextInt(19);
        float[] a = gaussian(random, rank * layer.inputs(), 1 / Math.sqrt(layer.inputs()));
        float[] b = gaussian(random, layer.outputs() * rank, 0.5 / Math.sqrt(rank));
        factors.put(layer.name(), new Factors(rank, a, b, 0.3f + random.nextInt(3)));
      }
    }
    return factors;
  }

  static Adapter of(CausalModel model, double share, long seed) {
    return Adapter.of(
        model.linearLayers(), factors(model.linearLayers(), share, seed), "%064x".formatted(seed));
  }

  private static float[] gaussian(SplittableRandom random, int length, double deviation) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  /** The weights W + s·B·A of an F32 checkpoint as the model's authors would publish it. */
  static void merge(RandomCheckpoint checkpoint, Map<String, Factors> factors) {
    factors.forEach((name, change) -> {
      float[] weight = checkpoint.values(name + ".weight");
      float[] merged = weight.clone();
      for (int row = 0; row < change.outputs(); row++) {
        for (int column = 0; column < change.inputs(); column++) {
          double sum = 0;
          for (int j = 0; j < change.rank(); j++) {
            sum +=
                (double) change.b()[row * change.rank() + j]
                    * change.a()[j * change.inputs() + column];
          }
          merged[row * change.inputs() + column] += (float) (change.scaling() * sum);
        }
      }
      checkpoint.add(name + ".weight", merged, List.of(change.outputs(), change.inputs()));
    });
  }
}
