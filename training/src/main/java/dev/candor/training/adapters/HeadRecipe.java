package dev.candor.training.adapters;

import dev.candor.engine.adapters.TextFeatures;
import dev.candor.engine.generation.Pooling;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.json.JsonText;
import dev.candor.training.ContentDigest;
import dev.candor.training.TrainingException;
import dev.candor.training.runs.RecipeReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a softmax head is trained, as a person writes it in YAML. What is not said here has the value
 * of the example; base and data must be said.
 *
 * <pre>{@code
 * base: SmolLM2            # a name from 'candor models list', or a file or folder
 * data: sections           # the folder of a data set with labels, from the recipe's own on
 * name: sections           # what the head is called; if left out, the data set's name
 * purpose: …               # a sentence; if left out, it names the data set
 * features:
 *   pooling: mean          # or last-token: which hidden state stands for a text
 *   prefix: ""             # what stands before each text
 *   suffix: ""             # and behind it
 * penalties: [0.001, 0.01, 0.1, 1]    # of ‖W‖² / 2; the validation rows decide
 * }</pre>
 */
public record HeadRecipe(
    String base,
    Path data,
    Optional<String> name,
    Optional<String> purpose,
    TextFeatures features,
    List<Double> penalties) {

  private static final List<Double> USUAL_PENALTIES = List.of(0.001, 0.01, 0.1, 1.0);

  public HeadRecipe {
    penalties = List.copyOf(penalties);
  }

  /** Reads a recipe. */
  public static HeadRecipe read(Path file) {
    RecipeReader reader = RecipeReader.of(file);
    JsonObject root =
        reader.root(List.of("base", "data", "name", "purpose", "features", "penalties"));
    JsonObject features = reader.part(root, "features", List.of("pooling", "prefix", "suffix"));
    String pooling = reader.choice(features, "features.", "pooling", List.of("mean", "last-token"));
    return new HeadRecipe(
        reader.text(root, "base"),
        reader.path(root, "data"),
        root.optionalString("name"),
        root.optionalString("purpose"),
        new TextFeatures(
            pooling.equals("mean") ? Pooling.MEAN : Pooling.LAST_TOKEN,
            features.optionalString("prefix").orElse(""),
            features.optionalString("suffix").orElse("")),
        root.list("penalties").map(HeadRecipe::penalties).orElse(USUAL_PENALTIES));
  }

  private static List<Double> penalties(List<Object> elements) {
    List<Double> penalties = new ArrayList<>();
    for (Object element : elements) {
      double value = element instanceof Number number ? number.doubleValue() : Double.NaN;
      if (!(value > 0 && value <= 1e6)) {
        throw new TrainingException(
            "out-of-range",
            "penalties has " + element + ", allowed is more than 0 and at most 1000000",
            "Write positive numbers, such as [0.001, 0.01, 0.1].");
      }
      penalties.add(value);
    }
    if (penalties.isEmpty() || penalties.size() > 100) {
      throw new TrainingException(
          "out-of-range",
          "penalties has " + penalties.size() + " numbers, allowed is 1 to 100",
          "Write some, such as [0.001, 0.01, 0.1].");
    }
    return penalties;
  }

  /** SHA-256 of all that decides the head, but for the model and the data themselves. */
  public String digest() {
    Map<String, Object> used = new LinkedHashMap<>();
    used.put("features.pooling", features.pooling().name());
    used.put("features.prefix", features.prefix());
    used.put("features.suffix", features.suffix());
    used.put("penalties", penalties);
    return ContentDigest.of(JsonText.of(used));
  }
}
