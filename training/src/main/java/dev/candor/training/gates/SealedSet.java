package dev.candor.training.gates;

import dev.candor.training.data.DataRow;
import dev.candor.training.data.DataSet;
import dev.candor.training.data.DataSplit;
import java.util.List;

/**
 * Rows that a candidate is measured on and must not have seen.
 *
 * @param set the data set
 * @param split which part of it, or {@code all}
 */
record SealedSet(DataSet set, String split) {

  /** Every row, whatever its split. */
  static final String ALL = "all";

  List<DataRow> rows() {
    return DataSplit.of(split).map(set::rows).orElseGet(set::rows);
  }
}
