package dev.candor.cli;

import dev.candor.training.runs.LossHistory;
import dev.candor.training.runs.TrainingListener;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Option;

/** What commands share whose training can be stopped and gone on with. */
abstract class RunCommand extends RecipeCommand {

  @Option(names = "--resume", description = "Go on from the newest checkpoint in the folder.")
  boolean resume;

  RunCommand(Streams streams) {
    super(streams);
  }

  /** A run that is asked after each step whether it is to stop. */
  @FunctionalInterface
  interface Stoppable {
    /** Returns whether it came to its end. */
    boolean run(TrainingListener listener, BooleanSupplier stop);
  }

  /** Runs until Ctrl-C or SIGTERM; returns the exit code, {@link #OK} if it came to its end. */
  static int runUntilInterrupted(Stoppable run, PretrainProgress progress) {
    try (Interrupt interrupt = Interrupt.orTermination()) {
      return run.run(progress, interrupt::pressed) ? OK : interrupt.exitCode();
    }
  }

  /**
   * What was trained.
   *
   * @param holds of what the folder then holds, such as {@code the model}
   * @param next a command to try with it
   */
  record Trained(int parameters, String recipeDigest, String holds, String next) {}

  final void report(Trained trained, LossHistory history, Path folder, boolean finished) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("folder", folder.toString());
      members.put("finished", finished);
      members.put("parameters", trained.parameters());
      members.put("recipeDigest", trained.recipeDigest());
      members.put("steps", history.steps().size());
      if (!history.steps().isEmpty()) {
        members.put("tokens", history.steps().getLast().tokens());
        members.put("loss", history.steps().getLast().loss());
      }
      if (!history.validations().isEmpty()) {
        members.put("validation", history.validations().getLast());
      }
      printJson(members);
      return;
    }
    streams.out().print(LossCurveText.of(history));
    if (finished) {
      streams
          .out()
          .printf(
              Locale.ROOT,
              "%s holds %s, its log and its curves (loss.svg).%nTry: %s%n",
              folder,
              trained.holds(),
              trained.next());
    } else {
      streams
          .out()
          .printf(
              Locale.ROOT,
              "Saved after step %d. Go on with: %s --recipe %s --out %s --resume%n",
              history.steps().size(),
              spec.qualifiedName(),
              recipeFile,
              folder);
    }
  }
}
