package dev.candor.cli;

import dev.candor.training.data.OverlapSettings;
import picocli.CommandLine.Option;

/** The options that say when two texts are called the same. */
final class OverlapArguments {

  @Option(
      names = "--similarity",
      paramLabel = "SHARE",
      defaultValue = "0.8",
      description =
          "Least Jaccard similarity of near duplicates, 0.3 to 1 (default: ${DEFAULT-VALUE}).")
  float similarity = 0.8f;

  @Option(
      names = "--shingle-words",
      paramLabel = "N",
      defaultValue = "3",
      description = "Words of a shingle, 1 to 9 (default: ${DEFAULT-VALUE}).")
  int shingleWords = 3;

  @Option(
      names = "--contained-words",
      paramLabel = "N",
      defaultValue = "13",
      description =
          "A run of so many words must not be in two splits, 5 to 50 (default:"
              + " ${DEFAULT-VALUE}).")
  int containedWords = 13;

  @Option(
      names = "--boilerplate-rows",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "A run that is in more rows nearer to training is a common phrase and does not count"
              + " (default: ${DEFAULT-VALUE}).")
  int boilerplateRows = 10;

  OverlapSettings settings() {
    // Through the text: 0.8f is not 0.8.
    double share = Double.parseDouble(Float.toString(similarity));
    return new OverlapSettings(shingleWords, share, containedWords, boilerplateRows);
  }
}
