package dev.candor.statistics.sampling;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Draws rows again, with replacement: as many as there are. */
public final class Redraw {

  private Redraw() {}

  /** Each row once. */
  public static int[] once(int rows) {
    int[] counts = new int[rows];
    Arrays.fill(counts, 1);
    return counts;
  }

  /**
   * Draws all rows again.
   *
   * @param counts how often each row came; what it held is overwritten
   */
  public static void rows(SplittableRandom random, int[] counts) {
    Arrays.fill(counts, 0);
    for (int i = 0; i < counts.length; i++) {
      counts[random.nextInt(counts.length)]++;
    }
  }

  /**
   * Draws rows again that lie in cells: what matters of each is its cell alone.
   *
   * @param cells how many rows each has
   * @return how many each has after the draw; as many in all
   */
  public static long[] cells(SplittableRandom random, long[] cells) {
    long rows = Arrays.stream(cells).sum();
    long[] drawn = new long[cells.length];
    for (long i = 0; i < rows; i++) {
      long row = random.nextLong(rows);
      int cell = 0;
      while (row >= cells[cell]) {
        row -= cells[cell++];
      }
      drawn[cell]++;
    }
    return drawn;
  }
}
