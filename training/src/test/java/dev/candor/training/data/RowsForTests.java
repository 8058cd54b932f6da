package dev.candor.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Rows of made-up words, so that nothing is alike that is not meant to be. */
final class RowsForTests {

  private final RandomGenerator random;

  RowsForTests(long seed) {
    random = new java.util.SplittableRandom(seed);
  }

  /** Words that occur nowhere else. */
  List<String> words(int count) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      words.add("w" + Long.toString(random.nextLong() >>> 1, 36));
    }
    return words;
  }

  String text(int words) {
    return String.join(" ", words(words));
  }

  static DataRow row(int number, String text, DataSplit split) {
    return new DataRow(
        number, "" + number, text, "a", "family " + number, Optional.empty(), split, Map.of());
  }

  /** Rows of 20 words each. */
  List<DataRow> rows(int count, DataSplit split, int firstNumber) {
    List<DataRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(row(firstNumber + i, text(20), split));
    }
    return rows;
  }
}
