package dev.candor.training.adapters;

import dev.candor.engine.kernels.WorkerPool;
import dev.candor.engine.weights.SafetensorsWriter;
import dev.candor.engine.weights.SafetensorsWriter.FloatTensor;
import dev.candor.training.TrainingException;
import dev.candor.training.models.TrainableModel;
import dev.candor.training.optimisers.AdamW;
import dev.candor.training.optimisers.Optimiser;
import dev.candor.training.runs.ExerciseEncoder.Encoded;
import dev.candor.training.runs.LossHistory;
import dev.candor.training.runs.ModelWriter;
import dev.candor.training.runs.RecordedRun;
import dev.candor.training.runs.RunIdentity;
import dev.candor.training.runs.RunState;
import dev.candor.training.runs.Trainer;
import dev.candor.training.runs.TrainingCheckpoint;
import dev.candor.training.runs.TrainingListener;
import dev.candor.training.runs.TrainingPlan;
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
 * The training of an adapter in one folder: {@code log.jsonl}, a line for each step; {@code
 * loss.svg}, the curves; and {@code checkpoints/}. The same recipe, model and examples give the
 * same bits, however often the run stops and whatever the number of threads.
 */
public final class AdapterRun implements AutoCloseable {

  private final ExampleSteps steps;
  private final RecordedRun run;

  /**
   * What is learnt.
   *
   * @param name of the set
   * @param training one example or more
   * @param validation may be empty
   * @param digests of what the recipe only names, by their names, such as of the base and the data
   */
  public record Examples(
      String name, List<Encoded> training, List<Encoded> validation, Map<String, String> digests) {}

  /**
   * A new run, or one that goes on.
   *
   * @param resume whether to go on from the newest checkpoint in the folder
   * @throws TrainingException {@code training.run-exists}, {@code training.no-checkpoint}, {@code
   *     training.other-recipe}
   */
  public AdapterRun(
      AdapterRecipe recipe,
      AdaptedModel model,
      Examples examples,
      Path out,
      boolean resume,
      WorkerPool pool) {
    Optimiser optimiser = new AdamW(model.layout(), recipe.optimiser());
    AdapterRecipe.Batches batches = recipe.batches();
    this.steps =
        new ExampleSteps(
            examples.training(),
            recipe.seed(),
            recipe.epochs(),
            batches.examples(),
            batches.shards());
    TrainingCheckpoint checkpoints =
        new TrainingCheckpoint(out, identity(recipe, examples.digests()), new Values());
    Optional<Path> newest = TrainingCheckpoint.newest(out);
    requireFits(out, newest, resume);
    RunState begun =
        newest
            .map(found -> checkpoints.restore(found, model, optimiser))
            .orElseGet(() -> new RunState(0, steps.position(), new LossHistory()));
    steps.restore(begun.position());
    int meanLength = (int) (steps.tokens() / recipe.epochs() / examples.training().size());
    TrainingPlan plan =
        new TrainingPlan(
            steps.tokens(),
            batches.shards(),
            recipe.clipping(),
            recipe.learningRate().of(steps.tokens()),
            (long) Math.max(1, meanLength) * recipe.validation().everyExamples(),
            recipe.checkpoints());
    int room = Math.max(1, meanLength) * Math.ceilDiv(batches.examples(), batches.shards());
    Trainer trainer =
        new Trainer(
            plan,
            model,
            optimiser,
            steps,
            ExampleBatches.validation(examples.name(), examples.validation(), room),
            pool,
            begun);
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.run =
        new RecordedRun(
            out, model, optimiser, checkpoints, recipe.checkpoints().kept(), trainer, begun);
  }

  private static void requireFits(Path out, Optional<Path> newest, boolean resume) {
    if (resume && newest.isEmpty()) {
      throw new TrainingException(
          "no-checkpoint", out + " has no checkpoint", "Begin without --resume.");
    }
    if (!resume && newest.isPresent()) {
      throw new TrainingException(
          "run-exists",
          out + " holds a run already",
          "Go on with it (--resume), or begin in another folder (--out).");
    }
  }

  private static RunIdentity identity(AdapterRecipe recipe, Map<String, String> digests) {
    return new RunIdentity() {
      @Override
      public Map<String, String> used(long seen) {
        Map<String, String> used = new LinkedHashMap<>(recipe.used());
        used.putAll(digests);
        return used;
      }

      @Override
      public String recipeDigest() {
        return recipe.digest();
      }
    };
  }

  /** The factors alone, as they lie. */
  private static final class Values implements ModelWriter {
    @Override
    public void write(Path folder, TrainableModel model) {
      SafetensorsWriter.write(
          folder.resolve("model.safetensors"),
          model.layout().tensors().stream()
              .map(tensor ->
                  new FloatTensor(tensor.name(), tensor.shape(), model.values(), tensor.offset()))
              .toList());
    }
  }

  /** Tokens of all steps. */
  public long tokens() {
    return steps.tokens();
  }

  /** How far the run was when it was opened. */
  public long begunAtTokens() {
    return run.begunAtTokens();
  }

  /** The losses so far. */
  public LossHistory history() {
    return run.history();
  }

  /**
   * Runs to the end, or until it is asked to stop; then the newest checkpoint is where it stopped.
   *
   * @param stop asked after each step
   * @return whether it came to the end
   */
  public boolean run(TrainingListener listener, BooleanSupplier stop) {
    return run.run(listener, stop);
  }

  @Override
  public void close() {
    run.close();
  }
}
