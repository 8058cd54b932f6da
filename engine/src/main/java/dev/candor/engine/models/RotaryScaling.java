package dev.candor.engine.models;

import dev.candor.engine.ConfigException;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.RotaryPairs;
import java.util.Arrays;
import java.util.Optional;

/**
 * Frequencies of a {@link RotaryEmbedding}, from hyperparameters as transformers writes them. They
 * are computed in float32 in the order of operations of transformers, so that angles at high
 * positions do not drift from its own.
 */
final class RotaryScaling {

  private static final float MAXIMUM_BASE = 1e12f;
  private static final float MAXIMUM_FACTOR = 1e6f;

  private RotaryScaling() {}

  /**
   * The embedding that {@code rope_theta}, {@code rope_scaling} and {@code partial_rotary_factor}
   * describe.
   *
   * @param headSize elements of a head
   * @param defaultBase {@code rope_theta} if absent
   */
  static RotaryEmbedding read(
      Hyperparameters hyperparameters, int headSize, double defaultBase, RotaryPairs pairs) {
    return read(hyperparameters, headSize, defaultBase, 0, pairs);
  }

  /**
   * The same for an architecture that has a default of {@code original_max_position_embeddings}, or
   * 0 if it has none.
   */
  static RotaryEmbedding read(
      Hyperparameters hyperparameters,
      int headSize,
      double defaultBase,
      int defaultOriginal,
      RotaryPairs pairs) {
    JsonObject config = hyperparameters.config();
    refuseNewFormat(config);
    float[] wavelengths =
        wavelengths(base("rope_theta", config, defaultBase), turned(config, headSize));
    float[] frequencies = inverted(wavelengths);
    Optional<JsonObject> scaling = config.object("rope_scaling");
    if (scaling.isEmpty()) {
      return RotaryEmbedding.of(frequencies, pairs);
    }
    String type = type(scaling.get());
    return switch (longRopeByAnotherName(type, scaling.get()) ? "longrope" : type) {
      case "default" -> RotaryEmbedding.of(frequencies, pairs);
      // Dynamic scaling sets in beyond max_position_embeddings, which is the longest context here.
      case "dynamic" -> RotaryEmbedding.of(frequencies, pairs);
      case "linear" ->
          RotaryEmbedding.of(divided(frequencies, factor("factor", scaling.get())), pairs);
      case "llama3" -> RotaryEmbedding.of(llama3(frequencies, scaling.get()), pairs);
      case "longrope" ->
          longRope(hyperparameters, defaultOriginal, wavelengths, scaling.get(), pairs);
      default ->
          throw Hyperparameters.unsupported(
              "rope_scaling.rope_type",
              type,
              "Supported are default, linear, dynamic, llama3 and longrope.");
    };
  }

  /** An embedding of a base of its own, never scaled: that of Gemma 3's local layers. */
  static RotaryEmbedding unscaled(
      Hyperparameters hyperparameters,
      int headSize,
      String baseKey,
      double defaultBase,
      RotaryPairs pairs) {
    JsonObject config = hyperparameters.config();
    return RotaryEmbedding.of(
        inverted(wavelengths(base(baseKey, config, defaultBase), turned(config, headSize))), pairs);
  }

  private static void refuseNewFormat(JsonObject config) {
    if (config.has("rope_parameters")) {
      throw Hyperparameters.unsupported(
          "rope_parameters",
          "present",
          "Use a config.json with rope_theta and rope_scaling (transformers 4).");
    }
  }

  private static String type(JsonObject scaling) {
    return scaling
        .optionalString("rope_type")
        .or(() -> scaling.optionalString("type"))
        .orElse("default");
  }

  private static float base(String key, JsonObject config, double absent) {
    return Hyperparameters.positive(key, config.number(key, absent), MAXIMUM_BASE);
  }

  private static float factor(String key, JsonObject scaling) {
    return Hyperparameters.positive("rope_scaling." + key, scaling.number(key), MAXIMUM_FACTOR);
  }

  /** How many pairs of a head are turned. */
  private static int turned(JsonObject config, int headSize) {
    double part = config.number("partial_rotary_factor", 1);
    int elements = (int) (headSize * part);
    if (!(part > 0 && part <= 1) || elements < 2 || elements % 2 != 0) {
      throw Hyperparameters.outOfRange(
          "partial_rotary_factor of head_dim",
          part + " of " + headSize,
          "more than 0 and at most 1 of it, an even number of elements");
    }
    return elements / 2;
  }

  /** 1/θᵢ = base^(2i/d), i in [0, d/2): tokens per radian. */
  private static float[] wavelengths(float base, int turned) {
    float[] wavelengths = new float[turned];
    for (int i = 0; i < turned; i++) {
      wavelengths[i] = (float) StrictMath.pow(base, 2 * i / (float) (2 * turned));
    }
    return wavelengths;
  }

  private static float[] inverted(float[] wavelengths) {
    float[] frequencies = new float[wavelengths.length];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = 1 / wavelengths[i];
    }
    return frequencies;
  }

  private static float[] divided(float[] frequencies, float factor) {
    float[] divided = frequencies.clone();
    for (int i = 0; i < divided.length; i++) {
      divided[i] /= factor;
    }
    return divided;
  }

  /**
   * Llama 3.1: long wavelengths are divided by the factor, short ones kept, those between blended.
   */
  private static float[] llama3(float[] frequencies, JsonObject scaling) {
    float factor = factor("factor", scaling);
    float low = factor("low_freq_factor", scaling);
    float high = factor("high_freq_factor", scaling);
    if (high <= low) {
      throw Hyperparameters.outOfRange(
          "rope_scaling.high_freq_factor", high, "more than low_freq_factor, " + low);
    }
    int original = scaling.integer("original_max_position_embeddings", 1, Integer.MAX_VALUE);
    float[] scaled = frequencies.clone();
    for (int i = 0; i < scaled.length; i++) {
      float wavelength = (float) (2 * Math.PI) / frequencies[i];
      if (wavelength > original / low) {
        scaled[i] = frequencies[i] / factor;
      } else if (wavelength >= original / high) {
        float smooth = (original / wavelength - low) / (high - low);
        scaled[i] = (1 - smooth) * frequencies[i] / factor + smooth * frequencies[i];
      }
    }
    return scaled;
  }

  /**
   * LongRoPE: each frequency is divided by a factor of its own; sine and cosine grow by √(1 + ln s
   * / ln n) when n = {@code original_max_position_embeddings} were extended s-fold.
   */
  private static RotaryEmbedding longRope(
      Hyperparameters hyperparameters,
      int defaultOriginal,
      float[] wavelengths,
      JsonObject scaling,
      RotaryPairs pairs) {
    int context = hyperparameters.context();
    int declared =
        hyperparameters
            .config()
            .integer("original_max_position_embeddings", 2, Integer.MAX_VALUE, defaultOriginal);
    int original = declared == 0 ? context : declared;
    double extension = declared == 0 ? scaling.number("factor", 1) : context / (double) original;
    double magnitude =
        extension <= 1 ? 1 : Math.sqrt(1 + StrictMath.log(extension) / StrictMath.log(original));
    float[] shortFrequencies = stretched(wavelengths, "short_factor", scaling);
    float[] longFrequencies = stretched(wavelengths, "long_factor", scaling);
    return new RotaryEmbedding(
        shortFrequencies,
        longFrequencies,
        Arrays.equals(shortFrequencies, longFrequencies) ? RotaryEmbedding.NO_BORDER : original,
        Hyperparameters.positive(
            "rope_scaling.attention_factor", scaling.number("attention_factor", magnitude), 1e3f),
        pairs);
  }

  /** Early Phi-3 files call it "su" or "yarn"; the two sets of factors tell it apart. */
  private static boolean longRopeByAnotherName(String type, JsonObject scaling) {
    return type.equals("su")
        || (type.equals("yarn") && scaling.has("short_factor") && scaling.has("long_factor"));
  }

  private static float[] stretched(float[] wavelengths, String key, JsonObject scaling) {
    float[] factors = scaling.floats(key);
    if (factors.length != wavelengths.length) {
      throw new ConfigException(
          "out-of-range",
          "rope_scaling."
              + key
              + " has "
              + factors.length
              + " elements, the head turns "
              + wavelengths.length
              + " pairs",
          "Use a file with a factor for each pair.");
    }
    float[] stretched = new float[factors.length];
    for (int i = 0; i < factors.length; i++) {
      stretched[i] =
          Hyperparameters.positive("rope_scaling." + key, factors[i], MAXIMUM_FACTOR)
              * wavelengths[i];
    }
    return inverted(stretched);
  }
}
