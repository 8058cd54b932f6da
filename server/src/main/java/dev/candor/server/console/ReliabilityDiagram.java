package dev.candor.server.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How often answers were right, by how probable they were said to be (Niculescu-Mizil and Caruana
 * 2005): on the diagonal a probability means what it says.
 *
 * @param title what it is of
 * @param bins those with rows, ascending
 */
public record ReliabilityDiagram(String title, List<Bin> bins) {

  private static final double LEFT = 46;
  private static final double TOP = 12;
  private static final double SIZE = 300;

  /**
   * Answers of about the same probability.
   *
   * @param lower edge
   * @param upper edge
   * @param rows how many there are
   * @param probability mean of what was said
   * @param right share that was right
   */
  public record Bin(double lower, double upper, long rows, double probability, double right) {}

  public ReliabilityDiagram {
    bins = List.copyOf(bins);
  }

  /** Where a probability stands. */
  public String x(double probability) {
    return String.format(Locale.ROOT, "%.1f", LEFT + SIZE * probability);
  }

  /** Where a share stands. */
  public String y(double share) {
    return String.format(Locale.ROOT, "%.1f", TOP + SIZE * (1 - share));
  }

  /** The radius of a bin's point: its area goes with its rows. */
  public String radius(Bin bin) {
    long most = bins.stream().mapToLong(Bin::rows).max().orElse(1);
    return String.format(Locale.ROOT, "%.1f", 3 + 7 * Math.sqrt((double) bin.rows() / most));
  }

  /** The points as a line. */
  public String line() {
    List<String> points = new ArrayList<>();
    bins.forEach(bin -> points.add(x(bin.probability()) + "," + y(bin.right())));
    return String.join(" ", points);
  }

  /** Marks of the axes. */
  public List<Double> marks() {
    return List.of(0.0, 0.25, 0.5, 0.75, 1.0);
  }

  /** All rows. */
  public long rows() {
    return bins.stream().mapToLong(Bin::rows).sum();
  }

  /** Mean gap over the bins, weighted by rows: the expected calibration error of these bins. */
  public double error() {
    double sum = 0;
    for (Bin bin : bins) {
      sum += bin.rows() * Math.abs(bin.right() - bin.probability());
    }
    return rows() == 0 ? 0 : sum / rows();
  }

  /** All of it in words. */
  public String words() {
    StringBuilder words =
        new StringBuilder("Reliability of " + rows() + " answers in " + bins.size() + " bins: ");
    for (int i = 0; i < bins.size(); i++) {
      Bin bin = bins.get(i);
      words
          .append(i == 0 ? "" : "; ")
          .append("said ")
          .append(Shown.percent(bin.probability()))
          .append(", right ")
          .append(Shown.percent(bin.right()));
    }
    return words.append('.').toString();
  }
}
