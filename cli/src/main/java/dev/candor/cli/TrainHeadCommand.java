package dev.candor.cli;

import dev.candor.engine.adapters.AdapterCard;
import dev.candor.engine.adapters.SoftmaxHead;
import dev.candor.engine.generation.LanguageModel;
import dev.candor.training.adapters.HeadRecipe;
import dev.candor.training.adapters.HeadTraining;
import dev.candor.training.adapters.HeadTraining.Features;
import dev.candor.training.adapters.HeadTraining.Head;
import dev.candor.training.data.DataRow;
import dev.candor.training.data.DataSet;
import dev.candor.training.data.DataSplit;
import dev.candor.training.data.RowSchema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/** A softmax head on hidden states of a model whose weights stay as they are. */
@CommandLine.Command(
    name = "head",
    description = {
      "Trains a softmax head on what a model makes of the texts of a data set with labels, as a"
          + " recipe says: each text is read once, then a logistic regression takes seconds. Its"
          + " probabilities are calibrated on the validation rows. The same recipe gives the same"
          + " head to the bit."
    },
    footer = {
      "",
      "Examples:",
      "  candor train head --recipe head.yaml --out head",
      "  candor classify --head head \"Where is my parcel?\""
    })
final class TrainHeadCommand extends RecipeCommand {

  TrainHeadCommand(Streams streams) {
    super(streams);
  }

  @Override
  public Integer call() {
    HeadRecipe recipe = HeadRecipe.read(recipeFile);
    DataSet data = DataSet.open(recipe.data(), DataSet.MODEL_TRAINING);
    RowSchema schema = data.manifest().schema();
    if (schema.task() != RowSchema.Task.CLASSIFICATION) {
      throw new CommandException(
          "rows.no-labels",
          "the data set " + data.manifest().name() + " has free answers, a head gives labels",
          "Use a classification, or train an adapter.");
    }
    List<DataRow> training = trainingRows(data);
    List<DataRow> validation = data.rows(DataSplit.VALIDATION);
    Path folder = folder();
    try (LoadedModel loaded =
        LoadedModel.load(streams, Optional.of(recipe.base()), computing.options())) {
      List<DataRow> all = new ArrayList<>(training);
      all.addAll(validation);
      float[] hidden = read(recipe, loaded.language(), all);
      int width = loaded.language().model().hiddenSize();
      Head head;
      try (ProgressLine progress = new ProgressLine(streams)) {
        progress.draw("fitting " + recipe.penalties().size() + " penalties");
        head =
            HeadTraining.train(
                features(hidden, width, 0, training, schema),
                features(hidden, width, training.size(), validation, schema),
                recipe.penalties(),
                (penalty, loss) ->
                    progress.draw(
                        String.format(
                            Locale.ROOT, "penalty %s: validation loss %.4f", penalty, loss)));
      }
      SoftmaxHead.write(
          folder,
          new AdapterCard(
              recipe.name().orElse(data.manifest().name()),
              recipe
                  .purpose()
                  .orElse("Labels texts as the data set " + data.manifest().name() + " does."),
              loaded.language().digest(),
              Optional.of(data.digest()),
              Optional.of(recipe.digest())),
          recipe.features(),
          schema.labels(),
          head.weight(),
          head.bias(),
          head.temperature());
      report(recipe, folder, head);
    }
    return OK;
  }

  /** The vectors of all texts, one after another. */
  private float[] read(HeadRecipe recipe, LanguageModel language, List<DataRow> rows) {
    ModelArguments arguments = new ModelArguments();
    int width = language.model().hiddenSize();
    float[] hidden = new float[Math.multiplyExact(rows.size(), width)];
    try (ProgressLine progress = new ProgressLine(streams)) {
      for (int i = 0; i < rows.size(); i++) {
        float[] one =
            recipe
                .features()
                .read(
                    language, rows.get(i).text(), arguments.session(arguments.contextOf(language)));
        System.arraycopy(one, 0, hidden, i * width, width);
        progress.count("reading", i + 1, rows.size());
      }
    }
    return hidden;
  }

  private static Features features(
      float[] hidden, int width, int first, List<DataRow> rows, RowSchema schema) {
    return new Features(
        Arrays.copyOfRange(hidden, first * width, (first + rows.size()) * width),
        width,
        rows.stream().mapToInt(row -> schema.labels().indexOf(row.label())).toArray(),
        schema.labels().size());
  }

  private void report(HeadRecipe recipe, Path folder, Head head) {
    if (json) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("folder", folder.toString());
      members.put("recipeDigest", recipe.digest());
      members.put("penalty", head.penalty());
      members.put("temperature", head.temperature());
      members.put("training", head.training());
      members.put("validation", head.validation());
      members.put("uncalibratedLoss", head.uncalibratedLoss());
      printJson(members);
      return;
    }
    streams
        .out()
        .printf(
            Locale.ROOT,
            "Penalty %s; %s of the training rows right%n",
            head.penalty(),
            share(head.training()));
    if (head.validation().rows() > 0) {
      streams
          .out()
          .printf(
              Locale.ROOT,
              "%s of the validation rows right; temperature %.3f takes their loss from %.4f to"
                  + " %.4f%n",
              share(head.validation()),
              head.temperature(),
              head.uncalibratedLoss(),
              head.validation().loss());
    }
    streams
        .out()
        .println(
            folder
                + " holds the head.\nTry: candor classify --model "
                + recipe.base()
                + " --head "
                + folder
                + " TEXT");
  }

  private static String share(HeadTraining.Score score) {
    return String.format(
        Locale.ROOT,
        "%d of %d (%.1f %%)",
        score.right(),
        score.rows(),
        100.0 * score.right() / score.rows());
  }
}
