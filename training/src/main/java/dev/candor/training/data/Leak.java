package dev.candor.training.data;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Two rows that must not both be there: they are the same or nearly so, and in different splits.
 *
 * @param kind {@code exact}, {@code near} or {@code contained}
 * @param row the number of the row that is nearer to training
 * @param split its split
 * @param otherRow the number of the row that is held back from it
 * @param otherSplit its split
 * @param similarity see docs/reference/data-sets.md; 1 for the same text
 */
public record Leak(
    String kind, int row, DataSplit split, int otherRow, DataSplit otherSplit, double similarity) {

  /** As the members of a JSON object. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("kind", kind);
    members.put("row", row);
    members.put("split", split.key());
    members.put("otherRow", otherRow);
    members.put("otherSplit", otherSplit.key());
    members.put("similarity", similarity);
    return members;
  }
}
