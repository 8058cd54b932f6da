package dev.candor.governance.figures;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a query comes to.
 *
 * @param value the one number that stands for all, if there is one
 * @param rows of its table, each with a cell for each column of the query
 * @param unknown why there is no number; then there is no table either
 */
public record Answer(OptionalLong value, List<List<Cell>> rows, Optional<String> unknown) {

  public Answer {
    rows = rows.stream().map(List::copyOf).toList();
  }

  /** A number alone. */
  public static Answer of(long value) {
    return of(value, List.of());
  }

  /** A number with its table. */
  public static Answer of(long value, List<List<Cell>> rows) {
    return new Answer(OptionalLong.of(value), rows, Optional.empty());
  }

  /** None, and why. */
  public static Answer unknown(String why) {
    return new Answer(OptionalLong.empty(), List.of(), Optional.of(why));
  }
}
