package dev.candor.engine.adapters;

import dev.candor.engine.AdapterException;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.models.Adapter;
import dev.candor.engine.models.Adapter.Factors;
import dev.candor.engine.models.CausalModel;
import dev.candor.engine.models.LinearLayers;
import dev.candor.engine.weights.SafetensorsFile;
import dev.candor.engine.weights.SafetensorsWriter;
import dev.candor.engine.weights.SafetensorsWriter.FloatTensor;
import dev.candor.engine.weights.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * An adapter in a folder as Hugging Face's PEFT writes it, {@code adapter_config.json} and {@code
 * adapter_model.safetensors}, with our card {@code adapter.json} beside them. What is in it is
 * checked before any model sees it.
 *
 * @param config what PEFT is told
 * @param factors the changes, by the Hugging Face names of the layers
 * @param card ours; empty for a folder that somebody else has written
 * @param digest what the adapter is called in records: the SHA-256 of what {@code sha256sum
 *     adapter_config.json adapter_model.safetensors} prints
 */
public record AdapterFolder(
    AdapterConfig config, Map<String, Factors> factors, Optional<AdapterCard> card, String digest) {

  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String CARD = "adapter.json";
  private static final String PREFIX = "base_model.model.";
  private static final String DOWN = ".lora_A.weight";
  private static final String UP = ".lora_B.weight";

  /**
   * Reads a folder.
   *
   * @throws dev.candor.engine.EngineException {@code adapter.*}, {@code config.*} or {@code
   *     weights.*}: a file is missing or malformed, a setting unsupported, tensors do not fit, or
   *     the card has another digest
   */
  public static AdapterFolder read(Path folder) {
    AdapterConfig config = AdapterConfig.of(AdapterFiles.read(folder, AdapterConfig.FILE));
    if (!Files.isRegularFile(folder.resolve(WEIGHTS))) {
      throw new AdapterException(
          "missing-file",
          folder + " has no file " + WEIGHTS,
          "Save the adapter as safetensors, which is what PEFT does unless it is told otherwise.");
    }
    String digest = AdapterFiles.digest(folder, List.of(AdapterConfig.FILE, WEIGHTS));
    Optional<AdapterCard> card = Optional.empty();
    if (Files.exists(folder.resolve(CARD))) {
      card = Optional.of(card(folder, digest));
    }
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      return new AdapterFolder(config, factors(config, file.tensors()), card, digest);
    }
  }

  private static AdapterCard card(Path folder, String digest) {
    var json = AdapterFiles.read(folder, CARD);
    if (!json.string("digest").equals(digest)) {
      throw new AdapterException(
          "altered",
          "the adapter has the digest "
              + digest.substring(0, 16)
              + "…, its card says otherwise: it was changed after it was made",
          "Use an unchanged copy; or remove " + CARD + " to use it without its card.");
    }
    return AdapterCard.of(json);
  }

  private static Map<String, Factors> factors(AdapterConfig config, Collection<Tensor> tensors) {
    Map<String, Tensor> down = new TreeMap<>();
    Map<String, Tensor> up = new TreeMap<>();
    for (Tensor tensor : tensors) {
      String name = tensor.name();
      if (name.startsWith(PREFIX) && name.endsWith(DOWN)) {
        down.put(name.substring(PREFIX.length(), name.length() - DOWN.length()), tensor);
      } else if (name.startsWith(PREFIX) && name.endsWith(UP)) {
        up.put(name.substring(PREFIX.length(), name.length() - UP.length()), tensor);
      } else {
        throw new AdapterException(
            "unexpected-tensor",
            WEIGHTS + ": tensor " + name + " belongs to no plain LoRA of a linear layer",
            "Train a plain LoRA of the linear layers.");
      }
    }
    if (down.isEmpty() || !down.keySet().equals(up.keySet())) {
      throw new AdapterException(
          "missing-tensor",
          WEIGHTS + ": not every layer has both its lora_A and its lora_B",
          "Use a complete file.");
    }
    Map<String, Factors> factors = new TreeMap<>();
    down.forEach((layer, a) -> {
      if (!config.targets().isEmpty() && !config.isTarget(layer)) {
        throw new AdapterException(
            "unexpected-tensor",
            WEIGHTS + ": " + layer + " is changed, target_modules do not name it",
            "Use a configuration and weights that belong together.");
      }
      factors.put(layer, factors(config, layer, a, up.getOrDefault(layer, a)));
    });
    return factors;
  }

  private static Factors factors(AdapterConfig config, String layer, Tensor a, Tensor b) {
    int rank = config.rank();
    if (a.shape().size() != 2
        || b.shape().size() != 2
        || a.shape().getFirst() != rank
        || b.shape().getLast() != rank) {
      throw new AdapterException(
          "shape",
          WEIGHTS
              + ": the factors of "
              + layer
              + " have the shapes "
              + a.shape()
              + " and "
              + b.shape()
              + ", their rank is "
              + rank,
          "Use a configuration and weights that belong together.");
    }
    return new Factors(rank, finite(a), finite(b), config.scaling());
  }

  private static float[] finite(Tensor tensor) {
    float[] values = tensor.floats();
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new AdapterException(
            "not-finite",
            WEIGHTS + ": tensor " + tensor.name() + " has an element that is not finite",
            "Use weights of a training that did not diverge.");
      }
    }
    return values;
  }

  /**
   * The adapter for a model.
   *
   * @throws AdapterException {@code adapter.other-base} if the card says that it was made for
   *     another, {@code adapter.unknown-layer}, {@code adapter.shape}, {@code
   *     adapter.missing-tensor}
   */
  public Adapter adapter(LanguageModel language) {
    return adapter(language.model(), language::digest);
  }

  /**
   * The same for a network alone.
   *
   * @param baseDigest gives that of its weights; asked for only if there is a card
   */
  public Adapter adapter(CausalModel model, Supplier<String> baseDigest) {
    card.ifPresent(it -> it.requireBase("the adapter", baseDigest.get()));
    LinearLayers layers = model.linearLayers();
    Adapter adapter = Adapter.of(layers, factors, digest);
    requireAll(layers.layers().stream().map(LinearLayers.Layer::name).toList());
    return adapter;
  }

  /** Every layer that is a target must be changed: else half of the file may be lost. */
  private void requireAll(Collection<String> layers) {
    for (String layer : layers) {
      if (config.isTarget(layer) && !factors.containsKey(layer)) {
        throw new AdapterException(
            "missing-tensor",
            WEIGHTS + ": target_modules name " + layer + ", the file has no change of it",
            "Use a complete file.");
      }
    }
  }

  /**
   * What to tell whoever uses it: of a folder without our card, that nobody knows whether it was
   * made for the model.
   */
  public Optional<String> warning() {
    return card.isPresent()
        ? Optional.empty()
        : Optional.of(
            "The adapter has no "
                + CARD
                + ": whether it was made for exactly this model cannot be checked.");
  }

  /**
   * Writes a folder that PEFT and {@link #read} read. Files of these names are replaced.
   *
   * @param factors by the Hugging Face names of the layers; their rank and scaling are those of the
   *     configuration
   */
  public static AdapterFolder write(
      Path folder, AdapterConfig config, Map<String, Factors> factors, AdapterCard card) {
    List<FloatTensor> tensors = new ArrayList<>();
    new TreeMap<>(factors)
        .forEach((layer, it) -> {
          if (it.rank() != config.rank() || it.scaling() != config.scaling()) {
            throw new IllegalArgumentException(layer + " is not as the configuration says");
          }
          tensors.add(
              new FloatTensor(PREFIX + layer + DOWN, List.of(it.rank(), it.inputs()), it.a(), 0));
          tensors.add(
              new FloatTensor(PREFIX + layer + UP, List.of(it.outputs(), it.rank()), it.b(), 0));
        });
    AdapterFiles.createFolder(folder);
    AdapterFiles.write(folder, AdapterConfig.FILE, config.members());
    SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors);
    Map<String, Object> members = new LinkedHashMap<>(card.members());
    members.put("digest", AdapterFiles.digest(folder, List.of(AdapterConfig.FILE, WEIGHTS)));
    AdapterFiles.write(folder, CARD, members);
    return read(folder);
  }
}
