package dev.candor.training.runs;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.json.JsonText;
import dev.candor.engine.kernels.GradientKernels;
import dev.candor.training.ContentDigest;
import dev.candor.training.layers.ParameterLayout;
import dev.candor.training.lessons.Curriculum;
import dev.candor.training.optimisers.AdamW;
import dev.candor.training.optimisers.LearningRate;
import dev.candor.training.optimisers.Muon;
import dev.candor.training.optimisers.Optimiser;
import dev.candor.training.optimisers.WarmRestarts;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * All that decides what a training run gives: {@link RecipeFile} says how it is written.
 *
 * @param seed of the values at first, of the exercises and of their order
 * @param model hyperparameters, under the keys of config.json
 * @param tokens tokens in total: the run ends with the first step that reaches them
 * @param clipping longest gradient; 0 for any
 * @param curriculum which lessons come when
 * @param sections folder with the texts of the lesson of that name
 */
public record Recipe(
    long seed,
    JsonObject model,
    TokenizerChoice tokenizer,
    long tokens,
    BatchShape batches,
    OptimiserChoice optimiser,
    double clipping,
    WarmRestarts learningRate,
    Curriculum curriculum,
    Optional<Path> sections,
    ValidationPlan validation,
    CheckpointPlan checkpoints) {

  /**
   * Where the tokenizer comes from.
   *
   * @param folder with tokenizer.json and tokenizer_config.json; empty to train one
   * @param exercisesPerLesson how many of each lesson it is trained on
   */
  public record TokenizerChoice(Optional<Path> folder, int exercisesPerLesson) {}

  /**
   * What a step sees.
   *
   * @param tokens most of a step
   * @param shards parts of a step whose gradients are computed apart; part of the recipe, because
   *     sums of floats depend on where they are cut
   * @param trainPrompts whether the loss asks for the prompt as well
   * @param answerWeight what an exercise counts in the loss
   */
  public record BatchShape(
      int tokens, int shards, boolean trainPrompts, AnswerWeight answerWeight) {}

  /** What the loss of an answer counts, by its n targets. */
  public enum AnswerWeight {
    /** n: the loss is the mean of the targets. */
    LENGTH,

    /** √n: a label of two targets is not lost among calculations of sixty. */
    ROOT;

    /** What each of n targets counts. */
    float ofTarget(int targets) {
      return this == LENGTH ? 1 : (float) (1 / Math.sqrt(targets));
    }
  }

  /** Which optimiser, and how it is set. */
  public sealed interface OptimiserChoice {

    /** For the tensors of a model. */
    Optimiser of(ParameterLayout layout, GradientKernels kernels);

    /** AdamW for all tensors. */
    record ByAdamW(AdamW.Settings settings) implements OptimiserChoice {
      @Override
      public Optimiser of(ParameterLayout layout, GradientKernels kernels) {
        return new AdamW(layout, settings);
      }
    }

    /** Muon for the matrices of hidden layers, AdamW for the rest. */
    record ByMuon(Muon.Settings settings) implements OptimiserChoice {
      @Override
      public Optimiser of(ParameterLayout layout, GradientKernels kernels) {
        return new Muon(layout, settings, kernels);
      }
    }
  }

  /**
   * @param everyTokens how often
   * @param exercisesPerLesson how many of each lesson and split
   */
  public record ValidationPlan(long everyTokens, int exercisesPerLesson) {}

  /**
   * When the run is saved besides its end: what comes first.
   *
   * @param everyTokens 0 for never
   * @param everyMinutes 0 for never
   * @param kept how many are kept, the newest
   */
  public record CheckpointPlan(long everyTokens, int everyMinutes, int kept) {}

  /** What the trainer is told. */
  TrainingPlan plan() {
    return new TrainingPlan(
        tokens, batches.shards(), clipping, learningRate, validation.everyTokens(), checkpoints);
  }

  /** The lessons of all stages that have begun when so many tokens were seen, sorted by name. */
  Set<String> lessons(long seen) {
    Set<String> lessons = new TreeSet<>();
    for (Curriculum.Stage stage : curriculum.stages()) {
      if (stage.fromTokens() == 0 || stage.fromTokens() < seen) {
        lessons.addAll(stage.shares().keySet());
      }
    }
    return lessons;
  }

  /** SHA-256 of everything in the recipe that decides the weights it gives. */
  public String digest() {
    // The last step goes past the end: by then the rate has fallen, however shortly before.
    return ContentDigest.of(JsonText.of(used(tokens + 1)));
  }

  /**
   * Everything in the recipe that has decided the weights by the time that so many tokens were
   * seen, as text by its key. A checkpoint fits each recipe that agrees in this: a later stage, the
   * fall of the learning rate and the total may still be changed when they have not begun.
   * Validation and checkpoints decide nothing.
   */
  Map<String, String> used(long seen) {
    Map<String, String> used = new LinkedHashMap<>();
    used.put("seed", String.valueOf(seed));
    if (tokenizer.folder.isEmpty()) {
      used.put("tokenizer.exercisesPerLesson", String.valueOf(tokenizer.exercisesPerLesson));
      used.put("tokenizer.lessons", String.join(", ", lessons(tokens)));
    }
    model.members().forEach((key, value) -> used.put("model." + key, JsonText.of(value)));
    used.put("batches.tokens", String.valueOf(batches.tokens));
    used.put("batches.shards", String.valueOf(batches.shards));
    used.put("batches.trainPrompts", String.valueOf(batches.trainPrompts));
    if (batches.answerWeight != AnswerWeight.LENGTH) {
      used.put("batches.answerWeight", batches.answerWeight.name().toLowerCase(Locale.ROOT));
    }
    switch (optimiser) {
      case OptimiserChoice.ByAdamW(AdamW.Settings settings) -> {
        used.put("optimiser.kind", "adamw");
        adamW(settings, used);
      }
      case OptimiserChoice.ByMuon(Muon.Settings settings) -> {
        used.put("optimiser.kind", "muon");
        used.put("optimiser.momentum", String.valueOf(settings.momentum()));
        used.put("optimiser.matrixRate", String.valueOf(settings.matrixRate()));
        used.put(
            "optimiser.scale", settings.scale().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        adamW(settings.others(), used);
      }
    }
    used.put("optimiser.clipping", String.valueOf(clipping));
    for (WarmRestarts.Cycle cycle : learningRate.cycles()) {
      if (cycle.fromTokens() == 0 || cycle.fromTokens() < seen) {
        rate(cycle, seen, used);
      }
    }
    for (Curriculum.Stage stage : curriculum.stages()) {
      if (stage.fromTokens() == 0 || stage.fromTokens() < seen) {
        used.put("curriculum from " + stage.fromTokens(), JsonText.of(stage.shares()));
      }
    }
    return used;
  }

  /** The first cycle's end is named as if it were the run's: until it was gone on with, it was. */
  private static void rate(WarmRestarts.Cycle cycle, long seen, Map<String, String> used) {
    LearningRate rate = cycle.rate();
    String from = cycle.fromTokens() == 0 ? "" : " from " + cycle.fromTokens();
    used.put("learningRate.peak" + from, String.valueOf(rate.peak()));
    used.put("learningRate.warmUpTokens" + from, String.valueOf(rate.warmUpTokens()));
    if (seen > cycle.decayStart()) {
      used.put("learningRate.decay" + from, rate.decay().name().toLowerCase(Locale.ROOT));
      used.put("learningRate.decayTokens" + from, String.valueOf(rate.decayTokens()));
      used.put("learningRate.finalShare" + from, String.valueOf(rate.finalShare()));
      used.put("tokens" + from, String.valueOf(cycle.untilTokens()));
    }
  }

  private static void adamW(AdamW.Settings settings, Map<String, String> used) {
    used.put("optimiser.beta1", String.valueOf(settings.beta1()));
    used.put("optimiser.beta2", String.valueOf(settings.beta2()));
    used.put("optimiser.epsilon", String.valueOf(settings.epsilon()));
    used.put("optimiser.weightDecay", String.valueOf(settings.weightDecay()));
  }
}
