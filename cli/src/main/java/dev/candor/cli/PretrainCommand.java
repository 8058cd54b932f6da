package dev.candor.cli;

import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.models.SambaYConfig;
import dev.candor.training.layers.Arithmetic;
import dev.candor.training.models.SambaYTraining;
import dev.candor.training.models.TrainableModel;
import dev.candor.training.runs.LossHistory;
import dev.candor.training.runs.Pretraining;
import dev.candor.training.runs.Recipe;
import dev.candor.training.runs.RecipeFile;
import dev.candor.training.runs.RecipeLessons;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A model from nothing but a recipe. */
@CommandLine.Command(
    name = "pretrain",
    description = {
      "Trains a small model from random values, as a recipe says. The same recipe gives the same"
          + " weights to the bit, whatever the number of threads, and however often the run was"
          + " interrupted and resumed.",
      "",
      "Ctrl-C finishes the step and saves the run. When the run is done, its folder is a model"
          + " that 'candor models convert' and 'candor models add' read."
    },
    footer = {
      "",
      "Examples:",
      "  candor train pretrain --recipe recipe.yaml --out run",
      "  candor train pretrain --recipe recipe.yaml --out run --resume"
    })
final class PretrainCommand extends Command {

  /** What a shell says of a program that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  @Option(
      names = "--recipe",
      required = true,
      paramLabel = "FILE",
      description = "What is trained, and how: a YAML file.")
  Path recipeFile = Path.of("");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "The folder of the run (default: named as the recipe, here).")
  @Nullable Path out;

  @Option(names = "--resume", description = "Go on from the newest checkpoint in the folder.")
  boolean resume;

  @Mixin ComputeArguments computing = new ComputeArguments();

  PretrainCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Recipe recipe = RecipeFile.read(recipeFile);
    Path folder =
        out != null
            ? out
            : Path.of(String.valueOf(recipeFile.getFileName()).replaceFirst("\\.ya?ml$", ""));
    LoadOptions options = computing.options();
    AtomicBoolean interrupted = new AtomicBoolean();
    try (ComputeChoice compute = ComputeChoice.of(options)) {
      Arithmetic arithmetic = Arithmetic.with(compute.compute().kernels());
      try (Pretraining run =
          Pretraining.open(
              recipeFile,
              recipe,
              RecipeLessons.of(recipe),
              folder,
              resume,
              (config, seed) -> model(config, seed, arithmetic),
              arithmetic.gradients(),
              compute.compute().pool())) {
        boolean finished;
        try (PretrainProgress progress =
            new PretrainProgress(streams, recipe.tokens(), run.begunAtTokens())) {
          progress.begin(run.parameters(), recipe.digest(), compute.reason());
          Object before = Signals.register("INT", () -> interrupted.set(true));
          try {
            finished = run.run(progress, interrupted::get);
          } finally {
            Signals.unregister("INT", before);
          }
        }
        report(run, recipe, folder, finished);
        return finished ? OK : INTERRUPTED;
      }
    }
  }

  private static TrainableModel model(JsonObject config, long seed, Arithmetic arithmetic) {
    SambaYTraining model = new SambaYTraining(SambaYConfig.of(config), arithmetic);
    model.initialise(seed);
    return model;
  }

  private void report(Pretraining run, Recipe recipe, Path folder, boolean finished) {
    LossHistory history = run.history();
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("folder", folder.toString());
      members.put("finished", finished);
      members.put("parameters", run.parameters());
      members.put("recipeDigest", recipe.digest());
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
          .println(
              folder
                  + " holds the model, its log and its curves (loss.svg).\nTry: candor models"
                  + " convert "
                  + folder
                  + " "
                  + folder.getFileName()
                  + ".gguf --format Q8_0");
    } else {
      streams
          .out()
          .printf(
              Locale.ROOT,
              "Saved after step %d. Go on with: candor train pretrain --recipe %s --out %s"
                  + " --resume%n",
              history.steps().size(),
              recipeFile,
              folder);
    }
  }
}
