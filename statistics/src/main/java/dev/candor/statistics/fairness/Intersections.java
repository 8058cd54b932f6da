package dev.candor.statistics.fairness;

import dev.candor.statistics.Require;
import dev.candor.statistics.StatisticsException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Groups by several attributes at once. */
public final class Intersections {

  private static final String AND = " & ";

  private Intersections() {}

  /**
   * A group of each row: its values joined, such as {@code f & over 60}.
   *
   * @param attributes of each the values of all rows
   * @throws StatisticsException {@code statistics.names-collide} if two different combinations
   *     would have one name
   */
  public static List<String> of(List<List<String>> attributes) {
    Require.notFewer("groups", attributes.size(), 1);
    int rows = attributes.getFirst().size();
    for (List<String> values : attributes) {
      Require.sameLength("an attribute", values.size(), "the first attribute", rows);
    }
    Map<List<String>, String> names = new HashMap<>();
    Map<String, List<String>> combinations = new HashMap<>();
    List<String> groups = new ArrayList<>(rows);
    for (int row = 0; row < rows; row++) {
      List<String> combination = new ArrayList<>(attributes.size());
      for (List<String> values : attributes) {
        combination.add(values.get(row));
      }
      String name = names.computeIfAbsent(combination, values -> String.join(AND, values));
      List<String> first = combinations.putIfAbsent(name, combination);
      if (first != null && !first.equals(combination)) {
        throw new StatisticsException(
            "names-collide",
            "groups " + first + " and " + combination + " would both be called '" + name + "'",
            "Give values without '" + AND + "' in them.");
      }
      groups.add(name);
    }
    return groups;
  }
}
