package dev.candor.cli;

import dev.candor.engine.adapters.AdapterCard;
import dev.candor.engine.adapters.AdapterConfig;
import dev.candor.engine.adapters.AdapterFolder;
import dev.candor.engine.generation.LoadOptions;
import dev.candor.engine.weights.Checkpoint;
import dev.candor.training.adapters.AdaptedModel;
import dev.candor.training.adapters.AdapterRecipe;
import dev.candor.training.adapters.AdapterRun;
import dev.candor.training.adapters.AdapterShape;
import dev.candor.training.data.DataSet;
import dev.candor.training.data.DataSplit;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/** A low-rank adapter beside a model whose weights stay as they are. */
@CommandLine.Command(
    name = "adapter",
    description = {
      "Trains a LoRA adapter on a data set, as a recipe says. The model's weights, quantised or"
          + " not, stay as they are. Rows of a classification are asked as 'candor classify'"
          + " asks. The same recipe gives the same adapter to the bit, whatever the number of"
          + " threads, and however often the run was interrupted and resumed.",
      "",
      "Ctrl-C or SIGTERM finishes the step and saves the run. When the run is done, its folder is"
          + " an adapter that --adapter, and Hugging Face's PEFT, read."
    },
    footer = {
      "",
      "Examples:",
      "  candor train adapter --recipe adapter.yaml --out adapter",
      "  candor train adapter --recipe adapter.yaml --out adapter --resume",
      "  candor classify --adapter adapter --labels spam,ham mail.txt"
    })
final class TrainAdapterCommand extends RunCommand {

  TrainAdapterCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    AdapterRecipe recipe = AdapterRecipe.read(recipeFile);
    DataSet data = DataSet.open(recipe.data(), DataSet.MODEL_TRAINING);
    Path folder = folder();
    LoadOptions options = computing.options();
    try (LoadedModel loaded = LoadedModel.load(streams, Optional.of(recipe.base()), options);
        Checkpoint checkpoint = Checkpoint.open(loaded.found().weights());
        ComputeChoice compute = ComputeChoice.of(options)) {
      AdapterRun.Examples examples = examples(recipe, data, loaded);
      AdaptedModel model =
          AdaptedModel.of(checkpoint, compute.compute(), recipe.shape(), recipe.seed());
      try (AdapterRun run =
          new AdapterRun(recipe, model, examples, folder, resume, compute.compute().pool())) {
        int exitCode;
        try (PretrainProgress progress =
            new PretrainProgress(streams, run.tokens(), run.begunAtTokens())) {
          progress.begin(model.layout().size(), recipe.digest(), compute.reason());
          exitCode = runUntilInterrupted(run::run, progress);
        }
        if (exitCode == OK) {
          write(recipe, data, loaded, model, folder);
        }
        report(
            new Trained(
                model.layout().size(),
                recipe.digest(),
                "the adapter",
                "candor classify --model "
                    + recipe.base()
                    + " --adapter "
                    + folder
                    + " --labels … TEXT"),
            run.history(),
            folder,
            exitCode == OK);
        return exitCode;
      }
    }
  }

  private AdapterRun.Examples examples(AdapterRecipe recipe, DataSet data, LoadedModel loaded) {
    int context = loaded.language().model().contextLength();
    int longest = Math.min(recipe.batches().longest(), context);
    ModelArguments arguments = new ModelArguments();
    SealedQuestions questions =
        new SealedQuestions(
            data.manifest().schema(),
            new SealedQuestions.Settings(recipe.instruction(), false, 1, arguments.cacheFormat));
    try (TextTask task = new TextTask(loaded, arguments.session(longest), false, 1)) {
      AnsweredRows rows = new AnsweredRows(task, questions, longest);
      Map<String, String> digests = new LinkedHashMap<>();
      digests.put("base", loaded.language().digest());
      digests.put("data", data.digest());
      return new AdapterRun.Examples(
          data.manifest().name(),
          rows.of(trainingRows(data)),
          rows.of(
              AnsweredRows.some(data.rows(DataSplit.VALIDATION), recipe.validation().examples())),
          digests);
    }
  }

  private static void write(
      AdapterRecipe recipe, DataSet data, LoadedModel loaded, AdaptedModel model, Path folder) {
    AdapterShape shape = recipe.shape();
    AdapterFolder.write(
        folder,
        new AdapterConfig(
            shape.rank(), shape.alpha(), shape.rankStabilised(), shape.targets(), loaded.name()),
        model.factors(),
        new AdapterCard(
            recipe.name().orElse(data.manifest().name()),
            recipe.purpose().orElse("Answers as the data set " + data.manifest().name() + " does."),
            loaded.language().digest(),
            Optional.of(data.digest()),
            Optional.of(recipe.digest())));
  }
}
