package dev.candor.training.adapters;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.json.JsonText;
import dev.candor.training.ContentDigest;
import dev.candor.training.optimisers.AdamW;
import dev.candor.training.optimisers.LearningRate;
import dev.candor.training.runs.Recipe.CheckpointPlan;
import dev.candor.training.runs.RecipeReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How an adapter is trained, as a person writes it in YAML. What is not said here has the value of
 * the example; base, data and adapter.targets must be said.
 *
 * <pre>{@code
 * base: SmolLM2              # a name from 'candor models list', or a file or folder
 * data: sections             # the folder of a data set, from the recipe's own on
 * name: sections             # what the adapter is called; if left out, the data set's name
 * purpose: …                 # a sentence; if left out, it names the data set
 * seed: 1                    # of the factors at first, and of the order of the examples
 * instruction: …             # what is asked in place of the usual sentence
 * adapter:
 *   rank: 8
 *   alpha: 16
 *   rankStabilised: false
 *   targets: [q_proj, v_proj]    # as PEFT's target_modules
 * epochs: 1
 * batches:
 *   examples: 16             # of a step
 *   shards: 2                # parts of a step whose gradients are computed apart
 *   longest: 1024            # most tokens of an example
 * optimiser:                 # AdamW
 *   beta1: 0.9
 *   beta2: 0.99
 *   epsilon: 1.0e-8
 *   weightDecay: 0
 *   clipping: 1              # longest gradient; 0: any
 * learningRate:
 *   peak: 0.0005
 *   warmUpShare: 0.05        # of all tokens
 *   decay: linear            # or cosine
 *   finalShare: 0            # of the peak
 * validation:
 *   everyExamples: 1000
 *   examples: 200            # at most
 * checkpoints:
 *   everyMinutes: 10         # 0: never, but for the end and Ctrl-C
 *   kept: 1
 * }</pre>
 */
public record AdapterRecipe(
    String base,
    Path data,
    Optional<String> name,
    Optional<String> purpose,
    Optional<String> instruction,
    long seed,
    AdapterShape shape,
    int epochs,
    Batches batches,
    AdamW.Settings optimiser,
    double clipping,
    Rate learningRate,
    ValidationExamples validation,
    CheckpointPlan checkpoints) {

  /** Of a step, and the longest of all. */
  public record Batches(int examples, int shards, int longest) {}

  /** Shares of all tokens, and of the peak. */
  public record Rate(double peak, double warmUpShare, LearningRate.Decay decay, double finalShare) {

    LearningRate of(long tokens) {
      long warmUp = (long) (tokens * warmUpShare);
      return new LearningRate(peak, warmUp, decay, tokens - warmUp, finalShare, tokens);
    }
  }

  /** How often, and at most how many. */
  public record ValidationExamples(int everyExamples, int examples) {}

  /** Reads a recipe. */
  public static AdapterRecipe read(Path file) {
    RecipeReader reader = RecipeReader.of(file);
    JsonObject root =
        reader.root(
            List.of(
                "base",
                "data",
                "name",
                "purpose",
                "seed",
                "instruction",
                "adapter",
                "epochs",
                "batches",
                "optimiser",
                "learningRate",
                "validation",
                "checkpoints"));
    JsonObject adapter =
        reader.part(root, "adapter", List.of("rank", "alpha", "rankStabilised", "targets"));
    JsonObject batches = reader.part(root, "batches", List.of("examples", "shards", "longest"));
    JsonObject optimiser =
        reader.part(
            root, "optimiser", List.of("beta1", "beta2", "epsilon", "weightDecay", "clipping"));
    JsonObject rate =
        reader.part(root, "learningRate", List.of("peak", "warmUpShare", "decay", "finalShare"));
    JsonObject validation = reader.part(root, "validation", List.of("everyExamples", "examples"));
    JsonObject checkpoints = reader.part(root, "checkpoints", List.of("everyMinutes", "kept"));
    int rank = adapter.integer("rank", 1, 1024, 8);
    return new AdapterRecipe(
        reader.text(root, "base"),
        reader.path(root, "data"),
        root.optionalString("name"),
        root.optionalString("purpose"),
        root.optionalString("instruction"),
        root.optionalInteger("seed").orElse(1),
        new AdapterShape(
            rank,
            reader.number(adapter, "adapter.", "alpha", 1e-6, 1e6, 2.0 * rank),
            adapter.bool("rankStabilised", false),
            reader.texts(adapter, "adapter.", "targets")),
        root.integer("epochs", 1, 10_000, 1),
        new Batches(
            batches.integer("examples", 1, 1 << 16, 16),
            batches.integer("shards", 1, 64, 2),
            batches.integer("longest", 2, 1 << 17, 1024)),
        new AdamW.Settings(
            reader.number(optimiser, "optimiser.", "beta1", 0, 0.9999999, 0.9),
            reader.number(optimiser, "optimiser.", "beta2", 0, 0.9999999, 0.99),
            reader.number(optimiser, "optimiser.", "epsilon", 1e-30, 1, 1e-8),
            reader.number(optimiser, "optimiser.", "weightDecay", 0, 10, 0)),
        reader.number(optimiser, "optimiser.", "clipping", 0, 1e9, 1),
        new Rate(
            reader.number(rate, "learningRate.", "peak", 1e-12, 100, 5e-4),
            reader.number(rate, "learningRate.", "warmUpShare", 0, 0.9, 0.05),
            LearningRate.Decay.valueOf(
                reader
                    .choice(rate, "learningRate.", "decay", List.of("linear", "cosine"))
                    .toUpperCase(Locale.ROOT)),
            reader.number(rate, "learningRate.", "finalShare", 0, 1, 0)),
        new ValidationExamples(
            validation.integer("everyExamples", 1, Integer.MAX_VALUE, 1000),
            validation.integer("examples", 0, 1 << 20, 200)),
        new CheckpointPlan(
            0,
            checkpoints.integer("everyMinutes", 0, 100_000, 10),
            checkpoints.integer("kept", 1, 1000, 1)));
  }

  /** SHA-256 of all that decides the weights, but for the model and the data themselves. */
  public String digest() {
    return ContentDigest.of(JsonText.of(used()));
  }

  /** All that decides the weights, as text by its key. */
  Map<String, String> used() {
    Map<String, String> used = new LinkedHashMap<>();
    used.put("seed", String.valueOf(seed));
    used.put("instruction", instruction.orElse(""));
    used.put("adapter.rank", String.valueOf(shape.rank()));
    used.put("adapter.alpha", String.valueOf(shape.alpha()));
    used.put("adapter.rankStabilised", String.valueOf(shape.rankStabilised()));
    used.put("adapter.targets", String.join(", ", shape.targets()));
    used.put("epochs", String.valueOf(epochs));
    used.put("batches.examples", String.valueOf(batches.examples));
    used.put("batches.shards", String.valueOf(batches.shards));
    used.put("optimiser.beta1", String.valueOf(optimiser.beta1()));
    used.put("optimiser.beta2", String.valueOf(optimiser.beta2()));
    used.put("optimiser.epsilon", String.valueOf(optimiser.epsilon()));
    used.put("optimiser.weightDecay", String.valueOf(optimiser.weightDecay()));
    used.put("optimiser.clipping", String.valueOf(clipping));
    used.put("learningRate.peak", String.valueOf(learningRate.peak));
    used.put("learningRate.warmUpShare", String.valueOf(learningRate.warmUpShare));
    used.put("learningRate.decay", learningRate.decay.name().toLowerCase(Locale.ROOT));
    used.put("learningRate.finalShare", String.valueOf(learningRate.finalShare));
    return used;
  }
}
