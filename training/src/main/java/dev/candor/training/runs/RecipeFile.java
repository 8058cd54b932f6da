package dev.candor.training.runs;

import dev.candor.engine.json.JsonObject;
import dev.candor.training.KnownKeys;
import dev.candor.training.TrainingException;
import dev.candor.training.lessons.Curriculum;
import dev.candor.training.lessons.Curriculum.Stage;
import dev.candor.training.optimisers.AdamW;
import dev.candor.training.optimisers.LearningRate;
import dev.candor.training.optimisers.Muon;
import dev.candor.training.optimisers.WarmRestarts;
import dev.candor.training.runs.Recipe.BatchShape;
import dev.candor.training.runs.Recipe.CheckpointPlan;
import dev.candor.training.runs.Recipe.OptimiserChoice;
import dev.candor.training.runs.Recipe.TokenizerChoice;
import dev.candor.training.runs.Recipe.ValidationPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A recipe as a person writes it, in YAML. What is not said here has the value of the example,
 * which is the usual one; seed, model, tokens and learningRate.peak must be said.
 *
 * <pre>{@code
 * seed: 1
 * model:                    # keys of config.json; what the architecture requires must be there
 *   vocab_size: 768
 *   hidden_size: 192
 *   …
 * tokenizer:
 *   folder: tokenizer       # with tokenizer.json and tokenizer_config.json, from the recipe's folder on
 *   exercisesPerLesson: 2000   # or: train one on so many, of vocab_size tokens
 * tokens: 20000000
 * batches:
 *   tokens: 4096
 *   shards: 2
 *   trainPrompts: false
 *   answerWeight: length    # or root: an answer of n targets counts √n
 * optimiser:
 *   kind: muon              # or adamw
 *   momentum: 0.95          # of muon
 *   matrixRate: 1           # of muon: learning rate of the matrices ÷ that of the rest
 *   scale: match-adamw      # of muon; or original
 *   beta1: 0.9
 *   beta2: 0.95
 *   epsilon: 1.0e-8
 *   weightDecay: 0.1
 *   clipping: 1             # longest gradient; 0: any
 * learningRate:
 *   peak: 0.003
 *   warmUpTokens: 0
 *   decay: cosine           # or linear
 *   decayTokens: …          # all after the warm-up; fewer: stable in between
 *   finalShare: 0.1
 *   untilTokens: …          # where it has fallen, before a restart; left out: at the restart
 *   restarts:               # or left out: rise and fall once more, to go on with a run that ended
 *     - fromTokens: …       # a token of the run, as untilTokens is; all other keys as above
 *       peak: …
 * curriculum:               # or left out for the embedded model's
 *   - fromTokens: 0
 *     lessons: {copying: 2, arithmetic-1: 1}
 *   - fromTokens: 1000000
 *     lessons: {triage: 2, extraction: 3}
 * sections: texts           # of the lesson sections: a folder with train.jsonl.gz and sealed.jsonl.gz
 * validation:
 *   everyTokens: 1000000
 *   exercisesPerLesson: 64
 * checkpoints:
 *   everyTokens: 0
 *   everyMinutes: 10
 *   kept: 2
 * }</pre>
 */
public final class RecipeFile {

  private static final long MOST_TOKENS = 1_000_000_000_000L;
  private static final int MOST_STAGES = 100;

  private static final List<String> KEYS =
      List.of(
          "seed",
          "model",
          "tokenizer",
          "tokens",
          "batches",
          "optimiser",
          "learningRate",
          "curriculum",
          "sections",
          "validation",
          "checkpoints");

  /** What a recipe may say of a model; the rest of config.json follows from the tokenizer. */
  private static final List<String> MODEL_KEYS =
      List.of(
          "model_type",
          "vocab_size",
          "hidden_size",
          "intermediate_size",
          "num_hidden_layers",
          "num_attention_heads",
          "num_key_value_heads",
          "sliding_window",
          "mb_per_layer",
          "layer_norm_eps",
          "hidden_act",
          "max_position_embeddings",
          "tie_word_embeddings",
          "mamba_d_state",
          "mamba_d_conv",
          "mamba_expand");

  private static final List<String> ADAMW_KEYS =
      List.of("kind", "beta1", "beta2", "epsilon", "weightDecay", "clipping");
  private static final List<String> MUON_KEYS =
      List.of(
          "kind",
          "momentum",
          "matrixRate",
          "scale",
          "beta1",
          "beta2",
          "epsilon",
          "weightDecay",
          "clipping");

  private static final List<String> RATE_KEYS =
      List.of(
          "peak", "warmUpTokens", "decay", "decayTokens", "finalShare", "untilTokens", "restarts");
  private static final List<String> RESTART_KEYS =
      List.of(
          "fromTokens",
          "peak",
          "warmUpTokens",
          "decay",
          "decayTokens",
          "finalShare",
          "untilTokens");

  private final RecipeReader reader;
  private final String name;

  private RecipeFile(RecipeReader reader) {
    this.reader = reader;
    this.name = reader.name();
  }

  /**
   * Reads a recipe.
   *
   * @throws TrainingException if a key is unknown, with the nearest one, or a value is not allowed
   * @throws dev.candor.engine.ConfigException if a value is missing or of another type
   */
  public static Recipe read(Path file) {
    return new RecipeFile(RecipeReader.of(file)).recipe();
  }

  private Recipe recipe() {
    JsonObject root = reader.root(KEYS);
    JsonObject model = reader.part(root, "model", MODEL_KEYS);
    long tokens = whole(root, "tokens", 1, MOST_TOKENS, -1);
    JsonObject optimiser = reader.part(root, "optimiser", MUON_KEYS);
    return new Recipe(
        root.optionalInteger("seed").orElseThrow(() -> reader.missing("seed")),
        model,
        tokenizer(reader.part(root, "tokenizer", List.of("folder", "exercisesPerLesson"))),
        tokens,
        batches(
            reader.part(
                root, "batches", List.of("tokens", "shards", "trainPrompts", "answerWeight"))),
        optimiser(optimiser),
        reader.number(optimiser, "optimiser.", "clipping", 0, 1e9, 1),
        learningRate(reader.part(root, "learningRate", RATE_KEYS), tokens),
        root.list("curriculum").map(this::curriculum).orElseGet(Curriculum::standard),
        root.optionalString("sections").map(folder -> folder(folder, "sections", "no-sections")),
        validation(reader.part(root, "validation", List.of("everyTokens", "exercisesPerLesson"))),
        checkpoints(
            reader.part(root, "checkpoints", List.of("everyTokens", "everyMinutes", "kept"))));
  }

  private TokenizerChoice tokenizer(JsonObject part) {
    return new TokenizerChoice(
        part.optionalString("folder")
            .map(folder -> folder(folder, "tokenizer.folder", "no-tokenizer")),
        part.integer("exercisesPerLesson", 1, 1_000_000, 2000));
  }

  /** A folder, from the recipe's own on. */
  private Path folder(String folder, String key, String reason) {
    Path path = reader.path(folder);
    if (!Files.isDirectory(path)) {
      throw new TrainingException(
          reason,
          name + ": " + key + " is " + folder + ", and there is no folder " + path,
          "Give a folder by its path from the recipe's own, or leave it out.");
    }
    return path;
  }

  private BatchShape batches(JsonObject part) {
    String weight =
        KnownKeys.requireValue(
            part.optionalString("answerWeight").orElse("length"),
            "answerWeight",
            name + ": batches",
            List.of("length", "root"));
    return new BatchShape(
        part.integer("tokens", 16, 1 << 20, 4096),
        part.integer("shards", 1, 64, 2),
        part.bool("trainPrompts", false),
        Recipe.AnswerWeight.valueOf(weight.toUpperCase(Locale.ROOT)));
  }

  private OptimiserChoice optimiser(JsonObject part) {
    String where = name + ": optimiser";
    String kind =
        KnownKeys.requireValue(
            part.optionalString("kind").orElse("muon"), "kind", where, List.of("muon", "adamw"));
    String key = "optimiser.";
    AdamW.Settings usual = AdamW.Settings.USUAL;
    AdamW.Settings adamW =
        new AdamW.Settings(
            reader.number(part, key, "beta1", 0, 0.9999999, usual.beta1()),
            reader.number(part, key, "beta2", 0, 0.9999999, usual.beta2()),
            reader.number(part, key, "epsilon", 1e-30, 1, usual.epsilon()),
            reader.number(part, key, "weightDecay", 0, 10, usual.weightDecay()));
    if (kind.equals("adamw")) {
      KnownKeys.require(part, where, ADAMW_KEYS);
      return new OptimiserChoice.ByAdamW(adamW);
    }
    List<String> scales = List.of("match-adamw", "original");
    String scale =
        KnownKeys.requireValue(
            part.optionalString("scale").orElse(scales.getFirst()), "scale", where, scales);
    return new OptimiserChoice.ByMuon(
        new Muon.Settings(
            reader.number(part, key, "momentum", 0, 0.9999999, Muon.Settings.USUAL.momentum()),
            adamW.weightDecay(),
            reader.number(part, key, "matrixRate", 1e-6, 1e6, 1),
            Muon.Scale.valueOf(scale.toUpperCase(Locale.ROOT).replace('-', '_')),
            adamW));
  }

  private WarmRestarts learningRate(JsonObject part, long tokens) {
    List<Object> restarts = part.list("restarts").orElse(List.of());
    if (restarts.size() > MOST_STAGES) {
      throw reader.refused(
          "learningRate.restarts",
          restarts.size() + " restarts",
          "0 to " + MOST_STAGES,
          "Write fewer.");
    }
    List<JsonObject> parts = new ArrayList<>(List.of(part));
    List<Long> begins = new ArrayList<>(List.of(0L));
    for (int i = 0; i < restarts.size(); i++) {
      String key = "learningRate.restarts[" + i + "]";
      if (!(restarts.get(i) instanceof JsonObject restart)) {
        throw reader.refused(key, "no mapping", "fromTokens and peak", "Write 'fromTokens: …'.");
      }
      KnownKeys.require(restart, name + ": " + key, RESTART_KEYS);
      begins.add(whole(restart, "fromTokens", begins.getLast() + 1, tokens - 1, -1));
      parts.add(restart);
    }
    List<WarmRestarts.Cycle> cycles = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String key = i == 0 ? "learningRate." : "learningRate.restarts[" + (i - 1) + "].";
      long begin = begins.get(i);
      boolean last = i + 1 == begins.size();
      long next = last ? tokens : begins.get(i + 1);
      long end = whole(parts.get(i), "untilTokens", last ? tokens : begin + 1, next, next);
      cycles.add(new WarmRestarts.Cycle(begin, cycle(parts.get(i), key, end - begin)));
    }
    return new WarmRestarts(cycles);
  }

  private LearningRate cycle(JsonObject part, String key, long tokens) {
    if (!part.has("peak")) {
      throw reader.missing(key + "peak");
    }
    double peak = reader.number(part, key, "peak", 1e-12, 100, 0);
    long warmUp = whole(part, "warmUpTokens", 0, tokens, 0);
    long decayTokens = whole(part, "decayTokens", 0, tokens - warmUp, tokens - warmUp);
    List<String> decays = List.of("cosine", "linear");
    String decay =
        KnownKeys.requireValue(
            part.optionalString("decay").orElse(decays.getFirst()),
            "decay",
            name + ": " + key.substring(0, key.length() - 1),
            decays);
    return new LearningRate(
        peak,
        warmUp,
        LearningRate.Decay.valueOf(decay.toUpperCase(Locale.ROOT)),
        decayTokens,
        reader.number(part, key, "finalShare", 0, 1, 0.1),
        tokens);
  }

  private Curriculum curriculum(List<Object> elements) {
    if (elements.isEmpty() || elements.size() > MOST_STAGES) {
      throw reader.refused(
          "curriculum", elements.size() + " stages", "1 to " + MOST_STAGES, "Write some stages.");
    }
    List<Stage> stages = new ArrayList<>();
    long least = 0;
    for (int i = 0; i < elements.size(); i++) {
      String key = "curriculum[" + i + "]";
      if (!(elements.get(i) instanceof JsonObject element)) {
        throw reader.refused(
            key,
            "no mapping",
            "fromTokens and lessons",
            "Write 'fromTokens: …' and 'lessons: {…}'.");
      }
      KnownKeys.require(element, name + ": " + key, List.of("fromTokens", "lessons"));
      long from = whole(element, "fromTokens", least, i == 0 ? 0 : MOST_TOKENS, i == 0 ? 0 : -1);
      stages.add(new Stage(from, shares(element, key + ".lessons")));
      least = from + 1;
    }
    return new Curriculum(stages);
  }

  private Map<String, Integer> shares(JsonObject stage, String key) {
    JsonObject lessons = stage.object("lessons").orElseThrow(() -> reader.missing(key));
    Map<String, Integer> shares = new LinkedHashMap<>();
    for (String lesson : lessons.members().keySet()) {
      shares.put(lesson, lessons.integer(lesson, 1, 1_000_000));
    }
    if (shares.isEmpty()) {
      throw reader.refused(key, "empty", "one lesson or more", "Name a lesson and its share.");
    }
    return shares;
  }

  private static ValidationPlan validation(JsonObject part) {
    return new ValidationPlan(
        whole(part, "everyTokens", 1, MOST_TOKENS, 1_000_000),
        part.integer("exercisesPerLesson", 1, 100_000, 64));
  }

  private static CheckpointPlan checkpoints(JsonObject part) {
    return new CheckpointPlan(
        whole(part, "everyTokens", 0, MOST_TOKENS, 0),
        part.integer("everyMinutes", 0, 100_000, 10),
        part.integer("kept", 1, 1000, 2));
  }

  /** A whole number that may be longer than an int; the engine's documents have none. */
  private static long whole(JsonObject part, String key, long minimum, long maximum, long absent) {
    long value = part.optionalInteger(key).orElse(absent);
    if ((part.has(key) || absent < 0) && (value < minimum || value > maximum)) {
      throw new TrainingException(
          "out-of-range",
          part.has(key)
              ? key + " is " + value + ", allowed is " + minimum + " to " + maximum
              : key + " is missing",
          "Correct " + key + " in the recipe.");
    }
    return value;
  }
}
