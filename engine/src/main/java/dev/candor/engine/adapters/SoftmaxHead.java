package dev.candor.engine.adapters;

import dev.candor.engine.AdapterException;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.engine.generation.Pooling;
import dev.candor.engine.generation.SessionOptions;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.weights.SafetensorsFile;
import dev.candor.engine.weights.SafetensorsWriter;
import dev.candor.engine.weights.SafetensorsWriter.FloatTensor;
import dev.candor.engine.weights.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A classifier on the hidden states of a model whose weights stay as they are: p = softmax((W·h +
 * b) / T). In a folder: {@code head.json}, format version 1, and {@code head.safetensors} with
 * {@code weight} [labels, H] and {@code bias} [labels].
 *
 * <p>Everything is computed in float64 in ascending order, with StrictMath: the same text gives the
 * same bits on every machine.
 *
 * @param card what it is and what it was made for
 * @param features how a text becomes h
 * @param labels what it tells apart, two or more
 * @param weight W, row-major
 * @param bias b
 * @param temperature T, by which its probabilities were calibrated; 1 for none
 * @param digest what it is called in records: the SHA-256 of what {@code sha256sum head.json
 *     head.safetensors} prints
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SoftmaxHead(
    AdapterCard card,
    TextFeatures features,
    List<String> labels,
    float[] weight,
    float[] bias,
    double temperature,
    String digest) {

  private static final String DOCUMENT = "head.json";
  private static final String WEIGHTS = "head.safetensors";
  private static final int MOST_LABELS = 10_000;

  public SoftmaxHead {
    labels = List.copyOf(labels);
    if (labels.size() < 2
        || labels.size() > MOST_LABELS
        || new HashSet<>(labels).size() < labels.size()) {
      throw malformed("labels are not 2 to " + MOST_LABELS + " different texts");
    }
    if (bias.length != labels.size() || weight.length % labels.size() != 0) {
      throw malformed("weight and bias do not fit " + labels.size() + " labels");
    }
    if (!(temperature > 0 && temperature < 1e6)) {
      throw malformed("temperature is " + temperature + ", allowed is above 0 to 1000000");
    }
  }

  /**
   * Reads a folder.
   *
   * @throws dev.candor.engine.EngineException {@code adapter.*}, {@code config.*} or {@code
   *     weights.*}
   */
  public static SoftmaxHead read(Path folder) {
    JsonObject json = AdapterFiles.read(folder, DOCUMENT);
    AdapterCard card = AdapterCard.of(json);
    if (!Files.isRegularFile(folder.resolve(WEIGHTS))) {
      throw new AdapterException(
          "missing-file", folder + " has no file " + WEIGHTS, "Give the folder of a head.");
    }
    String weightsDigest = AdapterFiles.digest(folder, List.of(WEIGHTS));
    if (!json.string("weightsDigest").equals(weightsDigest)) {
      throw new AdapterException(
          "altered",
          WEIGHTS + " has another digest than " + DOCUMENT + " says",
          "Use an unchanged copy, or train the head again.");
    }
    String digest = AdapterFiles.digest(folder, List.of(DOCUMENT, WEIGHTS));
    List<String> labels = json.strings("labels");
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      float[] weight = values(file, "weight", 2, labels.size());
      float[] bias = values(file, "bias", 1, labels.size());
      return new SoftmaxHead(
          card, features(json), labels, weight, bias, json.number("temperature", 1), digest);
    }
  }

  private static TextFeatures features(JsonObject json) {
    String pooling = json.string("pooling");
    return new TextFeatures(
        switch (pooling) {
          case "last-token" -> Pooling.LAST_TOKEN;
          case "mean" -> Pooling.MEAN;
          default -> throw malformed("pooling is neither last-token nor mean");
        },
        json.optionalString("prefix").orElse(""),
        json.optionalString("suffix").orElse(""));
  }

  private static float[] values(SafetensorsFile file, String name, int rank, int labels) {
    Tensor tensor =
        file.tensor(name)
            .filter(it -> it.shape().size() == rank && it.shape().getFirst() == labels)
            .orElseThrow(() ->
                new AdapterException(
                    "shape",
                    WEIGHTS + ": " + name + " is missing or not for " + labels + " labels",
                    "Use a document and weights that belong together."));
    float[] values = tensor.floats();
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new AdapterException(
            "not-finite",
            WEIGHTS + ": " + name + " has an element that is not finite",
            "Use weights of a training that did not diverge.");
      }
    }
    return values;
  }

  private static AdapterException malformed(String problem) {
    return new AdapterException(
        "malformed", DOCUMENT + ": " + problem, "Correct the document, or train the head again.");
  }

  /** H, the width of the hidden states that it reads. */
  public int width() {
    return weight.length / labels.size();
  }

  /**
   * Checks that it was made for a model.
   *
   * @throws AdapterException {@code adapter.other-base} or {@code adapter.shape}
   */
  public void requireBase(LanguageModel language) {
    card.requireBase("the head", language.digest());
    if (width() != language.model().hiddenSize()) {
      throw new AdapterException(
          "shape",
          "the head reads vectors of "
              + width()
              + " numbers, the model has "
              + language.model().hiddenSize(),
          "Use the model that it was made for.");
    }
  }

  /** How probable each label is for a text. */
  public double[] probabilities(LanguageModel language, String text, SessionOptions options) {
    return probabilities(features.read(language, text, options));
  }

  /**
   * How probable each label is.
   *
   * @param hidden h, {@link #width} numbers
   */
  public double[] probabilities(float[] hidden) {
    if (hidden.length != width()) {
      throw new IllegalArgumentException(hidden.length + " numbers, not " + width());
    }
    double[] p = new double[labels.size()];
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < p.length; i++) {
      double sum = bias[i];
      for (int j = 0; j < hidden.length; j++) {
        sum += (double) weight[i * hidden.length + j] * hidden[j];
      }
      p[i] = sum / temperature;
      most = Math.max(most, p[i]);
    }
    double total = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = StrictMath.exp(p[i] - most);
      total += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= total;
    }
    return p;
  }

  /** Writes a folder that {@link #read} reads; files of these names are replaced. */
  public static SoftmaxHead write(
      Path folder,
      AdapterCard card,
      TextFeatures features,
      List<String> labels,
      float[] weight,
      float[] bias,
      double temperature) {
    SoftmaxHead checked = new SoftmaxHead(card, features, labels, weight, bias, temperature, "");
    Map<String, Object> members = new LinkedHashMap<>(card.members());
    members.put("labels", new ArrayList<>(labels));
    members.put(
        "pooling",
        switch (features.pooling()) {
          case LAST_TOKEN -> "last-token";
          case MEAN -> "mean";
        });
    members.put("prefix", features.prefix());
    members.put("suffix", features.suffix());
    members.put("temperature", temperature);
    // The folder is there before its weights are, and the document comes last.
    AdapterFiles.createFolder(folder);
    SafetensorsWriter.write(
        folder.resolve(WEIGHTS),
        List.of(
            new FloatTensor("weight", List.of(labels.size(), checked.width()), weight, 0),
            new FloatTensor("bias", List.of(labels.size()), bias, 0)));
    members.put("weightsDigest", AdapterFiles.digest(folder, List.of(WEIGHTS)));
    AdapterFiles.write(folder, DOCUMENT, members);
    return read(folder);
  }
}
