package dev.candor.training.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the rows of a data set are for. */
public enum DataSplit {
  /** Weights are made from them. */
  TRAIN,
  /** Settings are chosen by them. */
  VALIDATION,
  /** Sealed: looked at by gates alone. */
  TEST;

  /** As files and commands call it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The split that files and commands call so. */
  public static Optional<DataSplit> of(String key) {
    return Arrays.stream(values()).filter(split -> split.key().equals(key)).findFirst();
  }

  /** All names, in order. */
  public static List<String> keys() {
    return Arrays.stream(values()).map(DataSplit::key).toList();
  }
}
