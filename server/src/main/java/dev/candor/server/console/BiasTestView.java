package dev.candor.server.console;

import java.util.List;
import java.util.Locale;

/**
 * A test of bias, from its document.
 *
 * @param id of the test
 * @param verdict of all its limits
 * @param views its groups, by how they were divided
 * @param limits what it was judged by
 */
public record BiasTestView(
    String id, String kind, String verdict, List<GroupsView> views, List<LimitRow> limits) {

  /**
   * Groups of one division, with their shares as a picture.
   *
   * @param measure what share it is of
   * @param scale the share at the right edge of the picture
   */
  public record GroupsView(String name, String measure, double scale, List<GroupRow> groups) {

    private static final double LEFT = 190;
    private static final double WIDTH = 560;
    private static final int LINE = 26;
    private static final int TOP = 14;

    /** Height of the picture. */
    public int height() {
      return TOP + LINE * groups.size() + 30;
    }

    /** Where a share stands in it. */
    public String x(double share) {
      return String.format(Locale.ROOT, "%.1f", LEFT + WIDTH * Math.min(share, scale) / scale);
    }

    /** Where a group's line is. */
    public int y(int group) {
      return TOP + LINE * group + LINE / 2;
    }

    /** Shares at the marks of its axis. */
    public List<Double> marks() {
      return List.of(0.0, scale / 4, scale / 2, 3 * scale / 4, scale);
    }

    /** All of it in words. */
    public String words() {
      StringBuilder words = new StringBuilder(measure + " by " + name + ": ");
      for (int i = 0; i < groups.size(); i++) {
        words
            .append(i == 0 ? "" : "; ")
            .append(groups.get(i).group())
            .append(' ')
            .append(Shown.percent(groups.get(i).share()));
      }
      return words.append('.').toString();
    }
  }

  /** A group, with the interval of its share. */
  public record GroupRow(String group, long rows, double share, double lower, double upper) {}

  /** A limit. */
  public record LimitRow(
      String view,
      String metric,
      String between,
      String estimate,
      String interval,
      String limit,
      String verdict) {}
}
