package dev.candor.training.runs;

import dev.candor.engine.json.JsonObject;
import dev.candor.engine.kernels.GradientKernels;
import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.tokenizers.Tokenizer;
import dev.candor.engine.tokenizers.TokenizerJson;
import dev.candor.training.ContentDigest;
import dev.candor.training.KnownKeys;
import dev.candor.training.TrainingException;
import dev.candor.training.lessons.Curriculum;
import dev.candor.training.lessons.Lesson;
import dev.candor.training.lessons.Split;
import dev.candor.training.models.TrainableModel;
import dev.candor.training.optimisers.Optimiser;
import dev.candor.training.tokenizers.BytePairTrainer;
import dev.candor.training.tokenizers.TokenizerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One run in one folder. While it goes on there are {@code recipe.yaml}, a copy; {@code log.jsonl},
 * a line for each step; {@code loss.svg}, the curves, drawn at each validation; and {@code
 * checkpoints/}. When it has come to its end the folder is also the model, see {@link ModelFolder}.
 */
public final class Pretraining implements AutoCloseable {

  /** Makes the model that is trained, with its first values. */
  @FunctionalInterface
  public interface ModelMaker {
    /**
     * @param config all of config.json
     */
    TrainableModel of(JsonObject config, long seed);
  }

  private final Path out;
  private final Recipe recipe;
  private final ModelFolder folder;
  private final TrainableModel model;
  private final RecordedRun run;

  private Pretraining(
      Path out,
      Recipe recipe,
      List<Lesson> lessons,
      ModelMaker maker,
      GradientKernels kernels,
      WorkerPool pool,
      Optional<Path> checkpoint) {
    this.out = out;
    this.recipe = recipe;
    Path tokenizerFolder =
        recipe.tokenizer().folder().or(() -> checkpoint).orElseGet(() -> train(lessons));
    Tokenizer tokenizer = TokenizerJson.open(tokenizerFolder.resolve("tokenizer.json"));
    this.folder = ModelFolder.of(recipe.model(), tokenizer, tokenizerFolder);
    this.model = maker.of(folder.config(), recipe.seed());
    Optimiser optimiser = recipe.optimiser().of(model.layout(), kernels);
    Batches batches =
        new Batches(
            recipe,
            lessons,
            new ExerciseEncoder(
                tokenizer, recipe.batches().trainPrompts(), recipe.batches().answerWeight()),
            recipe.model().integer("max_position_embeddings", 1, 1 << 24));
    RunIdentity identity =
        new RecipeIdentity(
            recipe, ContentDigest.of(tokenizerFolder.resolve("tokenizer.json")), lessons);
    TrainingCheckpoint checkpoints = new TrainingCheckpoint(out, identity, folder);
    RunState begun =
        checkpoint
            .map(found -> checkpoints.restore(found, model, optimiser))
            .orElseGet(() -> new RunState(0, batches.position(), new LossHistory()));
    batches.restore(begun.position());
    Trainer trainer =
        new Trainer(
            recipe.plan(),
            model,
            optimiser,
            batches,
            Validation.of(recipe, lessons, batches),
            pool,
            begun);
    this.run =
        new RecordedRun(
            out, model, optimiser, checkpoints, recipe.checkpoints().kept(), trainer, begun);
  }

  /**
   * Prepares a run, or goes on with it.
   *
   * @param file the recipe
   * @param lessons all that there are; those that the recipe names are used
   * @param out made if it is not there
   * @param resume whether to go on from the newest checkpoint in the folder
   * @throws TrainingException {@code training.run-exists} if there is a run and none was to be
   *     resumed, {@code training.no-checkpoint} if it is the other way round, {@code
   *     training.unknown-value} if the recipe names a lesson that is not there, {@code
   *     training.other-recipe} if the checkpoint is not of this recipe
   */
  public static Pretraining open(
      Path file,
      Recipe recipe,
      List<Lesson> lessons,
      Path out,
      boolean resume,
      ModelMaker maker,
      GradientKernels kernels,
      WorkerPool pool) {
    List<Lesson> used = used(file, recipe, lessons);
    Optional<Path> newest = TrainingCheckpoint.newest(out);
    if (resume && newest.isEmpty()) {
      throw new TrainingException(
          "no-checkpoint",
          "there is no checkpoint in " + out,
          "Begin the run without --resume, or name its folder (--out).");
    }
    if (!resume && (newest.isPresent() || Files.exists(out.resolve("log.jsonl")))) {
      throw new TrainingException(
          "run-exists",
          "there is a run in " + out,
          "Go on with it (--resume), or choose another folder (--out).");
    }
    try {
      Files.createDirectories(out);
      byte[] text = Files.readAllBytes(file);
      Pretraining run =
          new Pretraining(
              out, recipe, used, maker, kernels, pool, resume ? newest : Optional.empty());
      // The recipe that made what is there: only once it is known to fit.
      DurableFiles.write(out.resolve("recipe.yaml"), text);
      if (run.begunAtTokens() < recipe.tokens()) {
        // Of a run that had ended, and is gone on with.
        Files.deleteIfExists(out.resolve(ModelFolder.WEIGHTS));
      }
      return run;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lessons of the recipe, in the order in which they were given. */
  private static List<Lesson> used(Path file, Recipe recipe, List<Lesson> lessons) {
    Map<String, Lesson> byName = new LinkedHashMap<>();
    lessons.forEach(lesson -> byName.put(lesson.name(), lesson));
    for (Curriculum.Stage stage : recipe.curriculum().stages()) {
      for (String lesson : stage.shares().keySet()) {
        KnownKeys.requireValue(
            lesson, "a lesson", file.getFileName() + ": curriculum", byName.keySet());
      }
    }
    byName.keySet().retainAll(recipe.lessons(recipe.tokens()));
    return List.copyOf(byName.values());
  }

  /** Trains a tokenizer on the first exercises of each lesson; gives its folder. */
  private Path train(List<Lesson> lessons) {
    BytePairTrainer trainer = new BytePairTrainer();
    for (Lesson lesson : lessons) {
      for (int i = 0; i < recipe.tokenizer().exercisesPerLesson(); i++) {
        trainer.add(lesson.exercise(Split.TRAIN, i).prompt());
        trainer.add(lesson.exercise(Split.TRAIN, i).answer());
      }
    }
    int size = recipe.model().integer("vocab_size", 1, 1 << 24);
    int context = recipe.model().integer("max_position_embeddings", 1, 1 << 24);
    TokenizerFiles.write(trainer.train(size, TokenizerFiles.CHAT_TOKENS), context, out);
    return out;
  }

  /** How far the run was when it was opened. */
  public long begunAtTokens() {
    return run.begunAtTokens();
  }

  /** Elements of all tensors. */
  public int parameters() {
    return model.layout().size();
  }

  /** The losses so far. */
  public LossHistory history() {
    return run.history();
  }

  /**
   * Runs to the end of the recipe and writes the model, or until it is asked to stop; then the
   * newest checkpoint is where it stopped.
   *
   * @param stop asked after each step
   * @return whether it came to the end
   */
  public boolean run(TrainingListener listener, BooleanSupplier stop) {
    boolean finished = run.run(listener, stop);
    if (finished) {
      folder.write(out, model);
    }
    return finished;
  }

  @Override
  public void close() {
    run.close();
  }
}
