package dev.candor.training.data;

import dev.candor.training.TrainingException;

/**
 * When two texts are called the same.
 *
 * @param shingleWords words of a shingle, 1 to 9
 * @param similarity least Jaccard similarity of the sets of shingles of near duplicates, 0.3 to 1
 * @param containedWords words of a run that must not be in two splits, 5 to 50
 * @param boilerplateRows a run that is in more training rows than this is a common phrase and does
 *     not count
 */
public record OverlapSettings(
    int shingleWords, double similarity, int containedWords, int boilerplateRows) {

  /**
   * Shingles of 3 words, 0.8; runs of 13 words in at most 10 rows, as Brown et al. 2020, appendix
   * C, clean GPT-3's training texts.
   */
  public static final OverlapSettings USUAL = new OverlapSettings(3, 0.8, 13, 10);

  public OverlapSettings {
    require("shingle-words", shingleWords, 1, 9);
    require("similarity", similarity, 0.3, 1);
    require("contained-words", containedWords, 5, 50);
    require("boilerplate-rows", boilerplateRows, 1, 1_000_000);
  }

  private static void require(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new TrainingException(
          "out-of-range",
          name + " is " + value + ", allowed is " + least + " to " + most,
          "Give a value within the limits.");
    }
  }
}
