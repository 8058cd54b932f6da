package dev.candor.cli;

import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.json.JsonObject;
import dev.candor.engine.models.SambaYConfig;
import dev.candor.training.layers.Arithmetic;
import dev.candor.training.models.SambaYTraining;
import dev.candor.training.models.TrainableModel;
import dev.candor.training.runs.Pretraining;
import dev.candor.training.runs.Recipe;
import dev.candor.training.runs.RecipeFile;
import dev.candor.training.runs.RecipeLessons;
import java.nio.file.Path;
import picocli.CommandLine;

/** A model from nothing but a recipe. */
@CommandLine.Command(
    name = "pretrain",
    description = {
      "Trains a small model from random values, as a recipe says. The same recipe gives the same"
          + " weights to the bit, whatever the number of threads, and however often the run was"
          + " interrupted and resumed.",
      "",
      "Ctrl-C or SIGTERM finishes the step and saves the run. When the run is done, its folder is"
          + " a model that 'candor models convert' and 'candor models add' read."
    },
    footer = {
      "",
      "Examples:",
      "  candor train pretrain --recipe recipe.yaml --out run",
      "  candor train pretrain --recipe recipe.yaml --out run --resume"
    })
final class PretrainCommand extends RunCommand {

  PretrainCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    Recipe recipe = RecipeFile.read(recipeFile);
    Path folder = folder();
    LoadOptions options = computing.options();
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
        int exitCode;
        try (PretrainProgress progress =
            new PretrainProgress(streams, recipe.tokens(), run.begunAtTokens())) {
          progress.begin(run.parameters(), recipe.digest(), compute.reason());
          exitCode = runUntilInterrupted(run::run, progress);
        }
        report(
            new Trained(
                run.parameters(),
                recipe.digest(),
                "the model",
                "candor models convert "
                    + folder
                    + " "
                    + folder.getFileName()
                    + ".gguf --format Q8_0"),
            run.history(),
            folder,
            exitCode == OK);
        return exitCode;
      }
    }
  }

  private static TrainableModel model(JsonObject config, long seed, Arithmetic arithmetic) {
    SambaYTraining model = new SambaYTraining(SambaYConfig.of(config), arithmetic);
    model.initialise(seed);
    return model;
  }
}
