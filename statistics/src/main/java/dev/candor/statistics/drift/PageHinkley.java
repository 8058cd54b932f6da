package dev.candor.statistics.drift;

import dev.candor.statistics.Require;
import java.util.ArrayList;
import java.util.List;

/**
 * The test of Page and Hinkley for a change of the mean (Page, Biometrika 41, 1954, 100–115), with
 * the forgetting and the restart after an alarm of river 0.26.
 */
public final class PageHinkley {

  private final Settings settings;

  private long seen;
  private double mean;
  private double rise;
  private double fall;
  private double leastRise = Double.POSITIVE_INFINITY;
  private double mostFall = -1;

  /**
   * What a detector is told.
   *
   * @param leastValues before any alarm, 1 or more; 30 is usual
   * @param tolerance what of a deviation does not count; 0.005 is usual
   * @param threshold of the sum of deviations, more than 0; 50 is usual
   * @param forgetting what of the sum is kept with each value, more than 0 and at most 1
   */
  public record Settings(int leastValues, double tolerance, double threshold, double forgetting) {

    /** What of the sum river keeps. */
    public static final double FORGETTING = 1 - 0.0001;

    public Settings {
      Require.between("least-values", leastValues, 1, Integer.MAX_VALUE);
      Require.atLeast("tolerance", tolerance, 0);
      Require.inside("threshold", threshold, 0, Double.MAX_VALUE);
      Require.between("forgetting", forgetting, Double.MIN_NORMAL, 1);
    }
  }

  public PageHinkley(Settings settings) {
    this.settings = settings;
  }

  /**
   * One value more.
   *
   * @return whether the sum of deviations, up or down, has gone beyond the threshold
   */
  public boolean add(double value) {
    seen++;
    mean += (value - mean) / seen;
    double deviation = value - mean;
    rise = settings.forgetting() * rise + deviation - settings.tolerance();
    fall = settings.forgetting() * fall + deviation + settings.tolerance();
    leastRise = Math.min(leastRise, rise);
    mostFall = Math.max(mostFall, fall);
    return seen >= settings.leastValues()
        && (rise - leastRise > settings.threshold() || mostFall - fall > settings.threshold());
  }

  /** Where a stream of values sets off alarms: indices, from 0; each begins everything anew. */
  public static List<Integer> alarms(double[] values, Settings settings) {
    Require.allFinite("values", values);
    PageHinkley detector = new PageHinkley(settings);
    List<Integer> alarms = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (detector.add(values[i])) {
        alarms.add(i);
        detector = new PageHinkley(settings);
      }
    }
    return alarms;
  }
}
