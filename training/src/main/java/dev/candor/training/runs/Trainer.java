package dev.candor.training.runs;

import dev.candor.engine.kernels.WorkerPool;
import dev.candor.training.TrainingException;
import dev.candor.training.models.TokenBatch;
import dev.candor.training.models.TrainableModel;
import dev.candor.training.optimisers.GradientNorm;
import dev.candor.training.optimisers.Optimiser;
import dev.candor.training.runs.LossHistory.StepLoss;
import dev.candor.training.runs.TrainingListener.StepReport;
import dev.candor.training.runs.TrainingListener.ValidationReport;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;

/**
 * Step after step: the gradient of each shard in an array of its own, their sum in the order of the
 * shards, clipped, one step of the optimiser. Which thread computes a shard does not matter, so the
 * bits do not depend on the number of threads. Exercises are made between the steps: that takes
 * less than a hundredth of a step, and all processors are busy during it.
 */
public final class Trainer {

  private final TrainingPlan plan;
  private final TrainableModel model;
  private final Optimiser optimiser;
  private final StepSource batches;
  private final Validation validation;
  private final WorkerPool pool;
  private final BlockingQueue<TrainableModel.Worker> workers = new LinkedBlockingQueue<>();
  private final float[][] gradients;
  private final double[] losses;
  private final LossHistory history;
  private long step;

  /**
   * @param state where to go on; the model, the optimiser and the batches are there already
   */
  public Trainer(
      TrainingPlan plan,
      TrainableModel model,
      Optimiser optimiser,
      StepSource batches,
      Validation validation,
      WorkerPool pool,
      RunState state) {
    this.plan = plan;
    this.model = model;
    this.optimiser = optimiser;
    this.batches = batches;
    this.validation = validation;
    this.pool = pool;
    this.step = state.step();
    this.history = state.history();
    int shards = plan.shards();
    this.gradients = new float[shards][model.layout().size()];
    this.losses = new double[shards];
    for (int i = 0; i < pool.threads(); i++) {
      workers.add(model.newWorker());
    }
  }

  /** Where the run is. */
  public RunState state() {
    return new RunState(step, batches.position(), history);
  }

  /** Is asked to save the run. */
  public interface Saver {
    void save(RunState state);
  }

  /**
   * Runs until the recipe's tokens were seen.
   *
   * @param stop asked after each step
   * @return whether it came to the end
   */
  public boolean run(TrainingListener listener, Saver saver, BooleanSupplier stop) {
    long savedAt = System.nanoTime();
    while (batches.position().tokens() < plan.tokens()) {
      long before = batches.position().tokens();
      step(listener);
      long tokens = batches.position().tokens();
      boolean ends = tokens >= plan.tokens();
      if (ends || crossed(before, tokens, plan.validationEveryTokens())) {
        validate(listener);
      }
      boolean stopped = !ends && stop.getAsBoolean();
      long minutes = (System.nanoTime() - savedAt) / 60_000_000_000L;
      Recipe.CheckpointPlan saving = plan.checkpoints();
      if (ends
          || stopped
          || crossed(before, tokens, saving.everyTokens())
          || saving.everyMinutes() > 0 && minutes >= saving.everyMinutes()) {
        saver.save(state());
        savedAt = System.nanoTime();
      }
      if (stopped) {
        return false;
      }
    }
    return true;
  }

  private static boolean crossed(long before, long after, long every) {
    return every > 0 && before / every != after / every;
  }

  private void step(TrainingListener listener) {
    long started = System.nanoTime();
    int stage = batches.stage();
    StepSource.Step batch = batches.next();
    double loss = gradient(batch) / batch.targets();
    float[] gradient = gradients[0];
    double norm = GradientNorm.of(gradient);
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw new TrainingException(
          "diverged",
          "step " + (step + 1) + " has a loss of " + loss + " and a gradient of length " + norm,
          "Lower learningRate.peak, or lengthen warmUpTokens; the last checkpoint is intact.");
    }
    float clipping = (float) GradientNorm.clipping(norm, plan.clipping());
    if (clipping != 1) {
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= clipping;
      }
    }
    long tokens = batches.position().tokens();
    double learningRate = plan.learningRate().at(tokens);
    optimiser.step(model.values(), gradient, learningRate, pool);
    model.valuesChanged();
    step++;
    history.add(new StepLoss(tokens, loss));
    listener.stepped(
        new StepReport(
            step,
            tokens,
            stage,
            batch.tokens(),
            loss,
            learningRate,
            norm,
            (System.nanoTime() - started) / 1e9));
  }

  /** Computes the mean gradient of a target into the first array; gives the sum of the losses. */
  private double gradient(StepSource.Step batch) {
    List<TokenBatch> shards = batch.shards();
    float scale = (float) (1 / batch.weight());
    pool.run(
        shards.size(),
        1,
        (from, to) -> {
          TrainableModel.Worker worker = workers.remove();
          for (int i = from; i < to; i++) {
            Arrays.fill(gradients[i], 0);
            losses[i] = worker.addGradient(shards.get(i), scale, gradients[i]);
          }
          workers.add(worker);
        });
    float[] sum = gradients[0];
    double loss = losses[0];
    for (int s = 1; s < shards.size(); s++) {
      float[] next = gradients[s];
      for (int i = 0; i < sum.length; i++) {
        sum[i] += next[i];
      }
      loss += losses[s];
    }
    return loss;
  }

  private void validate(TrainingListener listener) {
    ValidationReport report =
        new ValidationReport(step, batches.position().tokens(), validation.run(workers, pool));
    history.add(report);
    listener.validated(report);
  }
}
