package dev.candor.training.runs;

import dev.candor.training.models.TrainableModel;
import dev.candor.training.optimisers.Optimiser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A run in its folder, which must be there: {@code log.jsonl}, a line for each step; {@code
 * loss.svg}, the curves, drawn at each validation; and {@code checkpoints/}.
 */
public final class RecordedRun implements AutoCloseable {

  private final Path out;
  private final TrainableModel model;
  private final Optimiser optimiser;
  private final TrainingCheckpoint checkpoints;
  private final int kept;
  private final Trainer trainer;
  private final RunState begun;
  private final TrainingLog log;

  /**
   * @param kept how many checkpoints are kept, the newest
   * @param begun where the trainer begins
   */
  public RecordedRun(
      Path out,
      TrainableModel model,
      Optimiser optimiser,
      TrainingCheckpoint checkpoints,
      int kept,
      Trainer trainer,
      RunState begun) {
    this.out = out;
    this.model = model;
    this.optimiser = optimiser;
    this.checkpoints = checkpoints;
    this.kept = kept;
    this.trainer = trainer;
    this.begun = begun;
    this.log = TrainingLog.open(out.resolve("log.jsonl"), begun.step());
  }

  /** How far the run was when it was opened. */
  public long begunAtTokens() {
    return begun.position().tokens();
  }

  /** The losses so far. */
  public LossHistory history() {
    return trainer.state().history();
  }

  /**
   * Runs to the end, or until it is asked to stop; then the newest checkpoint is where it stopped.
   *
   * @param stop asked after each step
   * @return whether it came to the end
   */
  public boolean run(TrainingListener listener, BooleanSupplier stop) {
    List<TrainingListener> listeners = List.of(log, listener);
    return trainer.run(
        new Told(listeners),
        state -> {
          Path saved = checkpoints.write(model, optimiser, state, kept);
          listeners.forEach(each -> each.saved(saved));
        },
        stop);
  }

  /** Tells all, and draws the curves when there is a point more. */
  private final class Told implements TrainingListener {
    private final List<TrainingListener> listeners;

    Told(List<TrainingListener> listeners) {
      this.listeners = listeners;
    }

    @Override
    public void stepped(StepReport report) {
      listeners.forEach(each -> each.stepped(report));
    }

    @Override
    public void validated(ValidationReport report) {
      listeners.forEach(each -> each.validated(report));
      DurableFiles.write(
          out.resolve("loss.svg"), LossPlot.of(history()).getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
