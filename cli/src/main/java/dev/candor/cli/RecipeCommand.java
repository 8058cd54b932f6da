package dev.candor.cli;

import dev.candor.training.data.DataRow;
import dev.candor.training.data.DataSet;
import dev.candor.training.data.DataSplit;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What commands share that make a folder from a recipe. */
abstract class RecipeCommand extends Command {

  @Option(
      names = "--recipe",
      required = true,
      paramLabel = "FILE",
      description = "What is trained, and how: a YAML file.")
  Path recipeFile = Path.of("");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "The folder that is made (default: named as the recipe, here).")
  @Nullable Path out;

  @Mixin ComputeArguments computing = new ComputeArguments();

  RecipeCommand(Streams streams) {
    super(streams);
  }

  final Path folder() {
    return out != null
        ? out
        : Path.of(String.valueOf(recipeFile.getFileName()).replaceFirst("\\.ya?ml$", ""));
  }

  /** The rows to train on, one or more. */
  static List<DataRow> trainingRows(DataSet data) {
    List<DataRow> rows = data.rows(DataSplit.TRAIN);
    if (rows.isEmpty()) {
      throw new CommandException(
          "rows.none",
          "the data set " + data.manifest().name() + " has no rows to train on",
          "Give a set with rows in the split train.");
    }
    return rows;
  }
}
