package dev.candor.statistics.drift;

import dev.candor.statistics.Require;
import dev.candor.statistics.intervals.Bootstrap;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts of two samples over the same bins or categories. */
public final class Binning {

  private Binning() {}

  /**
   * Counts of the reference and of what is there now.
   *
   * @param edges between bins, ascending; none for categories
   * @param reference counts
   * @param current counts
   */
  public record Counts(double[] edges, double[] reference, double[] current) {}

  /**
   * Bins that the reference fills evenly: edges are its quantiles i / bins (type 7), equal edges
   * count once; a value on an edge lies below it; the outer bins have no end.
   *
   * @param bins at most so many, 2 to 1,000
   */
  public static Counts byQuantiles(double[] reference, double[] current, int bins) {
    Require.notFewer("reference", reference.length, 1);
    Require.notFewer("current", current.length, 1);
    Require.allFinite("reference", reference);
    Require.allFinite("current", current);
    Require.between("bins", bins, 2, 1000);
    double[] sorted = reference.clone();
    Arrays.sort(sorted);
    double[] edges = new double[bins - 1];
    int count = 0;
    for (int i = 1; i < bins; i++) {
      double edge = Bootstrap.quantile(sorted, i / (double) bins);
      if (count == 0 || edge > edges[count - 1]) {
        edges[count++] = edge;
      }
    }
    double[] distinct = Arrays.copyOf(edges, count);
    return new Counts(distinct, counts(reference, distinct), counts(current, distinct));
  }

  private static double[] counts(double[] values, double[] edges) {
    double[] counts = new double[edges.length + 1];
    for (double value : values) {
      int low = 0;
      int high = edges.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (edges[middle] < value) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      counts[low]++;
    }
    return counts;
  }

  /** All categories of either sample, in the order of their names. */
  public static Counts byCategory(List<String> reference, List<String> current) {
    Require.notFewer("reference", reference.size(), 1);
    Require.notFewer("current", current.size(), 1);
    SortedMap<String, double[]> counts = new TreeMap<>();
    reference.forEach(name -> counts.computeIfAbsent(name, _ -> new double[2])[0]++);
    current.forEach(name -> counts.computeIfAbsent(name, _ -> new double[2])[1]++);
    return new Counts(
        new double[0],
        counts.values().stream().mapToDouble(both -> both[0]).toArray(),
        counts.values().stream().mapToDouble(both -> both[1]).toArray());
  }
}
