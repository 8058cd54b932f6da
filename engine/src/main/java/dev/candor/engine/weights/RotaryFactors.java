package dev.candor.engine.weights;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * The tensors by which llama.cpp is told of scaled rotary embeddings: each frequency is divided by
 * its factor. Candor itself reads {@code rope_scaling} of the configuration, which the file carries
 * too.
 */
final class RotaryFactors {

  /** A vector with a factor for each frequency. */
  record Factors(String ggufName, float[] values) {}

  private RotaryFactors() {}

  static List<Factors> of(String modelType, JsonObject config) {
    Optional<JsonObject> scaling = config.object("rope_scaling");
    if (scaling.isEmpty()) {
      return List.of();
    }
    return switch (modelType) {
      case "llama", "mistral" ->
          "llama3".equals(type(scaling.get()))
              ? List.of(new Factors(GgufConfig.FREQUENCIES, llama3(config, scaling.get())))
              : List.of();
      case "phi3" ->
          scaling.get().has("long_factor")
              ? List.of(
                  new Factors(GgufConfig.LONG_FACTORS, scaling.get().floats("long_factor")),
                  new Factors(GgufConfig.SHORT_FACTORS, scaling.get().floats("short_factor")))
              : List.of();
      default -> List.of();
    };
  }

  static String type(JsonObject scaling) {
    return scaling
        .optionalString("rope_type")
        .or(() -> scaling.optionalString("type"))
        .orElse("default");
  }

  /**
   * Llama 3.1: wavelengths beyond the original context shrink by the whole factor, those well
   * within it not at all, those between by a blend.
   */
  private static float[] llama3(JsonObject config, JsonObject scaling) {
    double base = config.number("rope_theta", 10_000);
    double factor = scaling.number("factor");
    double low = scaling.number("low_freq_factor");
    double high = scaling.number("high_freq_factor");
    double original = scaling.number("original_max_position_embeddings");
    if (!(factor > 0 && low > 0 && high > low && original > 0)) {
      throw new ConfigException(
          "out-of-range",
          "config.json: rope_scaling needs factors above 0 and high_freq_factor above"
              + " low_freq_factor",
          "Correct the model's config.json.");
    }
    int headSize = headSize(config);
    float[] factors = new float[headSize / 2];
    for (int i = 0; i < factors.length; i++) {
      double wavelength = 2 * Math.PI * StrictMath.pow(base, 2.0 * i / headSize);
      double kept = (original / wavelength - low) / (high - low);
      factors[i] =
          (float) (1 / (kept <= 0 ? 1 / factor : kept >= 1 ? 1 : (1 - kept) / factor + kept));
    }
    return factors;
  }

  /** Elements of an attention head. */
  static int headSize(JsonObject config) {
    int heads = config.integer("num_attention_heads", 1, 1 << 16);
    int width = config.integer("hidden_size", 1, 1 << 24);
    return config.integer("head_dim", 1, 1 << 16, Math.max(1, width / heads));
  }
}
