package dev.candor.statistics.drift;

import dev.candor.statistics.Require;
import java.util.ArrayList;
import java.util.List;

/**
 * ADWIN2 (Bifet and Gavaldà, Learning from Time-Changing Data with Adaptive Windowing, 2007): a
 * window of the newest values that is cut where its two parts have different means. It is kept as
 * an exponential histogram, a few buckets of each power of two, so that n values take room of ln n.
 *
 * <p>Constants and order are those of MOA and river, whose alarms it repeats: at most five buckets
 * of a size, a look at every 32nd value, parts of five values or more. As in MOA the values after
 * the cut stay; river begins anew after an alarm.
 */
public final class Adwin {

  private static final int MOST_BUCKETS = 5;
  private static final int CLOCK = 32;
  private static final int LEAST_WIDTH = 10;
  private static final int LEAST_PART = 5;

  private final double delta;

  /** Buckets of 2^i values, the oldest first. */
  private final List<List<Bucket>> rows = new ArrayList<>(List.of(new ArrayList<>()));

  private long seen;
  private long width;
  private double total;
  private double squares;

  /**
   * Values that are kept as one.
   *
   * @param sum of them
   * @param squares Σ (value − mean)²
   */
  private record Bucket(double sum, double squares) {}

  /**
   * @param delta how probable a false alarm may be, between 0 and 1; 0.002 is usual
   */
  public Adwin(double delta) {
    this.delta = Require.inside("delta", delta, 0, 1);
  }

  /** How many values the window has. */
  public long width() {
    return width;
  }

  /** The mean of the window; 0 without values. */
  public double mean() {
    return width == 0 ? 0 : total / width;
  }

  /**
   * One value more.
   *
   * @return whether the window was cut: values are not any more what they were
   */
  public boolean add(double value) {
    seen++;
    width++;
    rows.getFirst().add(new Bucket(value, 0));
    if (width > 1) {
      double before = (double) (width - 1);
      double distance = value - total / before;
      squares += before * distance * distance / width;
    }
    total += value;
    compress();
    return seen % CLOCK == 0 && width > LEAST_WIDTH && shrink();
  }

  private void compress() {
    for (int i = 0; i < rows.size(); i++) {
      List<Bucket> row = rows.get(i);
      if (row.size() <= MOST_BUCKETS) {
        return;
      }
      if (i + 1 == rows.size()) {
        rows.add(new ArrayList<>());
      }
      Bucket first = row.removeFirst();
      Bucket second = row.removeFirst();
      double size = 1L << i;
      double distance = (first.sum() - second.sum()) / size;
      rows.get(i + 1)
          .add(
              new Bucket(
                  first.sum() + second.sum(),
                  first.squares() + second.squares() + size * distance * distance / 2));
    }
  }

  private boolean shrink() {
    boolean cut = false;
    while (hasCut()) {
      cut = true;
      dropOldest();
    }
    return cut;
  }

  private boolean hasCut() {
    double before = 0;
    double sumBefore = 0;
    for (int i = rows.size() - 1; i >= 0; i--) {
      for (Bucket bucket : rows.get(i)) {
        before += 1L << i;
        sumBefore += bucket.sum();
        double after = width - before;
        if (after < LEAST_PART) {
          return false;
        }
        if (before >= LEAST_PART
            && differs(before, after, sumBefore / before - (total - sumBefore) / after)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Theorem 3.2 there, with the harmonic mean of the parts' sizes as MOA and river compute it. */
  private boolean differs(double before, double after, double distance) {
    double log = StrictMath.log(2 * StrictMath.log(width) / delta);
    double inverse = 1 / (before - LEAST_PART + 1) + 1 / (after - LEAST_PART + 1);
    double limit = Math.sqrt(2 * inverse * (squares / width) * log) + 2.0 / 3 * log * inverse;
    return Math.abs(distance) > limit;
  }

  private void dropOldest() {
    int last = rows.size() - 1;
    Bucket oldest = rows.get(last).removeFirst();
    double size = 1L << last;
    width -= 1L << last;
    total -= oldest.sum();
    double distance = oldest.sum() / size - total / width;
    squares -= oldest.squares() + size * width * distance * distance / (size + width);
    if (rows.get(last).isEmpty()) {
      rows.removeLast();
    }
  }

  /**
   * What a stream of values came to.
   *
   * @param alarms indices, from 0
   * @param width of the window at the end
   * @param mean of the window at the end
   */
  public record Run(List<Integer> alarms, long width, double mean) {}

  /**
   * Goes through a stream of values.
   *
   * @param restart whether everything begins anew after an alarm
   */
  public static Run run(double[] values, double delta, boolean restart) {
    Require.allFinite("values", values);
    Adwin adwin = new Adwin(delta);
    List<Integer> alarms = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (adwin.add(values[i])) {
        alarms.add(i);
        adwin = restart ? new Adwin(delta) : adwin;
      }
    }
    return new Run(List.copyOf(alarms), adwin.width(), adwin.mean());
  }
}
