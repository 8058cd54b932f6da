package dev.candor.engine.models;

import dev.candor.engine.ModelException;
import dev.candor.engine.weights.Checkpoint;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Every architecture this engine runs, by its Hugging Face {@code model_type}. */
public final class Architectures {

  /** Builds a model on a checkpoint's tensors. */
  @FunctionalInterface
  private interface Loader<M> {
    M load(Checkpoint checkpoint, Compute compute);
  }

  private static final Map<String, Loader<CausalModel>> DECODERS =
      new TreeMap<>(
          Map.of(
              "llama", Llama::load,
              "mistral", Mistral::load,
              "gemma", Gemma::load,
              "gemma3_text", Gemma3::load,
              "phi3", Phi3::load,
              "phi4flash", SambaY::new));

  private static final Map<String, Loader<EncoderModel>> ENCODERS =
      new TreeMap<>(Map.of("bert", Bert::load, "mobilebert", MobileBert::load));

  private Architectures() {}

  /** The decoders' names. */
  public static Set<String> decoders() {
    return new TreeSet<>(DECODERS.keySet());
  }

  /** The encoders' names. */
  public static Set<String> encoders() {
    return new TreeSet<>(ENCODERS.keySet());
  }

  /** Whether {@link #loadEncoder} takes such a checkpoint, rather than {@link #load}. */
  public static boolean isEncoder(String architecture) {
    return ENCODERS.containsKey(architecture);
  }

  /**
   * The decoder in a checkpoint. Hyperparameters and the shapes of all tensors are checked before
   * anything is allocated; weights stay where they are mapped.
   *
   * @param checkpoint must stay open as long as the model is used
   * @throws dev.candor.engine.EngineException if the architecture is unknown ({@code
   *     model.unknown-architecture}) or an encoder ({@code model.not-a-decoder}), a hyperparameter
   *     is missing, out of range or of an unsupported kind ({@code config.*}), or tensors do not
   *     fit ({@code model.*})
   */
  public static CausalModel load(Checkpoint checkpoint, Compute compute) {
    if (isEncoder(checkpoint.architecture())) {
      throw new ModelException(
          "not-a-decoder",
          checkpoint.architecture()
              + " is an encoder; it classifies and embeds, it does not answer",
          "Use a model that generates text.");
    }
    return loader(DECODERS, checkpoint.architecture(), "decoder").load(checkpoint, compute);
  }

  /**
   * The parts of the transformer in a checkpoint; otherwise like {@link #load}.
   *
   * @throws ModelException {@code model.not-a-transformer} for a decoder of another kind
   */
  public static TransformerParts transformer(Checkpoint checkpoint, Compute compute) {
    if (load(checkpoint, compute) instanceof TransformerDecoder decoder) {
      return decoder.parts();
    }
    throw new ModelException(
        "not-a-transformer",
        checkpoint.architecture() + " is not a stack of attention and feed-forward layers alone",
        "Use a model of the Llama, Mistral, Gemma or Phi-3 families.");
  }

  /** The encoder in a checkpoint; otherwise like {@link #load}. */
  public static EncoderModel loadEncoder(Checkpoint checkpoint, Compute compute) {
    return loader(ENCODERS, checkpoint.architecture(), "encoder").load(checkpoint, compute);
  }

  private static <M> Loader<M> loader(
      Map<String, Loader<M>> loaders, String architecture, String kind) {
    Loader<M> loader = loaders.get(architecture);
    if (loader == null) {
      throw new ModelException(
          "unknown-architecture",
          "no " + kind + " is called " + architecture,
          "Use one of: " + String.join(", ", loaders.keySet()) + ".");
    }
    return loader;
  }
}
