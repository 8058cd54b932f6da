package dev.candor.governance.figures;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a query came to.
 *
 * @param query its name
 * @param value the one number that stands for all, if there is one
 * @param rows of its table
 * @param unknown why there is no number
 * @param entries that it rests on
 */
public record Figure(
    String query,
    OptionalLong value,
    List<List<Cell>> rows,
    Optional<String> unknown,
    EntryRange entries) {

  public Figure {
    rows = rows.stream().map(List::copyOf).toList();
  }

  /** The value; 0 where there is none. */
  public long valueOrZero() {
    return value.orElse(0);
  }

  /**
   * The number of a row that begins with this text; 0 if there is none.
   *
   * @param column counted from 0
   */
  public long number(String row, int column) {
    for (List<Cell> cells : rows) {
      if (cells.getFirst().written().equals(row) && cells.get(column) instanceof Cell.Number it) {
        return it.value();
      }
    }
    return 0;
  }
}
