package dev.candor.conformance.adapters;

import dev.candor.engine.adapters.AdapterCard;
import dev.candor.engine.adapters.AdapterConfig;
import dev.candor.engine.models.Adapter.Factors;
import dev.candor.engine.models.LinearLayers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Adapters of random factors. */
public final class RandomFactors {

  private RandomFactors() {}

  /** For every layer of a model that is a target. */
  public static Map<String, Factors> of(LinearLayers layers, AdapterConfig config, long seed) {
    return of(layers, config, seed, 0.1);
  }

  /** The same with factors of this deviation. */
  public static Map<String, Factors> of(
      LinearLayers layers, AdapterConfig config, long seed, double deviation) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, Factors> factors = new TreeMap<>();
    for (LinearLayers.Layer layer : layers.layers()) {
      if (config.targets().contains(layer.name().substring(layer.name().lastIndexOf('.') + 1))) {
        float[] a = draw(random, config.rank() * layer.inputs(), deviation);
        float[] b = draw(random, layer.outputs() * config.rank(), deviation);
        factors.put(layer.name(), new Factors(config.rank(), a, b, config.scaling()));
      }
    }
    return factors;
  }

  /** Uniform in ±√3·deviation: no logarithm that a platform might compute otherwise. */
  private static float[] draw(SplittableRandom random, int length, double deviation) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (1.7320508 * deviation * (2 * random.nextDouble() - 1));
    }
    return values;
  }

  /** The card of an adapter for a model of this digest. */
  public static AdapterCard card(String baseDigest) {
    return new AdapterCard(
        "random", "Nothing but tests.", baseDigest, Optional.empty(), Optional.of("0".repeat(64)));
  }

  /** Of all linear layers of a dense decoder. */
  public static AdapterConfig config(int rank, double alpha) {
    List<String> targets =
        List.of(
            "q_proj",
            "k_proj",
            "v_proj",
            "o_proj",
            "gate_proj",
            "up_proj",
            "down_proj",
            "qkv_proj",
            "gate_up_proj",
            "Wqkv",
            "in_proj",
            "out_proj",
            "x_proj",
            "fc1",
            "fc2");
    return new AdapterConfig(rank, alpha, false, targets, "");
  }
}
